//! Tests of events on real PostgreSQL and Redis.

mod commands;
mod consuming;
mod killed;
mod leases;
mod origin;
mod outbox;
mod private_redis;
mod progress;
mod recovery;
mod relays;
mod support;
