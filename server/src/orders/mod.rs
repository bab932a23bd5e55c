//! The service of the tag `orders`: placing, listing and cancelling orders, and changing their status.

mod api;
mod list;
mod place;
#[cfg(test)]
pub(crate) mod plans;
mod step;
mod store;

use sqlx::PgPool;
use writ_platform::cursor::Cursors;

use crate::Shop;
use crate::customers::Customers;
use crate::events::Events;

/// The implementation of the generated trait [`Orders`](generated::latest::Orders): placing, listing and changing
/// orders.
#[derive(Debug, Clone)]
pub struct OrderService {
    pool: PgPool,
    events: Events,
    cursors: Cursors,
    customers: Customers,
}

impl OrderService {
    /// Creates the service for orders from the parts of the server.
    pub fn new(shop: &Shop) -> OrderService {
        OrderService {
            pool: shop.orders.clone(),
            events: shop.order_events.clone(),
            cursors: shop.cursors.clone(),
            customers: Customers::new(shop.orders.clone()),
        }
    }
}
