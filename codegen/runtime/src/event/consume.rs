//! The consumer of domain events, as the consumer loop of a platform calls it.

use std::error::Error;
use std::fmt;

use super::publish::InvalidEvent;
use super::types::{EventType, StoredEvent};

/// A consumer of domain events. Generated code implements this trait for each implementation of the consumer trait of a
/// contract.
///
/// `T` is the transaction of the consumer's store. The platform records in the same transaction that the event is
/// handled, so an effect that the consumer writes there happens once, although an event can arrive more than once.
///
/// ```
/// use writ_runtime::event::{Consume, ConsumeError, EventType, StoredEvent};
///
/// const ORDER_PAID: EventType = EventType { name: "order.paid", aggregate: "order", version: 1, internal: false };
///
/// /// A consumer that counts paid orders. Its transaction is the new count.
/// struct PaidOrders;
///
/// impl Consume<u64> for PaidOrders {
///     fn event_types(&self) -> &'static [&'static EventType] {
///         &[&ORDER_PAID]
///     }
///
///     async fn consume(&self, transaction: &mut u64, _: &StoredEvent) -> Result<(), ConsumeError> {
///         *transaction += 1;
///         Ok(())
///     }
/// }
/// ```
pub trait Consume<T>: Send + Sync + 'static {
    /// Returns the event types that the consumer handles. Events of other types do not reach it.
    fn event_types(&self) -> &'static [&'static EventType];

    /// Returns true if an event has no effect, as far as that is known without a transaction. The platform then opens
    /// none, and does not record the event. By default each event is handled.
    fn ignores(&self, _event: &StoredEvent) -> impl Future<Output = bool> + Send {
        std::future::ready(false)
    }

    /// Handles an event within the transaction.
    ///
    /// # Errors
    ///
    /// Returns an error if the event cannot be read or handled. The platform then rolls the transaction back.
    fn consume(
        &self,
        transaction: &mut T,
        event: &StoredEvent,
    ) -> impl Future<Output = Result<(), ConsumeError>> + Send;
}

/// The error of a method of a generated consumer trait. Every error converts into it.
pub type ConsumerError = Box<dyn Error + Send + Sync>;

/// The reason why a consumer did not handle an event.
#[derive(Debug)]
pub enum ConsumeError {
    /// The data does not match its schema, so repeating the attempt cannot help.
    Unreadable(Box<dyn Error + Send + Sync>),
    /// The consumer failed. The platform repeats the attempt later.
    Failed(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for ConsumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConsumeError::Unreadable(cause) => write!(f, "the data of the event does not match its schema: {cause}"),
            ConsumeError::Failed(cause) => write!(f, "the consumer failed: {cause}"),
        }
    }
}

impl From<InvalidEvent> for ConsumeError {
    fn from(invalid: InvalidEvent) -> ConsumeError {
        ConsumeError::Unreadable(Box::new(invalid))
    }
}

impl Error for ConsumeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            ConsumeError::Unreadable(cause) | ConsumeError::Failed(cause) => Some(cause.as_ref()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_of_an_event_that_was_not_handled_is_shown() {
        for (error, text) in [
            (
                ConsumeError::Unreadable("no number".into()),
                "the data of the event does not match its schema: no number",
            ),
            (ConsumeError::Failed("no stock".into()), "the consumer failed: no stock"),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(error.source().is_some_and(|cause| text.ends_with(&cause.to_string())), "{error:?}");
        }
    }
}
