//! Orders: placing them, following them, and their way from pending to delivered.

mod api;
mod list;
mod place;
mod step;
mod store;

use sqlx::PgPool;

use crate::customers::Customers;
use crate::platform::Platform;
use crate::platform::cursor::Cursors;

/// Implements the contract's `orders`.
#[derive(Debug, Clone)]
pub struct OrderService {
    pool: PgPool,
    cursors: Cursors,
    customers: Customers,
}

impl OrderService {
    /// Orders in their database.
    pub fn new(platform: &Platform) -> OrderService {
        OrderService {
            pool: platform.databases.orders.clone(),
            cursors: platform.cursors.clone(),
            customers: Customers::new(platform.databases.users.clone()),
        }
    }
}
