//! The way of an order from status to status, and who may take which step.

use generated::v1::{
    Conflict, DeleteOrderError, NotFound, Order, OrderId, OrderStatus, PreconditionFailed, UpdateOrderError,
};
use sqlx::PgPool;
use uuid::Uuid;
use writ_runtime::{ETag, IfMatch};

use super::store;

/// A step that somebody wants an order to take.
#[derive(Debug)]
pub struct Step {
    /// Which order.
    pub order: OrderId,
    /// Whose order it has to be, anybody's for an administrator.
    pub owner: Option<Uuid>,
    /// Where to.
    pub to: OrderStatus,
    /// The version that the order has to have, if any.
    pub version: Option<i32>,
    /// The entity tags of which it has to have one, if any.
    pub if_match: Option<IfMatch>,
}

/// What came of a step.
#[derive(Debug)]
pub struct Taken {
    /// The order as it is now.
    pub order: Order,
    /// Whether the step was taken.
    pub changed: bool,
}

/// Why a step was not taken.
#[derive(Debug)]
pub enum StepError {
    /// There is no such order, or none that the caller may see.
    NotFound,
    /// The order has none of the entity tags.
    Outdated,
    /// The order has another version.
    AnotherVersion(i32),
    /// No step leads from where the order is to where it should go, or not for this caller.
    NotFrom {
        /// Where it is.
        present: OrderStatus,
        /// Where it should go.
        to: OrderStatus,
    },
    /// The database failed.
    Database(sqlx::Error),
}

impl Step {
    /// A step to `to` of an order of `owner`.
    pub fn new(order: OrderId, to: OrderStatus, owner: Option<Uuid>) -> Step {
        Step { order, owner, to, version: None, if_match: None }
    }

    /// The same, from this version alone.
    pub fn of_version(mut self, version: i32) -> Step {
        self.version = Some(version);
        self
    }

    /// The same, from these entity tags alone, if there are any.
    pub fn if_match(mut self, if_match: Option<IfMatch>) -> Step {
        self.if_match = if_match;
        self
    }

    /// Where the step may begin. Who has an owner to respect is no administrator.
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

    /// The versions that the entity tags stand for, as text; absent where any will do. A weak tag
    /// stands for none (RFC 9110 § 13.1.1).
    pub(super) fn tags(&self) -> Option<Vec<String>> {
        match self.if_match.as_ref()? {
            IfMatch::Any => None,
            IfMatch::Tags(tags) => Some(tags.iter().filter(|tag| !tag.weak).map(|tag| tag.tag.clone()).collect()),
        }
    }

    fn refusal(&self, order: &Order) -> StepError {
        let matches = |wanted: &IfMatch| wanted.matches_strong(&ETag::strong(order.version));
        match (&self.if_match, self.version) {
            (Some(wanted), _) if !matches(wanted) => StepError::Outdated,
            (_, Some(version)) if version != order.version => StepError::AnotherVersion(order.version),
            _ => StepError::NotFrom { present: order.status, to: self.to },
        }
    }
}

/// Takes a step, and gives the order after it.
pub async fn take(pool: &PgPool, step: &Step) -> Result<Order, StepError> {
    let taken = store::step(pool, step).await.map_err(StepError::Database)?.ok_or(StepError::NotFound)?;
    if taken.changed { Ok(taken.order) } else { Err(step.refusal(&taken.order)) }
}

impl StepError {
    fn refuse<E>(self) -> E
    where
        E: From<NotFound> + From<Conflict> + From<PreconditionFailed> + From<sqlx::Error>,
    {
        match self {
            StepError::NotFound => NotFound::new("order").into(),
            StepError::Outdated => PreconditionFailed::new("the order has changed; read it again").into(),
            StepError::AnotherVersion(version) => {
                Conflict::new(format!("the order has changed; its version is {version}")).into()
            }
            StepError::NotFrom { present, to } => {
                Conflict::new(format!("you cannot move an order from {present} to {to}")).into()
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
    fn an_owner_may_cancel_and_nothing_else() {
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
