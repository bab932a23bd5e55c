//! Every operation over HTTP, with PostgreSQL and Redis behind it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where that fails")]

mod carts;
mod envelope;
mod health;
mod orders;
mod products;
#[path = "../support/mod.rs"]
mod support;
