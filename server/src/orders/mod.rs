//! The service of the tag `orders`: placing, listing and cancelling orders, and changing their status.

mod api;
mod list;
mod place;
mod step;
mod store;

use sqlx::PgPool;

use crate::customers::Customers;
use crate::platform::Platform;
use crate::platform::cursor::Cursors;

/// The implementation of the generated trait [`Orders`](generated::v1::Orders): placing, listing and changing
/// orders.
#[derive(Debug, Clone)]
pub struct OrderService {
    pool: PgPool,
    cursors: Cursors,
    customers: Customers,
}

impl OrderService {
    /// Creates the service for orders from the infrastructure of the server ([`Platform`]).
    pub fn new(platform: &Platform) -> OrderService {
        OrderService {
            pool: platform.databases.orders.clone(),
            cursors: platform.cursors.clone(),
            customers: Customers::new(platform.databases.users.clone()),
        }
    }
}
