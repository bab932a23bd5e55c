//! The views of the templates for tags and operations.

use serde::Serialize;

use crate::rust::code::Code;

use super::{ContentView, ErrorView, PartsView, RequestView, ResponseView, SortView};

/// A tag: its trait, and the types of its operations.
#[derive(Debug, Serialize)]
pub struct TagView {
    /// The name of the trait.
    pub name: Code,
    /// The reason for a trait name that is not the first choice, as a sentence; empty if the name is the
    /// first choice.
    pub fallback: String,
    /// The module of the tag.
    pub module: Code,
    /// The field of `Api` for the service.
    pub field: Code,
    /// The type parameter of `Api` for the service.
    pub parameter: Code,
    /// The documentation of the trait.
    pub docs: String,
    /// True if an operation of the tag has a principal.
    pub secured: bool,
    /// The operations of the tag, in the order of the contract.
    pub operations: Vec<OperationView>,
    /// True if the methods of the trait have a default that responds with status 501.
    pub unwritten: bool,
}

/// The operations of the tags that were not selected. Their table entries let each of them respond with
/// status 501.
#[derive(Debug, Serialize)]
pub struct UnselectedView {
    /// The operations of the tags that were not selected.
    pub operations: Vec<UnselectedOperationView>,
}

/// An operation of a tag that was not selected.
#[derive(Debug, Serialize)]
pub struct UnselectedOperationView {
    /// The `operationId` of the operation.
    pub id: String,
    /// The name of the operation's static in the operation table.
    pub data: Code,
    /// The entry of the operation in the operation table.
    pub entry: OperationEntryView,
}

/// An operation: its method, and its request, response and error types.
#[derive(Debug, Serialize)]
pub struct OperationView {
    /// The trait method of the operation.
    pub method: Code,
    /// The function that decodes the parameters of a request without a request type.
    pub decode: Code,
    /// The `operationId` of the operation.
    pub id: String,
    /// The name of the operation's static in the operation table.
    pub data: Code,
    /// The summary and the description of the operation.
    pub docs: String,
    /// The HTTP method and the path, for a code span.
    pub route: String,
    /// The required authentication and the policies of the operation, as sentences.
    pub terms: String,
    /// True if the contract marks the operation as deprecated.
    pub deprecated: bool,
    /// The entry of the operation in the operation table.
    pub entry: OperationEntryView,
    /// The type argument of `Context` within the trait.
    pub context: Code,
    /// The authentication that the operation requires.
    pub access: Access,
    /// The request type, or `None` if the handler receives neither parameters nor a body.
    pub request: Option<RequestView>,
    /// The statements that validate parameters which the pipeline uses itself, such as `If-None-Match`. The
    /// handler does not receive them.
    pub consumed: Vec<Code>,
    /// The enums of the sort keys that this operation declares.
    pub sorts: Vec<SortView>,
    /// The type of the successful response.
    pub response: ResponseView,
    /// The types of a multipart body, or `None` if the operation has no described multipart body.
    pub parts: Option<PartsView>,
    /// The enums of response bodies with several media types.
    pub contents: Vec<ContentView>,
    /// True if the method returns `Idempotent`, which can hold a recorded response.
    pub idempotent: bool,
    /// The error type of the operation.
    pub error: ErrorView,
}

/// The entry of an operation in the operation table: the fields of its static that differ from the default.
#[derive(Debug, Serialize)]
pub struct OperationEntryView {
    /// The fields that identify the operation, as `name: value`.
    pub head: Vec<Code>,
    /// The expressions of the runtime's `Parameter`s.
    pub parameters: Vec<Code>,
    /// The expression of the runtime's `Body`, or `None` if the operation has no body.
    pub body: Option<Code>,
    /// The alternatives of the security requirements, each a list of `Requirement`s.
    pub security: Vec<Code>,
    /// The expressions of the runtime's `RateLimit`s.
    pub rate_limits: Vec<Code>,
    /// All other fields of the table entry, as `name: value`.
    pub more: Vec<Code>,
}

/// The authentication that an operation requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Every caller is admitted; the operation has no principal.
    Public,
    /// Every caller is admitted; the principal is present if the caller is authenticated.
    Optional,
    /// Only an authenticated caller is admitted.
    Secured,
}
