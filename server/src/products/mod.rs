//! The service of the tag `products`: the products that are for sale and their prices.

mod api;
pub mod basket;
#[cfg(test)]
pub(crate) mod plans;
pub(crate) mod store;

use sqlx::PgPool;
use writ_platform::cursor::Cursors;

use crate::Shop;

/// The implementation of the generated trait [`Products`](generated::latest::Products): listing and finding products.
#[derive(Debug, Clone)]
pub struct ProductService {
    pool: PgPool,
    cursors: Cursors,
}

impl ProductService {
    /// Creates the service for products from the parts of the server.
    pub fn new(shop: &Shop) -> ProductService {
        ProductService { pool: shop.orders.clone(), cursors: shop.cursors.clone() }
    }
}
