//! The service of the tag `carts`: the items that users want to order. Every user has a cart. A cart without a
//! row in the database is empty.

mod api;
pub(crate) mod store;

use sqlx::PgPool;

use crate::OrderParts;
use crate::customers::Customers;

/// The implementation of the generated trait [`Carts`](generated::latest::Carts): reading and changing shopping
/// carts.
#[derive(Debug, Clone)]
pub struct CartService {
    pool: PgPool,
    customers: Customers,
}

impl CartService {
    /// Creates the service for shopping carts.
    pub fn new(parts: &OrderParts, customers: Customers) -> CartService {
        CartService { pool: parts.pool.clone(), customers }
    }
}
