//! What the templates of responses and errors receive.

use serde::Serialize;

use crate::rust::code::Code;

/// The response type of an operation.
#[derive(Debug, Serialize)]
pub struct ResponseView {
    /// Its name.
    pub name: Code,
    /// The reason why it is not called as usual, as a sentence; empty if it is.
    pub fallback: String,
    /// The one success, or several.
    pub successes: Vec<SuccessView>,
    /// Whether it holds a body that is still to be made, which can be neither cloned nor compared.
    pub streamed: bool,
    /// True if a body is sent with the help of the responder.
    pub uses_responder: bool,
}

/// One success.
#[derive(Debug, Serialize)]
pub struct SuccessView {
    /// The variant, where there are several.
    pub variant: Code,
    /// The doc comment.
    pub docs: String,
    /// The expression of its status.
    pub status: Code,
    /// The headers.
    pub headers: Vec<HeaderView>,
    /// The body.
    pub body: Option<ResponseBodyView>,
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
    /// True if the type is an `Option`.
    #[serde(skip)]
    pub optional: bool,
    /// The call on the reply that sets it.
    pub set: &'static str,
    /// `&` where the call borrows the value.
    pub borrow: &'static str,
    /// Further arguments of the call.
    pub more: &'static str,
}

/// The body of a response.
#[derive(Debug, Serialize)]
pub struct ResponseBodyView {
    /// Its type.
    pub ty: Code,
    /// The call on the reply that sends it.
    pub send: Code,
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
    /// True if a body is sent with the help of the responder.
    pub uses_responder: bool,
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
    /// The reason why it is not called as usual, as a sentence; empty if it is.
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
    /// True if it holds its status before what else it holds, as for ranges.
    pub any_status: bool,
    /// The expression that answers with what it holds, called `refusal`.
    pub respond: Code,
}
