//! What the templates of tags and operations receive.

use serde::Serialize;

use crate::rust::code::Code;

use super::PartsView;

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
    /// `use` lines of the tag's file.
    pub imports: Vec<Code>,
    /// `use` lines of its routes.
    pub route_imports: Vec<Code>,
    /// `use` lines of its operation data.
    pub operation_imports: Vec<Code>,
    /// The operations.
    pub operations: Vec<OperationView>,
    /// Whether a method that nobody has written is answered 501.
    pub unwritten: bool,
}

/// The operations of tags that were not asked for: their data, so that they are answered 501.
#[derive(Debug, Serialize)]
pub struct OthersView {
    /// `use` lines.
    pub imports: Vec<Code>,
    /// The operations.
    pub operations: Vec<OtherView>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub struct OtherView {
    /// The `operationId`.
    pub id: String,
    /// The name of its static.
    pub data: Code,
    /// The fields of its static.
    pub facts: Vec<Code>,
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
    /// The fields of its static.
    pub facts: Vec<Code>,
    /// The type in `Context<..>` within the trait.
    pub context: Code,
    /// `secured`, `optional` or `public`.
    pub access: &'static str,
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

/// The request type of an operation.
#[derive(Debug, Serialize)]
pub struct RequestView {
    /// Its name.
    pub name: Code,
    /// Why it is not called as usual, as a sentence; empty where it is.
    pub fallback: String,
    /// Its fields.
    pub fields: Vec<RequestFieldView>,
    /// Whether it implements `Default`: nothing of it must be sent.
    pub default: bool,
    /// A body of several media types: the enum of its forms.
    pub forms: Option<FormsView>,
    /// Whether it holds a body that has not arrived yet, which can be neither cloned nor compared.
    pub streamed: bool,
}

/// The enum of the keys that a list can be sorted by.
#[derive(Debug, Serialize)]
pub struct SortView {
    /// Its name.
    pub name: Code,
    /// The keys.
    pub keys: Vec<SortKeyView>,
}

/// One sort key.
#[derive(Debug, Serialize)]
pub struct SortKeyView {
    /// The variant.
    pub name: Code,
    /// Its name on the wire.
    pub wire: String,
}

/// What a field of a request stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSource {
    /// The parameter at this index.
    Parameter(usize),
    /// Those at these, which say what page is wanted.
    Page {
        /// How long it is.
        limit: usize,
        /// Which it is by number.
        number: Option<usize>,
        /// Which it is by cursor.
        cursor: Option<usize>,
    },
    /// The body.
    Body,
}

/// One field of a request.
#[derive(Debug, Serialize)]
pub struct RequestFieldView {
    /// What it stands for.
    #[serde(skip)]
    pub source: FieldSource,
    /// Its Rust name.
    pub name: Code,
    /// Its doc comment.
    pub docs: String,
    /// Its type.
    pub ty: Code,
    /// The statement that decodes it.
    pub decode: Code,
    /// The expression that takes it from the variable.
    pub take: Code,
}

/// The body types that the media type chooses between.
#[derive(Debug, Serialize)]
pub struct FormsView {
    /// The enum.
    pub name: Code,
    /// Its variants.
    pub forms: Vec<FormView>,
}

/// One of the body types.
#[derive(Debug, Serialize)]
pub struct FormView {
    /// The variant.
    pub variant: Code,
    /// What it holds.
    pub ty: Code,
    /// The media types that choose it.
    pub docs: String,
    /// The pattern of media indices.
    pub media: Code,
    /// The first of them.
    pub index: usize,
    /// How it is read.
    pub read: Code,
}

/// The response type of an operation.
#[derive(Debug, Serialize)]
pub struct ResponseView {
    /// Its name.
    pub name: Code,
    /// Why it is not called as usual, as a sentence; empty where it is.
    pub fallback: String,
    /// The one success, or several.
    pub answers: Vec<AnswerView>,
    /// Whether it holds a body that is still to be made, which can be neither cloned nor compared.
    pub streamed: bool,
    /// The parameter that answering takes: `responder`, or `_` where no body asks it.
    pub responder: Code,
}

/// One success.
#[derive(Debug, Serialize)]
pub struct AnswerView {
    /// The variant, where there are several.
    pub variant: Code,
    /// The doc comment.
    pub docs: String,
    /// The expression of its status.
    pub status: Code,
    /// The headers.
    pub headers: Vec<HeaderView>,
    /// The body.
    pub body: Option<AnswerBodyView>,
    /// Whether the status is a field, as for ranges.
    pub any_status: Option<Code>,
}

/// A header of a response.
#[derive(Debug, Serialize)]
pub struct HeaderView {
    /// Its Rust name.
    pub name: Code,
    /// Its name on the wire, lower case.
    pub wire: String,
    /// Its doc comment.
    pub docs: String,
    /// Its type.
    pub ty: Code,
    /// The call on the reply that sets it.
    pub set: &'static str,
    /// `&` where the call borrows the value.
    pub borrow: &'static str,
    /// Further arguments of the call.
    pub more: &'static str,
}

/// The body of a response.
#[derive(Debug, Serialize)]
pub struct AnswerBodyView {
    /// Its type.
    pub ty: Code,
    /// The call on the reply that sends it.
    pub send: Code,
    /// The type again, for the imports.
    #[serde(skip)]
    pub uses: Vec<crate::rust::types::Ty>,
}

/// The body of an answer of several media types.
#[derive(Debug, Serialize)]
pub struct ContentView {
    /// The enum of bodies.
    pub name: Code,
    /// The enum of their media types.
    pub media: Code,
    /// The media types in the order of the variants.
    pub types: Vec<String>,
    /// Whether it holds a body that is still to be made.
    pub streamed: bool,
    /// The parameter that sending takes: `responder`, or `_` where no body asks it.
    pub responder: Code,
    /// A variant for each way to write it.
    pub variants: Vec<ContentVariantView>,
}

/// One form of such a body.
#[derive(Debug, Serialize)]
pub struct ContentVariantView {
    /// The variant of both enums.
    pub name: Code,
    /// Its media types.
    pub docs: String,
    /// What it holds.
    pub ty: Code,
    /// The expression that puts `body` into `reply`.
    pub send: Code,
    /// The pattern of its places among the media types.
    pub places: Code,
}

/// The error type of an operation.
#[derive(Debug, Serialize)]
pub struct ErrorView {
    /// Its name.
    pub name: Code,
    /// Why it is not called as usual, as a sentence; empty where it is.
    pub fallback: String,
    /// Its variants.
    pub variants: Vec<ErrorVariantView>,
}

/// One refusal.
#[derive(Debug, Serialize)]
pub struct ErrorVariantView {
    /// The variant.
    pub name: Code,
    /// The doc comment.
    pub docs: String,
    /// What it holds.
    pub ty: Code,
    /// Whether it converts from what it holds.
    pub from: bool,
    /// The expression that answers with what it holds, called `refusal`.
    pub respond: Code,
}
