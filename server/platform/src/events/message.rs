//! Events on their way: as rows of an outbox, as entries of a stream, and as held-back events.

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use redis::Value;
use redis::streams::StreamId;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use writ_runtime::event::StoredEvent;

use crate::telemetry::Origin;

/// The number of arguments of an entry: the names and values of its fields.
pub(super) const ARGUMENTS: usize = 2 * FIELDS.len();

/// The fields of an entry. An absent value is an empty text.
const FIELDS: [&str; 8] = ["id", "type", "aggregate", "aggregateId", "timestamp", "data", "traceparent", "requestId"];

/// An event with its aggregate and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) event: StoredEvent,
    /// The kind of the aggregate.
    pub(super) aggregate: String,
    /// The request that caused the event.
    pub(super) origin: Origin,
}

/// The identity of an aggregate: its kind and its id.
pub(super) type Aggregate = (String, String);

impl Message {
    /// Reads an event from a row of the outbox, or of the events that are held back under the id `id`.
    pub(super) fn from_row(row: &PgRow, id: &str) -> Result<Message, sqlx::Error> {
        let event = StoredEvent {
            id: row.try_get::<uuid::Uuid, _>(id)?.into(),
            event_type: row.try_get("type")?,
            aggregate_id: row.try_get("aggregate_id")?,
            timestamp: row.try_get("created_at")?,
            data: Bytes::from(row.try_get::<String, _>("data")?),
        };
        let origin = Origin { request_id: row.try_get("request_id")?, trace_parent: row.try_get("trace_parent")? };
        Ok(Message { event, aggregate: row.try_get("aggregate")?, origin })
    }

    /// Returns the names and values of the fields of an entry.
    pub(super) fn arguments(&self) -> [Bytes; ARGUMENTS] {
        let text = |text: &str| Bytes::copy_from_slice(text.as_bytes());
        let optional = |value: &Option<String>| text(value.as_deref().unwrap_or_default());
        let StoredEvent { id, event_type, aggregate_id, timestamp, data } = &self.event;
        let values = [
            text(&id.to_string()),
            text(event_type),
            text(&self.aggregate),
            text(aggregate_id),
            text(&timestamp.to_rfc3339_opts(SecondsFormat::Micros, true)),
            data.clone(),
            optional(&self.origin.trace_parent),
            optional(&self.origin.request_id),
        ];
        let mut arguments = [const { Bytes::new() }; ARGUMENTS];
        for (index, (name, value)) in FIELDS.into_iter().zip(values).enumerate() {
            arguments[2 * index] = Bytes::from_static(name.as_bytes());
            arguments[2 * index + 1] = value;
        }
        arguments
    }

    /// Reads an event from an entry of a stream. Returns `None` for an entry that no relay wrote.
    pub(super) fn from_entry(entry: &StreamId) -> Option<Message> {
        let text = |name: &str| match entry.map.get(name)? {
            Value::BulkString(bytes) => String::from_utf8(bytes.clone()).ok(),
            _ => None,
        };
        let optional = |name: &str| text(name).filter(|value| !value.is_empty());
        let event = StoredEvent {
            id: text("id")?.parse().ok()?,
            event_type: text("type")?,
            aggregate_id: text("aggregateId")?,
            timestamp: DateTime::parse_from_rfc3339(&text("timestamp")?).ok()?.with_timezone(&Utc),
            data: Bytes::from(text("data")?),
        };
        let origin = Origin { request_id: optional("requestId"), trace_parent: optional("traceparent") };
        Some(Message { event, aggregate: text("aggregate")?, origin })
    }

    /// Returns the identity of the aggregate of the event.
    pub(super) fn aggregate(&self) -> Aggregate {
        (self.aggregate.clone(), self.event.aggregate_id.clone())
    }
}
