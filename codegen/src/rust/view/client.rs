//! The views of the client templates: calls of operations, webhooks and callbacks.

use serde::Serialize;

use crate::rust::code::Code;

use super::{FormRuleView, OperationView, PartVariantView};

/// The view of the client of a contract.
#[derive(Debug, Serialize)]
pub struct ClientView {
    /// The tags of the contract, each with its calls.
    pub tags: Vec<TagCallsView>,
    /// The fields of the runtime's `client::Envelope`; empty if errors are RFC 9457 problems.
    pub envelope: Vec<Code>,
}

/// The client calls of a tag.
#[derive(Debug, Serialize)]
pub struct TagCallsView {
    /// The name of the client struct of a tag, which has its calls as methods.
    pub name: Code,
    /// The module of a tag's client struct.
    pub module: Code,
    /// The field of `Client` that holds the struct.
    pub field: Code,
    /// The documentation of the struct.
    pub docs: String,
    /// The calls, one for each operation of the tag.
    pub calls: Vec<CallView>,
}

/// The client call of an operation.
#[derive(Debug, Serialize)]
pub struct CallView {
    /// The name of the client method of the operation.
    pub method: Code,
    /// The name of the operation's static in the operation table.
    pub data: Code,
    /// The documentation of the method, without the route and the policies.
    pub docs: String,
    /// The HTTP method and the path, as in [`OperationView::route`].
    pub route: String,
    /// The security and the policies as sentences, as in [`OperationView::terms`].
    pub terms: String,
    /// True if the contract marks the operation as deprecated.
    pub deprecated: bool,
    /// The request, or `None` if the operation has neither parameters nor a body.
    pub request: Option<CallRequestView>,
    /// The enum of the parts of a multipart body.
    pub parts: Option<Code>,
    /// The rule of the multipart body. `None` if the server has a `FormPart` implementation, which contains
    /// the rule.
    pub rule: Option<FormRuleView>,
    /// The variants of the enum of the parts.
    pub variants: Vec<PartVariantView>,
    /// The type of the operation's successful response.
    pub response_name: Code,
    /// The match arms that read a successful response, by status code.
    pub response: Vec<ArmView>,
    /// The objects of the response that a sparse fieldset applies to, as a variant of the runtime's
    /// `client::SparseObjects`. `None` if the operation does not support sparse fieldsets.
    pub sparse_fieldset: Option<Code>,
    /// The error type of the operation.
    pub error_name: Code,
    /// The match arms that read an error response, by status code.
    pub error: Vec<ArmView>,
    /// The response bodies with several media types.
    pub contents: Vec<ContentReadView>,
}

/// The request of a client call.
#[derive(Debug, Serialize)]
pub struct CallRequestView {
    /// The name of the operation's request type.
    pub name: Code,
    /// `&` if the call borrows the request, empty if it takes the request by value.
    pub borrow: &'static str,
    /// The statements that pass the fields of the request to the runtime.
    pub sends: Vec<SendView>,
}

/// The statement that passes one field of a request to the runtime.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SendView {
    /// A statement that always passes the field.
    Call(Code),
    /// A call that is made only if the optional `body` is present.
    Present {
        /// The expression of the optional field.
        value: Code,
        /// The call that passes a present value, in the variable `body`.
        call: Code,
    },
    /// A `match` over the variants of a body, with a call for each.
    Match {
        /// The expression of the field, whose type is an enum of bodies.
        value: Code,
        /// True if the body may be absent.
        optional: bool,
        /// The name of the enum of request bodies.
        name: Code,
        /// The match arms, one for each variant.
        arms: Vec<SendArmView>,
    },
}

/// A match arm that sends one variant of a body.
#[derive(Debug, Serialize)]
pub struct SendArmView {
    /// The variant of the enum of request bodies.
    pub variant: Code,
    /// The call that passes the value of the variant, in the variable `body`.
    pub call: Code,
}

/// A match arm that reads the response of one status code or of a range of them.
#[derive(Debug, Serialize)]
pub struct ArmView {
    /// The pattern of the status code.
    pub status: Code,
    /// The statements of the arm; the last one is its value.
    pub lines: Vec<Code>,
}

/// The reader of a response body with several media types.
#[derive(Debug, Serialize)]
pub struct ContentReadView {
    /// The name of the enum of response bodies.
    pub name: Code,
    /// The expression that returns the index of the received media type.
    pub media: Code,
    /// The match arms, one for each variant.
    pub arms: Vec<ContentArmView>,
}

/// A match arm that reads one variant of a response body.
#[derive(Debug, Serialize)]
pub struct ContentArmView {
    /// The pattern of the indices of the media types.
    pub indices: Code,
    /// The variant of the enum of response bodies.
    pub variant: Code,
    /// The expression that reads the body of this variant.
    pub read: Code,
}

/// The kinds of operations that a service sends instead of serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutgoingKind {
    /// Webhooks: requests to the URLs of subscribers.
    Webhooks,
    /// Callbacks: requests to URLs that an earlier request or response contains.
    Callbacks,
}

/// The outgoing operations of one kind.
#[derive(Debug, Serialize)]
pub struct OutgoingView {
    /// The kind of the operations, which decides their module.
    pub kind: OutgoingKind,
    /// The name of the struct that sends webhooks or callbacks.
    pub name: Code,
    /// The request, response and error types of each operation.
    pub types: Vec<OperationView>,
    /// The calls, one for each operation.
    pub calls: Vec<CallView>,
    /// The URLs of the callbacks; empty for webhooks.
    pub urls: Vec<CallbackUrlView>,
    /// True if errors have a schema of the contract instead of RFC 9457.
    pub envelope: bool,
}

/// The URL of a callback.
#[derive(Debug, Serialize)]
pub struct CallbackUrlView {
    /// The constant that holds the runtime expression.
    pub constant: Code,
    /// The runtime expression of the contract (OpenAPI 3.0.3 § 4.7.20.4).
    pub expression: String,
    /// The `operationId` of the operation that declares the callback.
    pub parent: String,
    /// The method that evaluates the expression.
    pub method: Code,
    /// The request that the expression is evaluated for. `None` if the expression needs values of the
    /// response too.
    pub request: Option<CallbackRequestView>,
}

/// The request of an operation that declares a callback.
#[derive(Debug, Serialize)]
pub struct CallbackRequestView {
    /// The name of the request type.
    pub request: Code,
    /// The name of the operation's static in the operation table.
    pub data: Code,
}
