//! The service of the tag `products`: the products that are for sale and their prices.

mod api;
pub mod basket;
pub(crate) mod store;

use sqlx::PgPool;

use crate::platform::Platform;
use crate::platform::cursor::Cursors;

/// The implementation of the generated trait [`Products`](generated::v1::Products): listing and finding products.
#[derive(Debug, Clone)]
pub struct ProductService {
    pool: PgPool,
    cursors: Cursors,
}

impl ProductService {
    /// Creates the service for products from the infrastructure of the server ([`Platform`]).
    pub fn new(platform: &Platform) -> ProductService {
        ProductService { pool: platform.databases.orders.clone(), cursors: platform.cursors.clone() }
    }
}
