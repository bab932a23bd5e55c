//! The changes of an order's status that customers and administrators can make.

use generated::latest::{Conflict, DeleteOrderError, NotFound, Order, OrderId, OrderStatus, UpdateOrderError};
use sqlx::PgPool;
use uuid::Uuid;
use writ_runtime::{ETag, IfMatch, StaleVersion, VersionConflict};

use super::store;
use crate::events::Events;

/// A requested change of the status of an order, and its preconditions.
#[derive(Debug)]
pub struct Step {
    /// The id of the order to change.
    pub order: OrderId,
    /// The required owner of the order to change. `None` for an administrator, who can change any order.
    pub owner: Option<Uuid>,
    /// The new status of the order, as the request for the change names it.
    pub to: OrderStatus,
    /// The version that the order must have to be changed. `None` if any version is accepted.
    pub version: Option<i32>,
    /// The condition of the request header `If-Match` for the change. `None` if the request has no such header.
    pub if_match: Option<IfMatch>,
}

/// The result of an attempt to change the status of an order.
#[derive(Debug)]
pub struct StepResult {
    /// The state of the order after the attempt to change its status.
    pub order: Order,
    /// True if the status of the order was changed, false if a precondition was not met.
    pub changed: bool,
}

/// The reason why the status of an order was not changed.
#[derive(Debug)]
pub enum StepError {
    /// The order to change does not exist, or the caller cannot see it.
    NotFound,
    /// The entity tag of the order to change does not match the request header `If-Match`.
    Outdated,
    /// The version of the order differs from the version that the request requires. The value is the current
    /// version.
    VersionMismatch(i32),
    /// The caller is not allowed to change the order from its current status to the requested one.
    NotAllowed {
        /// The status of the order that the caller wants to change.
        current: OrderStatus,
        /// The status to which the caller asked to change the order.
        to: OrderStatus,
    },
    /// The database returned an error while the status was being changed.
    Database(sqlx::Error),
}

impl Step {
    /// Creates a change of the order to the status `to`, without a required version or entity tag.
    pub fn new(order: OrderId, to: OrderStatus, owner: Option<Uuid>) -> Step {
        Step { order, owner, to, version: None, if_match: None }
    }

    /// Adds the precondition that the order has this version.
    pub fn require_version(mut self, version: i32) -> Step {
        self.version = Some(version);
        self
    }

    /// Adds the precondition of the request header `If-Match`: the entity tag of the order matches. `None` adds
    /// nothing.
    pub fn if_match(mut self, if_match: Option<IfMatch>) -> Step {
        self.if_match = if_match;
        self
    }

    /// Returns the statuses that an order may have before this change. More changes are allowed to an
    /// administrator, whose changes have no required owner.
    pub(super) fn from(&self) -> &'static [OrderStatus] {
        use OrderStatus::{Cancelled, Delivered, Paid, Pending, Shipped};
        match (self.to, self.owner) {
            (Cancelled, _) => &[Pending, Paid],
            (_, Some(_)) | (Pending, None) => &[],
            (Paid, None) => &[Pending],
            (Shipped, None) => &[Paid],
            (Delivered, None) => &[Shipped],
        }
    }

    /// Returns the order versions that the header `If-Match` allows for this change, or `None` if it allows any
    /// version.
    ///
    /// A weak entity tag never matches (RFC 9110 § 13.1.1).
    pub(super) fn tags(&self) -> Option<Vec<String>> {
        match self.if_match.as_ref()? {
            IfMatch::Any => None,
            IfMatch::Tags(tags) => Some(tags.iter().filter(|tag| !tag.weak).map(|tag| tag.tag.clone()).collect()),
        }
    }

    /// Returns the reason why this change of the status could not be made to `order`.
    fn refusal(&self, order: &Order) -> StepError {
        let matches = |condition: &IfMatch| condition.matches_strong(&ETag::strong(order.version));
        match (&self.if_match, self.version) {
            (Some(condition), _) if !matches(condition) => StepError::Outdated,
            (_, Some(version)) if version != order.version => StepError::VersionMismatch(order.version),
            _ => StepError::NotAllowed { current: order.status, to: self.to },
        }
    }
}

/// Changes the status of an order, and returns the changed order.
///
/// # Errors
/// Returns the reason why the status was not changed.
pub async fn take(pool: &PgPool, events: &Events, step: &Step) -> Result<Order, StepError> {
    let result = store::step(pool, events, step).await.map_err(StepError::Database)?.ok_or(StepError::NotFound)?;
    if result.changed { Ok(result.order) } else { Err(step.refusal(&result.order)) }
}

impl StepError {
    /// Converts the reason why the status of an order was not changed into the error type of the operation that
    /// changes or cancels the order.
    fn refuse<E>(self) -> E
    where
        E: From<NotFound> + From<Conflict> + From<StaleVersion> + From<VersionConflict> + From<sqlx::Error>,
    {
        match self {
            StepError::NotFound => NotFound::new("order").into(),
            StepError::Outdated => StaleVersion { resource: "order" }.into(),
            StepError::VersionMismatch(version) => {
                VersionConflict { resource: "order", current: version.into() }.into()
            }
            StepError::NotAllowed { current, to } => {
                Conflict::new(format!("the status of an order cannot be changed from {current} to {to}")).into()
            }
            StepError::Database(error) => error.into(),
        }
    }
}

impl From<StepError> for UpdateOrderError {
    fn from(error: StepError) -> UpdateOrderError {
        error.refuse()
    }
}

impl From<StepError> for DeleteOrderError {
    fn from(error: StepError) -> DeleteOrderError {
        error.refuse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_can_only_cancel_an_order() {
        use OrderStatus::{Cancelled, Delivered, Paid, Pending, Shipped};
        let from = |to, owner| Step::new(OrderId::generate(), to, owner).from();
        for (to, by_admin) in [
            (Pending, [].as_slice()),
            (Paid, &[Pending]),
            (Shipped, &[Paid]),
            (Delivered, &[Shipped]),
            (Cancelled, &[Pending, Paid]),
        ] {
            assert_eq!(from(to, None), by_admin, "{to}");
            let by_owner = if to == Cancelled { by_admin } else { &[] };
            assert_eq!(from(to, Some(Uuid::nil())), by_owner, "{to}");
        }
    }
}
