//! Carts: what users mean to order. A cart always exists; one without a row is empty.

mod api;
pub(crate) mod store;

use sqlx::PgPool;

use crate::customers::Customers;
use crate::platform::Platform;

/// Implements the contract's `carts`.
#[derive(Debug, Clone)]
pub struct CartService {
    pool: PgPool,
    customers: Customers,
}

impl CartService {
    /// Carts in the database of orders.
    pub fn new(platform: &Platform) -> CartService {
        CartService {
            pool: platform.databases.orders.clone(),
            customers: Customers::new(platform.databases.users.clone()),
        }
    }
}
