//! The types of domain events: as the contract declares them, as stores keep them, and as consumers receive them.

use bytes::Bytes;
use chrono::{DateTime, Utc};

/// A type of domain event that the contract declares, as constant data.
///
/// ```
/// use writ_runtime::event::EventType;
///
/// // Generated from the contract.
/// const ORDER_CREATED: EventType =
///     EventType { name: "order.created", aggregate: "order", version: 1, internal: false };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// The name of the event type, for example `order.created`.
    pub name: &'static str,
    /// The kind of aggregate that the events concern, for example `order`. The events of one aggregate keep their
    /// order.
    pub aggregate: &'static str,
    /// The version of the schema of the data.
    pub version: u32,
    /// True if events of this type stay within the services: they are not delivered to webhook endpoints.
    pub internal: bool,
}

/// The id of a domain event: `evt_…`. Consumers recognise a repeated event by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(crate::Uuid);

crate::id!(EventId, "evt");

/// A domain event with typed data, as a consumer receives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<D> {
    /// The id of the event. It stays the same when the event is repeated.
    pub id: EventId,
    /// The id of the aggregate that the event concerns.
    pub aggregate_id: String,
    /// The time at which the transaction that published the event wrote it.
    pub timestamp: DateTime<Utc>,
    /// The data of the event.
    pub data: D,
}

/// A domain event whose data is still JSON, as stores keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The id of the event. It stays the same when the event is repeated.
    pub id: EventId,
    /// The name of the event type, for example `order.created`.
    pub event_type: String,
    /// The id of the aggregate that the event concerns.
    pub aggregate_id: String,
    /// The time at which the transaction that published the event wrote it.
    pub timestamp: DateTime<Utc>,
    /// The data of the event as JSON.
    pub data: Bytes,
}

impl StoredEvent {
    /// Returns the typed event with this data, which was read from the JSON of the stored event.
    pub fn with_data<D>(&self, data: D) -> Event<D> {
        Event { id: self.id, aggregate_id: self.aggregate_id.clone(), timestamp: self.timestamp, data }
    }
}
