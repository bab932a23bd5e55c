//! Domain events: the webhooks of the contract that `x-event` declares as events.

use super::schema::SchemaId;
use crate::source::Span;

/// A type of domain event that the contract declares: an entry of `webhooks` with `x-event`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The name of the event type, which is its key in `webhooks`, such as `order.created`.
    pub name: String,
    /// The span of the event's key in `webhooks`.
    pub span: Span,
    /// The summary of the event's operation, or its description if there is no summary.
    pub description: Option<String>,
    /// The kind of aggregate that the event concerns (`aggregate`), such as `order`.
    pub aggregate: String,
    /// The version of the schema of the event's data (`version`).
    pub version: u32,
    /// True if the event is not delivered to endpoints outside of the services (`internal`).
    pub internal: bool,
    /// The schema of the id of the aggregate (`aggregateId` of the envelope).
    pub aggregate_id: SchemaId,
    /// The schema of the event's data (`data` of the envelope).
    pub data: SchemaId,
}
