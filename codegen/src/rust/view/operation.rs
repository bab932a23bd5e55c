//! The views of tags and operations, the data from which traits, operation types and the operation table are
//! rendered.

use serde::Serialize;

use crate::rust::code::Code;

use super::{ContentView, ErrorView, PartsView, RequestView, ResponseView, SortView};

/// The view of a tag: its trait, and the types of its operations.
#[derive(Debug, Clone, Serialize)]
pub struct TagView {
    /// The name of the tag's generated trait.
    pub name: Code,
    /// A sentence that explains why the trait has a name that is not the first choice; empty if it has the
    /// first choice.
    pub fallback: String,
    /// The name of the tag's generated module.
    pub module: Code,
    /// The field of the generated struct `Api` for the service that implements the tag's trait.
    pub field: Code,
    /// The type parameter of the generated struct `Api` for the service that implements the tag's trait.
    pub parameter: Code,
    /// The documentation of the tag's trait.
    pub docs: String,
    /// True if an operation of the tag admits authenticated callers, so that the trait has a type `Principal`.
    pub secured: bool,
    /// The service that owns the operations of the tag (`x-service`), or `None` if every service has them.
    pub service: Option<String>,
    /// The operations of the tag, in the order of the contract.
    pub operations: Vec<OperationView>,
    /// True if the methods of the tag's trait have a default that responds with status 501.
    pub unwritten: bool,
}

/// The view of the operations whose tags are not selected. Requests to these operations receive status 501.
#[derive(Debug, Clone, Serialize)]
pub struct UnselectedView {
    /// The operations whose tags are not selected.
    pub operations: Vec<UnselectedOperationView>,
}

/// The view of an operation whose tag is not selected, and which responds with status 501.
#[derive(Debug, Clone, Serialize)]
pub struct UnselectedOperationView {
    /// The `operationId` of the operation in the contract.
    pub id: String,
    /// The name of the operation's static in the generated operation table.
    pub data: Code,
    /// The entry of the operation in the generated operation table.
    pub entry: OperationEntryView,
}

/// The view of an operation: its trait method, and its request, response and error types.
#[derive(Debug, Clone, Serialize)]
pub struct OperationView {
    /// The name of the operation's trait method.
    pub method: Code,
    /// The name of the generated function that validates the parameters of a request that has no request type.
    pub decode: Code,
    /// The `operationId` of the operation.
    pub id: String,
    /// The name of the operation's static in the operation table.
    pub data: Code,
    /// The summary and the description of the operation, for the documentation of generated code.
    pub docs: String,
    /// The HTTP method and the path of the operation, for a code span in documentation.
    pub route: String,
    /// The required authentication and the policies of the operation, as sentences for its trait method.
    pub handler_terms: String,
    /// The required authentication and the policies of the operation, as sentences for its client method.
    pub client_terms: String,
    /// True if the contract marks the operation as deprecated.
    pub deprecated: bool,
    /// The entry of the operation in the operation table.
    pub entry: OperationEntryView,
    /// The type argument of `Context` in the signature of the operation's trait method.
    pub context: Code,
    /// The authentication that the operation requires.
    pub access: Access,
    /// The view of the operation's request type, or `None` if the handler receives neither parameters nor a body.
    pub request: Option<RequestView>,
    /// The statements that validate parameters which the request pipeline itself uses, such as `If-None-Match`.
    /// The handler does not receive these parameters.
    pub consumed: Vec<Code>,
    /// The enums of sort keys that are generated for this operation.
    pub sorts: Vec<SortView>,
    /// The view of the type of the operation's successful response.
    pub response: ResponseView,
    /// The view of the types of the operation's multipart body, or `None` if it has no multipart body with
    /// described parts.
    pub parts: Option<PartsView>,
    /// The enums of the operation's response bodies that have several media types.
    pub contents: Vec<ContentView>,
    /// True if the trait method returns `Idempotent`, which can hold a recorded response of an earlier request.
    pub idempotent: bool,
    /// The view of the operation's error type.
    pub error: ErrorView,
}

/// The view of an operation's entry in the generated operation table: the fields of its static that differ from
/// the default.
#[derive(Debug, Clone, Serialize)]
pub struct OperationEntryView {
    /// The fields of the table entry that identify the operation, as `name: value`.
    pub head: Vec<Code>,
    /// The parameters of the operation, as expressions of the runtime's `Parameter`.
    pub parameters: Vec<Code>,
    /// The request body of the operation, as an expression of the runtime's `Body`; `None` if the operation has
    /// no body.
    pub body: Option<Code>,
    /// The alternative security requirements of the operation, each a list of the runtime's `Requirement`s.
    pub security: Vec<Code>,
    /// The rate limits of the operation, as expressions of the runtime's `RateLimit`.
    pub rate_limits: Vec<Code>,
    /// All other fields of the table entry, as `name: value`.
    pub more: Vec<Code>,
}

/// The authentication that an operation requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Every caller is admitted; the operation has no authenticated caller (principal).
    Public,
    /// Every caller is admitted; the operation receives a principal if the caller is authenticated.
    Optional,
    /// Only an authenticated caller (principal) is admitted.
    Secured,
}
