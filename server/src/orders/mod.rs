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

use crate::OrderParts;
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
    /// Creates the service for orders.
    pub fn new(parts: &OrderParts, customers: Customers) -> OrderService {
        OrderService {
            pool: parts.pool.clone(),
            events: parts.events.clone(),
            cursors: parts.cursors.clone(),
            customers,
        }
    }
}
