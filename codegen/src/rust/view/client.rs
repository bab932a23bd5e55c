//! The views of the client templates, the data from which the code of a client is rendered: calls of
//! operations, webhooks and callbacks.

use serde::Serialize;

use crate::rust::code::Code;

use super::{FormRuleView, OperationView, PartVariantView};

/// The view of the typed client that is generated for a contract.
#[derive(Debug, Serialize)]
pub struct ClientView {
    /// The tags of the contract, each with its client calls.
    pub tags: Vec<TagCallsView>,
    /// True if error responses have a schema of the contract instead of the format of RFC 9457.
    pub envelope: bool,
}

/// The view of the client struct of a tag and of its calls.
#[derive(Debug, Serialize)]
pub struct TagCallsView {
    /// The name of the generated client struct of a tag, which has the calls as methods.
    pub name: Code,
    /// The generated module of a tag's client struct.
    pub module: Code,
    /// The field of the generated `Client` that holds the client struct of the tag.
    pub field: Code,
    /// The documentation of the tag's client struct.
    pub docs: String,
    /// The client calls, one for each operation of the tag.
    pub calls: Vec<CallView>,
}

/// The view of the client method that calls an operation.
#[derive(Debug, Serialize)]
pub struct CallView {
    /// The name of the client method that calls the operation.
    pub method: Code,
    /// The name of the operation's static in the generated operation table.
    pub data: Code,
    /// The documentation of the client method, without the route and the policies.
    pub docs: String,
    /// The HTTP method and the path of the operation, as in [`OperationView::route`].
    pub route: String,
    /// The required authentication and the policies of the operation as sentences, as in [`OperationView::client_terms`].
    pub terms: String,
    /// True if the contract marks the operation as deprecated.
    pub deprecated: bool,
    /// True if the operation requires no authentication, for the example of the client module.
    pub public: bool,
    /// The view of the request that the call sends, or `None` if the operation has neither parameters nor a body.
    pub request: Option<CallRequestView>,
    /// The name of the enum of the parts of a multipart body, or `None` if the operation has no described
    /// multipart body.
    pub parts: Option<Code>,
    /// The rule by which the client sends a multipart body. `None` if the server has a `FormPart`
    /// implementation, which contains the rule.
    pub rule: Option<FormRuleView>,
    /// The variants of the enum of the parts of a multipart body.
    pub variants: Vec<PartVariantView>,
    /// The type of the operation's successful response.
    pub response_name: Code,
    /// The match arms of the client that read a successful response, by status code.
    pub response: Vec<ArmView>,
    /// The objects of the response that a sparse fieldset (a selection of fields) applies to, as a variant of
    /// the runtime's `client::SparseObjects`. `None` if the operation does not support sparse fieldsets.
    pub sparse_fieldset: Option<Code>,
    /// The implementation of `Listed` for the response, or `None` if the response is not a page of a list.
    pub listed: Option<ListedView>,
    /// The name of the operation's error type.
    pub error_name: Code,
    /// The match arms of the client that read an error response, by status code.
    pub error: Vec<ArmView>,
    /// The readers of the operation's response bodies with several media types.
    pub contents: Vec<ContentReadView>,
}

/// The view of the runtime's `Listed` for a response that contains a page of a list.
#[derive(Debug, Serialize)]
pub struct ListedView {
    /// The type of an element of the list.
    pub item: Code,
    /// The fields of the runtime's `PageLayout` that differ from its constant `NONE`.
    pub layout: Vec<Code>,
    /// The expression that moves the elements out of the response in `self`.
    pub items: Code,
}

/// The view of the request that a client call sends.
#[derive(Debug, Serialize)]
pub struct CallRequestView {
    /// The name of the operation's request type.
    pub name: Code,
    /// `&` if the call borrows the request, empty if it takes the request by value.
    pub borrow: &'static str,
    /// The statements that pass the fields of the request to the runtime.
    pub sends: Vec<SendView>,
}

