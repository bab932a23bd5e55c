//! The views of the templates for responses and errors.

use serde::Serialize;

use crate::rust::code::Code;

/// The type of the successful response of an operation.
#[derive(Debug, Serialize)]
pub struct ResponseView {
    /// The name of the response type.
    pub name: Code,
    /// The reason for a name that is not the first choice, as a sentence; empty if the name is the first
    /// choice.
    pub fallback: String,
    /// The successful responses. One makes the type a struct, several make it an enum.
    pub successes: Vec<SuccessView>,
    /// True if the response holds a stream. Such a type implements neither `Clone` nor `PartialEq`.
    pub streamed: bool,
    /// True if the conversion into a reply uses the responder.
    pub uses_responder: bool,
}

/// A successful response of an operation.
#[derive(Debug, Serialize)]
pub struct SuccessView {
    /// The variant of the success, if the response type is an enum.
    pub variant: Code,
    /// The documentation of the variant.
    pub docs: String,
    /// The expression of the response's status code.
    pub status: Code,
    /// The headers of the response.
    pub headers: Vec<HeaderView>,
    /// The body, or `None` if the response has none.
    pub body: Option<ResponseBodyView>,
    /// The type of the field `status`, if the contract declares a range of status codes.
    pub any_status: Option<Code>,
}

/// A header of a successful response.
#[derive(Debug, Serialize)]
pub struct HeaderView {
    /// The Rust name of a header's field.
    pub name: Code,
    /// The name of the header in lower case.
    pub wire: String,
    /// The documentation of the field.
    pub docs: String,
    /// The type of a header's field.
    pub ty: Code,
    /// True if the type of the header's field is an `Option`.
    #[serde(skip)]
    pub optional: bool,
    /// The method of the reply that sets the header.
    pub set: &'static str,
    /// `&` if the method borrows the value, otherwise empty.
    pub borrow: &'static str,
    /// Further arguments of the method, beginning with a comma; empty if there are none.
    pub more: &'static str,
}

/// The body of a response.
#[derive(Debug, Serialize)]
pub struct ResponseBodyView {
    /// The type of the body.
    pub ty: Code,
    /// The call on the reply that sends the body.
    pub send: Code,
}

/// The body of a response with several media types.
#[derive(Debug, Serialize)]
pub struct ContentView {
    /// The name of the enum of response bodies.
    pub name: Code,
    /// The name of the enum of media types.
    pub media: Code,
    /// The media types, in the order of the variants.
    pub types: Vec<String>,
    /// True if a variant holds a stream.
    pub streamed: bool,
    /// True if a variant uses the responder when it is sent.
    pub uses_responder: bool,
    /// The variants, one for each way to write the body.
    pub variants: Vec<ContentVariantView>,
}

/// A variant of a response body with several media types.
#[derive(Debug, Serialize)]
pub struct ContentVariantView {
    /// The name of the variant, in the enum of bodies and in the enum of media types.
    pub name: Code,
    /// The media types of the variant, as a list in prose.
    pub docs: String,
    /// The type of the response body that the variant holds.
    pub ty: Code,
    /// The expression that adds `body` to `reply`.
    pub send: Code,
    /// The pattern of the indices of the media types.
    pub indices: Code,
}

/// The error type of an operation.
#[derive(Debug, Serialize)]
pub struct ErrorView {
    /// The name of the error type.
    pub name: Code,
    /// The reason for a name that is not the first choice, as a sentence; empty if the name is the first
    /// choice.
    pub fallback: String,
    /// The variants, one for each declared error response.
    pub variants: Vec<ErrorVariantView>,
}

/// A variant of the error type.
#[derive(Debug, Serialize)]
pub struct ErrorVariantView {
    /// The name of a variant in the error type.
    pub name: Code,
    /// The documentation of the variant.
    pub docs: String,
    /// The types that a variant of the error type holds.
    pub ty: Code,
    /// True if the error type converts from the type that the variant holds.
    pub from: bool,
    /// True if the variant holds a status code before its body, because the contract declares a range of
    /// status codes.
    pub any_status: bool,
    /// The expression that converts the variant's value, in the variable `refusal`, into a reply.
    pub respond: Code,
}
