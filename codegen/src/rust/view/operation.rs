//! What the templates of tags and operations receive.

use serde::Serialize;

use crate::rust::code::Code;

use super::{ContentView, ErrorView, PartsView, RequestView, ResponseView, SortView};

/// A tag: its trait and the types of its operations.
#[derive(Debug, Serialize)]
pub struct TagView {
    /// The trait.
    pub name: Code,
    /// Why it is not called as usual, as a sentence; empty where it is.
    pub fallback: String,
    /// The module.
    pub module: Code,
    /// The field of `Api`.
    pub field: Code,
    /// The type parameter of `Api`.
    pub parameter: Code,
    /// The doc comment of the trait.
    pub docs: String,
    /// Whether some operation needs a principal.
    pub secured: bool,
    /// The operations.
    pub operations: Vec<OperationView>,
    /// Whether a method that nobody has written is answered 501.
    pub unwritten: bool,
}

/// The operations of tags that were not selected: their entries in the table, so that each is answered 501.
#[derive(Debug, Serialize)]
pub struct UnselectedView {
    /// The operations.
    pub operations: Vec<UnselectedOperationView>,
}

/// An operation of a tag that was not selected.
#[derive(Debug, Serialize)]
pub struct UnselectedOperationView {
    /// The `operationId`.
    pub id: String,
    /// The name of its static.
    pub data: Code,
    /// Its entry in the operation table.
    pub entry: OperationEntryView,
}

/// One operation.
#[derive(Debug, Serialize)]
pub struct OperationView {
    /// The method of the trait.
    pub method: Code,
    /// The function that decodes what the generated layer keeps to itself.
    pub decode: Code,
    /// The `operationId`.
    pub id: String,
    /// The name of its static.
    pub data: Code,
    /// What the contract says of it: its summary and description.
    pub docs: String,
    /// Its method and path.
    pub route: String,
    /// The end of the sentence that begins with the route: `, scopes …`, and the limits.
    pub terms: String,
    /// `deprecated`.
    pub deprecated: bool,
    /// Its entry in the operation table.
    pub entry: OperationEntryView,
    /// The type in `Context<..>` within the trait.
    pub context: Code,
    /// Who can call it.
    pub access: Access,
    /// The request type; none where an operation takes nothing.
    pub request: Option<RequestView>,
    /// The parameters that are checked and that the handler does not see.
    pub consumed: Vec<Code>,
    /// The enums of sort keys.
    pub sorts: Vec<SortView>,
    /// The response type.
    pub response: ResponseView,
    /// The parts of its body.
    pub parts: Option<PartsView>,
    /// The bodies that it answers with in several media types.
    pub contents: Vec<ContentView>,
    /// Whether the success may be a recorded one.
    pub idempotent: bool,
    /// The error type.
    pub error: ErrorView,
}

/// The entry of an operation in the operation table: the fields of its static that differ from the default.
#[derive(Debug, Serialize)]
pub struct OperationEntryView {
    /// What names the operation: `name: value` each.
    pub head: Vec<Code>,
    /// A `Parameter` each.
    pub parameters: Vec<Code>,
    /// The `Body`.
    pub body: Option<Code>,
    /// The alternatives of its security: a list of `Requirement`s each.
    pub security: Vec<Code>,
    /// A `RateLimit` each.
    pub rate_limits: Vec<Code>,
    /// All other fields: `name: value` each.
    pub more: Vec<Code>,
}

/// Who can call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everyone: it has no principal.
    Public,
    /// Everyone, with or without a principal.
    Optional,
    /// A principal.
    Secured,
}
