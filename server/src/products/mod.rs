//! Products: what is for sale, and what can be asked for of it.

mod api;
pub mod basket;
pub(crate) mod store;

use sqlx::PgPool;

use crate::platform::Platform;
use crate::platform::cursor::Cursors;

/// Implements the contract's `products`.
#[derive(Debug, Clone)]
pub struct ProductService {
    pool: PgPool,
    cursors: Cursors,
}

impl ProductService {
    /// Products in the database of orders.
    pub fn new(platform: &Platform) -> ProductService {
        ProductService { pool: platform.databases.orders.clone(), cursors: platform.cursors.clone() }
    }
}
