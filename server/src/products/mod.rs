//! The service of the tag `products`: the products that are for sale and their prices.

mod api;
pub mod basket;
#[cfg(test)]
pub(crate) mod plans;
pub(crate) mod store;

use sqlx::PgPool;
use writ_platform::cursor::Cursors;

use crate::OrderParts;

/// The implementation of the generated trait [`Products`](generated::latest::Products): listing and finding products.
#[derive(Debug, Clone)]
pub struct ProductService {
    pool: PgPool,
    cursors: Cursors,
}

impl ProductService {
    /// Creates the service for products.
    pub fn new(parts: &OrderParts) -> ProductService {
        ProductService { pool: parts.pool.clone(), cursors: parts.cursors.clone() }
    }
}
