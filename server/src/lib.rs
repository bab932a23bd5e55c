//! A sample server for the contract in `spec/`: sessions, users, products, carts, orders and health checks.
//!
//! Each folder implements a trait that the generator wrote from a tag of the contract. The tags belong to two services, `users`
//! and `orders`, each with a database and keys of its own. [`Shop`] runs both in one process, or one of them, on the crate
//! `writ_platform`, which has the infrastructure that services of any contract can use.

mod app;
pub mod auth;
pub mod carts;
mod customers;
mod events;
pub mod health;
pub mod orders;
#[cfg(test)]
mod plans;
pub mod products;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod users;
pub mod webhooks;

pub use app::{ORDERS, OrderParts, RemoteUsers, Running, Shop, USERS, UserParts};
