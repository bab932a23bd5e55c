//! A sample server for the contract in `spec/`: sessions, users, products, carts, orders and health checks.
//!
//! Each folder is one service, which implements a trait that the generator wrote from the contract.
//! [`app::router`] combines the services into one axum router. [`platform`] contains the infrastructure that
//! services of any contract can use: configuration, databases, cache, rate limits, tokens and pagination.

pub mod app;
pub mod auth;
pub mod carts;
mod customers;
pub mod health;
mod listing;
pub mod orders;
mod outage;
pub mod platform;
pub mod products;
mod refusals;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod users;
