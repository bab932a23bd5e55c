//! The service of the tag `carts`: the items that users want to order. Every user has a cart. A cart without a
//! row in the database is empty.

mod api;
pub(crate) mod store;

use sqlx::PgPool;

use crate::customers::Customers;
use crate::platform::Platform;

/// The implementation of the generated trait [`Carts`](generated::v1::Carts): reading and changing shopping
/// carts.
#[derive(Debug, Clone)]
pub struct CartService {
    pool: PgPool,
    customers: Customers,
}

impl CartService {
    /// Creates the service for shopping carts from the infrastructure of the server ([`Platform`]).
    pub fn new(platform: &Platform) -> CartService {
        CartService {
            pool: platform.databases.orders.clone(),
            customers: Customers::new(platform.databases.users.clone()),
        }
    }
}
