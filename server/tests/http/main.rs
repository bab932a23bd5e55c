//! Tests of all operations over HTTP, with real PostgreSQL and Redis.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails if an operation fails")]

mod auth;
mod calls;
mod carts;
mod clients;
mod cursors;
mod customers;
mod disconnects;
mod edge;
mod envelope;
mod everywhere;
mod health;
mod order_input;
mod order_lists;
mod order_races;
mod orders;
mod outages;
mod passwords;
mod products;
mod services;
mod sessions;
mod strangers;
#[path = "../support/mod.rs"]
mod support;
mod user_changes;
mod user_list;
mod user_races;
mod users;
mod versions;
mod webhooks;
