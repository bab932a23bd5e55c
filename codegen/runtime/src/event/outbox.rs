//! The outbox: the place to which a transaction writes the events that it causes.

use std::error::Error;

use bytes::Bytes;

use super::types::{EventId, EventType};

/// A domain event before the outbox has given it an id and a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The declared type of the event.
    pub event_type: &'static EventType,
    /// The id of the aggregate that the event concerns.
    pub aggregate_id: String,
    /// The data of the event as JSON.
    pub data: Bytes,
}

/// The place to which a publisher writes events, within the business transaction.
///
/// An event that is written to an outbox exists if and only if its transaction commits. So no effect is without its
/// event, and no event without its effect. Generated publishers call [`Outbox::append`]; a platform implements it.
///
/// ```
/// use std::convert::Infallible;
/// use writ_runtime::Bytes;
/// use writ_runtime::event::{EventId, EventType, NewEvent, Outbox};
///
/// const ORDER_PAID: EventType = EventType { name: "order.paid", aggregate: "order", version: 1, internal: false };
///
/// /// An outbox for tests, whose transaction is the list of its events.
/// #[derive(Clone)]
/// struct Recorder;
///
/// impl Outbox for Recorder {
///     type Transaction = Vec<(EventId, NewEvent)>;
///     type Error = Infallible;
///
///     async fn append(&self, transaction: &mut Self::Transaction, event: NewEvent) -> Result<EventId, Infallible> {
///         let id = EventId::generate();
///         transaction.push((id, event));
///         Ok(id)
///     }
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let mut transaction = Vec::new();
/// let event = NewEvent { event_type: &ORDER_PAID, aggregate_id: "ord_7".to_owned(), data: Bytes::from("{}") };
/// let id = Recorder.append(&mut transaction, event).await.unwrap();
/// assert_eq!(transaction[0].0, id);
/// # });
/// ```
pub trait Outbox: Clone + Send + Sync + 'static {
    /// The business transaction. A connection or a pool has another type, so publishing outside of a transaction does
    /// not compile.
    type Transaction: Send;

    /// The error of a store that does not accept the event.
    type Error: Error + Send + Sync + 'static;

    /// Writes an event in the transaction and returns its id.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not accept the event. The transaction must then be rolled back.
    fn append(
        &self,
        transaction: &mut Self::Transaction,
        event: NewEvent,
    ) -> impl Future<Output = Result<EventId, Self::Error>> + Send;
}
