//! Outgoing operations: webhooks and callbacks, which the service calls and another service implements.

use super::operation::Operation;
use super::schema::SchemaId;

/// An operation that the service calls and another service implements.
#[derive(Debug, Clone)]
pub struct OutgoingOperation {
    /// The event or request that triggers the outgoing operation.
    pub trigger: Trigger,
    /// The HTTP method of the outgoing operation, spelled as in requests.
    pub method: String,
    /// The declared `operationId` of the outgoing operation; `None` if the contract declares none.
    pub operation_id: Option<String>,
    /// The summary of the outgoing operation, or its description if there is no summary.
    pub description: Option<String>,
    /// The schema of the JSON request body that the service sends; `None` if it sends no JSON.
    pub payload: Option<SchemaId>,
    /// The webhook or callback as an operation that generated code sends, if
    /// [`Options::outgoing`](super::Options::outgoing) is set.
    ///
    /// The path of the operation is empty, since the URL is known only at run time.
    pub operation: Option<Operation>,
}

/// The reason why the service calls an outgoing operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A webhook: an event that other services subscribe to, with its key in `webhooks`.
    Webhook(String),
    /// A callback: a request to an operation of this service, which provides the URL to call.
    Callback(Callback),
}

/// The origin of a callback: the operation and the expression that provide its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    /// The id of the operation whose request provides the URL of a callback.
    pub parent: String,
    /// The runtime expression for the URL of a callback (OpenAPI 3.0.3, section 4.7.20.4).
    pub expression: String,
}

/// An outgoing operation that is resolved completely, so that a client can call it.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingCall<'c> {
    /// The webhook or callback as a resolved operation. Its path is empty, since the URL is known only at run time.
    pub operation: &'c Operation,
    /// The operation and expression that provide the URL, if the outgoing call is a callback; `None` for a webhook.
    pub callback: Option<&'c Callback>,
}
