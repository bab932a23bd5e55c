//! The views of responses and errors, the data from which response types and error types are rendered.

use serde::Serialize;

use crate::rust::code::Code;

/// The view of the type of an operation's successful response.
#[derive(Debug, Clone, Serialize)]
pub struct ResponseView {
    /// The name of the operation's response type.
    pub name: Code,
    /// A sentence that explains why the response type has a name that is not the first choice; empty if it has
    /// the first choice.
    pub fallback: String,
    /// The successful responses of the operation. If there is one, the response type is a struct, otherwise an enum.
    pub successes: Vec<SuccessView>,
    /// True if a response holds a stream. The response type then implements neither `Clone` nor `PartialEq`.
    pub streamed: bool,
    /// True if the generated conversion of the response into a reply uses the runtime's responder.
    pub uses_responder: bool,
    /// True if `Debug` output of the response type omits a secret that it directly contains.
    pub secret: bool,
}

/// The view of one successful response of an operation.
#[derive(Debug, Clone, Serialize)]
pub struct SuccessView {
    /// The variant of the successful response, if the response type is an enum.
    pub variant: Code,
    /// The documentation of the successful response.
    pub docs: String,
    /// The expression of the successful response's status code.
    pub status: Code,
    /// The headers that the successful response contains.
    pub headers: Vec<HeaderView>,
    /// The body of the successful response, or `None` if the response has no body.
    pub body: Option<ResponseBodyView>,
    /// The type of the field `status` of the response type. `None` if the contract declares a single status
    /// code instead of a range.
    pub any_status: Option<Code>,
    /// The call on the runtime's `Reply` that checks the response against the contract; empty if it cannot break it.
    pub check: Code,
}

/// The view of a header of a successful response.
#[derive(Debug, Clone, Serialize)]
pub struct HeaderView {
    /// The Rust name of the response field that holds the header.
    pub name: Code,
    /// The name of the response header in lower case.
    pub wire: String,
    /// The documentation of the response field that holds the header.
    pub docs: String,
    /// The Rust type of the response field that holds the header.
    pub ty: Code,
    /// True if the value of the header is a secret, which `Debug` output omits.
    pub secret: bool,
    /// True if the type of the response field that holds the header is an `Option`.
    #[serde(skip)]
    pub optional: bool,
    /// The method of the runtime's `Reply` that sets the header.
    pub set: &'static str,
    /// `&` if the method that sets the header borrows the value, otherwise empty.
    pub borrow: &'static str,
    /// Further arguments of the method that sets the header, beginning with a comma; empty if there are none.
    pub more: &'static str,
}

/// The view of the body of a successful response.
#[derive(Debug, Clone, Serialize)]
pub struct ResponseBodyView {
    /// The Rust type of a response body, as generated code names it.
    pub ty: Code,
    /// True if the response body is a secret, which `Debug` output omits.
    pub secret: bool,
    /// The call on the runtime's `Reply` that sends the response body.
    pub send: Code,
}

/// The view of a response body with several media types: an enum of bodies and an enum of media types.
#[derive(Debug, Clone, Serialize)]
pub struct ContentView {
    /// The name of the enum of response bodies, with a variant for each type of the body.
    pub name: Code,
    /// The name of the enum of the media types that the response body can have.
    pub media: Code,
    /// The media types of the response body, in the order of the variants.
    pub types: Vec<String>,
    /// True if a variant of the response body holds a stream.
    pub streamed: bool,
    /// True if the code that sends a variant of the response body uses the runtime's responder.
    pub uses_responder: bool,
    /// The variants of the response body, one for each combination of type and encoding.
    pub variants: Vec<ContentVariantView>,
}

/// The view of a variant of a response body with several media types.
#[derive(Debug, Clone, Serialize)]
pub struct ContentVariantView {
    /// The name of the variant, both in the enum of response bodies and in the enum of media types.
    pub name: Code,
    /// The media types of the response body that the variant holds, as a list in prose.
    pub docs: String,
    /// The Rust type of the response body that the variant holds.
    pub ty: Code,
    /// True if the response body is a secret, which `Debug` output omits.
    pub secret: bool,
    /// The expression that adds the response body in the variable `body` to the variable `reply`.
    pub send: Code,
    /// The pattern that matches the indices of the variant's media types.
    pub indices: Code,
}

/// The view of the error type of an operation, an enum of the error responses that the contract declares.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorView {
    /// The name of the operation's error type.
    pub name: Code,
    /// A sentence that explains why the error type has a name that is not the first choice; empty if it has the
    /// first choice.
    pub fallback: String,
    /// The variants of the error type, one for each error response that the contract declares.
    pub variants: Vec<ErrorVariantView>,
}

/// The view of a variant in the error type of an operation.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorVariantView {
    /// The name of the variant in the error type.
    pub name: Code,
    /// The documentation of the variant in the error type.
    pub docs: String,
    /// The types that the variant of the error type holds, as code.
    pub ty: Code,
    /// True if the error type implements `From` for the type that the variant holds.
    pub from: bool,
    /// True if the variant of the error type holds a status code before its body, because the contract declares
    /// a range of status codes.
    pub any_status: bool,
    /// True if the body of the error is a secret, which `Debug` output omits.
    pub secret: bool,
    /// The expression that converts the error in the variable `refusal` into a reply.
    pub respond: Code,
}
