//! The sample product: users, authentication, orders. Each service implements the traits that the
//! generator made from `spec/`; the platform is what they stand on.

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
