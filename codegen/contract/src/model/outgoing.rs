//! Outgoing operations: webhooks and callbacks, which this service calls and others implement.

use super::operation::Operation;
use super::schema::SchemaId;

/// An operation that this service calls and another implements.
#[derive(Debug, Clone)]
pub struct OutgoingOperation {
    /// The reason of the call.
    pub trigger: Trigger,
    /// The HTTP method, upper case.
    pub method: &'static str,
    /// `operationId` as it is written; that of [`OutgoingOperation::operation`] is unique.
    pub operation_id: Option<String>,
    /// `summary` or `description`.
    pub description: Option<String>,
    /// The schema of its JSON body.
    pub payload: Option<SchemaId>,
    /// The operation with parameters and responses, where [`Options::outgoing`](super::Options::outgoing) asks
    /// for it. Its path is empty: the URL is known at run time only.
    pub operation: Option<Operation>,
}

/// The reason of an outgoing call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// An event that others have subscribed to, by its key under `webhooks`.
    Webhook(String),
    /// A request of an operation of this service.
    Callback(Callback),
}

/// The origin of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// The id of the operation whose request asks for it.
    pub parent: String,
    /// The runtime expression of its URL (OpenAPI 3.0.3 § 4.7.20.4).
    pub expression: String,
}

/// An outgoing operation that is resolved in full, so that a client can call it.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingCall<'c> {
    /// The operation. Its path is empty.
    pub operation: &'c Operation,
    /// The origin, if it is a callback and not a webhook.
    pub callback: Option<&'c Callback>,
}