/// The client statement that passes one field of a request to the runtime.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SendView {
    /// A generated statement that passes a parameter, the page or a required body of the request to the runtime.
    Call(Code),
    /// A call that passes the body of the request only if the optional body is present.
    Present {
        /// The expression of the optional request field.
        value: Code,
        /// The call that checks a present body, or `None` if the body cannot break the contract.
        check: Option<Code>,
        /// The call that passes a present body, which is in the variable `body`.
        call: Code,
    },
    /// A `match` over the variants of a request body, with a call for each variant.
    Match {
        /// The expression of the request field, whose type is an enum of request bodies.
        value: Code,
        /// True if the request body may be absent.
        optional: bool,
        /// The name of the enum of request bodies.
        name: Code,
        /// The match arms that send a request body, one for each variant of the enum of request bodies.
        arms: Vec<SendArmView>,
    },
}

/// A match arm of the client that sends one variant of a request body.
#[derive(Debug, Serialize)]
pub struct SendArmView {
    /// The variant of the enum of request bodies.
    pub variant: Code,
    /// The call that checks the body of the variant, or `None` if the body cannot break the contract.
    pub check: Option<Code>,
    /// The call that passes the body of the variant, which is in the variable `body`.
    pub call: Code,
}

/// A match arm of the client that reads a response with one status code or with a range of status codes.
#[derive(Debug, Serialize)]
pub struct ArmView {
    /// The pattern that matches the status code of a response.
    pub status: Code,
    /// The statements of the match arm that reads a response. The last statement is the value of the arm.
    pub lines: Vec<Code>,
}

/// The client's reader of a response body with several media types.
#[derive(Debug, Serialize)]
pub struct ContentReadView {
    /// The name of the enum of response bodies.
    pub name: Code,
    /// The expression that returns the index of the media type of the received response.
    pub media: Code,
    /// The match arms that read a response body, one for each variant of the enum of response bodies.
    pub arms: Vec<ContentArmView>,
}

/// A match arm of the client that reads one variant of a response body.
#[derive(Debug, Serialize)]
pub struct ContentArmView {
    /// The pattern that matches the indices of the variant's media types.
    pub indices: Code,
    /// The variant of the enum of response bodies.
    pub variant: Code,
    /// The expression that reads a response body of this variant.
    pub read: Code,
}

/// The kind of an outgoing operation, which a service sends instead of serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutgoingKind {
    /// Webhooks: requests to the URLs of subscribers.
    Webhooks,
    /// Callbacks: requests to URLs that an earlier request or response contains.
    Callbacks,
}

/// The view of the outgoing operations of one kind: all webhooks or all callbacks.
#[derive(Debug, Serialize)]
pub struct OutgoingView {
    /// The kind of the outgoing operations, which decides their module.
    pub kind: OutgoingKind,
    /// The name of the generated struct that sends the webhooks or callbacks.
    pub name: Code,
    /// The request, response and error types of each outgoing operation.
    pub types: Vec<OperationView>,
    /// The client calls that send the webhooks or callbacks, one for each operation.
    pub calls: Vec<CallView>,
    /// The URLs of the callbacks; empty for webhooks.
    pub urls: Vec<CallbackUrlView>,
    /// True if error responses have a schema of the contract instead of the format of RFC 9457.
    pub envelope: bool,
}

/// The view of the code that computes the URL of a callback.
#[derive(Debug, Serialize)]
pub struct CallbackUrlView {
    /// The name of the generated constant that holds the callback's runtime expression.
    pub constant: Code,
    /// The runtime expression of the callback's URL in the contract (OpenAPI 3.0.3 § 4.7.20.4).
    pub expression: String,
    /// The `operationId` of the operation that declares the callback.
    pub parent: String,
    /// The name of the generated method that evaluates the runtime expression to a URL.
    pub method: Code,
    /// The request whose values the runtime expression uses. `None` if the expression needs values of the
    /// response too.
    pub request: Option<CallbackRequestView>,
}

/// The request of an operation that declares a callback, from which the callback's URL is computed.
#[derive(Debug, Serialize)]
pub struct CallbackRequestView {
    /// The name of the request type of the operation that declares the callback.
    pub request: Code,
    /// The name of the static in the generated operation table, for the operation that declares the callback.
    pub data: Code,
}
