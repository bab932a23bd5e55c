//! The bodies of error responses as constant data: templates of the contract's error schemas with slots.
//!
//! The generator derives a template from each error schema of the contract. The server writes a refusal by
//! filling the slots from a problem, and the client reads a refusal with the same template.

/// The body of the error responses of an operation for a range of status codes.
///
/// An operation lists them in the order of their precedence: single status codes, ranges such as `4XX`, `default`,
/// and last the body for status codes that the contract does not declare.
#[derive(Debug, Clone, Copy)]
pub struct ErrorResponse {
    /// The lowest status code of the error responses with this body.
    pub low: u16,
    /// The highest status code of the error responses with this body.
    pub high: u16,
    /// The body of the error responses in this range of status codes.
    pub body: &'static ErrorBody,
}

/// The body of an error response: its media type, and a template with slots that a problem fills.
///
/// ```
/// use writ_runtime::{ErrorBody, ErrorContent, ErrorMember, ErrorText, ErrorValue};
///
/// // Generated for a schema with the properties `code`, an integer, and `message`.
/// static ERROR: ErrorBody = ErrorBody {
///     media_type: "application/json",
///     content: ErrorContent::Json(ErrorValue::Object(&[
///         ErrorMember::Required("code", ErrorValue::Status),
///         ErrorMember::Required("message", ErrorValue::Text(ErrorText::Sentence)),
///     ])),
/// };
/// # assert_eq!(ERROR.media_type, "application/json");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ErrorBody {
    /// The media type of the error response, sent as `Content-Type`.
    pub media_type: &'static str,
    /// The content of the error response.
    pub content: ErrorContent,
}

/// The content of an error response.
#[derive(Debug, Clone, Copy)]
pub enum ErrorContent {
    /// The body is a JSON value with slots.
    Json(ErrorValue),
    /// The body is the text of a slot, without quotes.
    Text(ErrorValue),
    /// The body is JSON that a function of the implementer creates, since no problem can fill the error schema. The
    /// number identifies the function.
    Converted(usize),
}

/// A JSON value in the body of an error response: a constant, a slot that a problem fills, or a container of them.
#[derive(Debug, Clone, Copy)]
pub enum ErrorValue {
    /// A constant, given as JSON text.
    Constant(&'static str),
    /// A string from the problem.
    Text(ErrorText),
    /// A string from the problem, shortened to the given number of code points.
    Limited(ErrorText, usize),
    /// The status code as a number.
    Status,
    /// The current time as the number of seconds since 1970.
    Seconds,
    /// The current time as the number of milliseconds since 1970.
    Milliseconds,
    /// The value of an enumeration that fits the error code or the status code.
    Choice(&'static ErrorChoice),
    /// The path to the invalid value as an array, such as `["body", "items", "0"]`.
    Steps,
    /// An object with these members.
    Object(&'static [ErrorMember]),
    /// An array with an element for each violation.
    List(&'static ErrorList),
    /// An object whose keys are the invalid fields. Each value is the array of the messages for this field.
    MessagesByField,
    /// An object whose keys are the invalid fields. Each value is the first message for this field.
    MessageByField,
}

/// A member of an object in the body of an error response.
#[derive(Debug, Clone, Copy)]
pub enum ErrorMember {
    /// A member that every error response contains.
    Required(&'static str, ErrorValue),
    /// A member that is omitted if the problem has no value for it, such as an empty list of violations.
    Optional(&'static str, ErrorValue),
}

/// An array in the body of an error response, with an element for each violation of the problem.
#[derive(Debug, Clone, Copy)]
pub struct ErrorList {
    /// The template of an element of the array.
    pub item: ErrorValue,
    /// The maximum number of elements (`maxItems`).
    pub max: usize,
    /// True if a problem without violations is itself the only element of the array.
    pub or_problem: bool,
}

/// A string in the body of an error response that comes from the problem.
///
/// In an element of an [`ErrorList`], the message and the field are those of one violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorText {
    /// The error code for programs, such as `NOT_FOUND`.
    Code,
    /// The error code in lower case, such as `not_found`.
    LowerCode,
    /// The error code if it is an identifier such as `NOT_FOUND`, or else the usual code of the status code.
    UpperCode,
    /// The error code if it is an identifier, or else the usual code of the status code, in lower case.
    LowerSnakeCode,
    /// The message for people, without the violations.
    Message,
    /// The message for people with the invalid field, or with all violations. Error schemas without a place for fields
    /// have it.
    Sentence,
    /// The reason phrase of the status code, such as `Not Found`.
    Title,
    /// The status code as a string.
    Status,
    /// The id of the request.
    RequestId,
    /// The id of the request if it is a UUID, and otherwise a new UUID.
    Uuid,
    /// A URI that identifies this occurrence of the problem, derived from the id of the request.
    Instance,
    /// The current time (RFC 3339).
    Timestamp,
    /// The current date (RFC 3339).
    Date,
    /// The name of the invalid field; empty if there is none.
    Field,
    /// The name of the invalid field; null if there is none.
    FieldOrNull,
    /// The name of the invalid field, or the location such as `body` if there is none.
    FieldOrLocation,
    /// The name of the invalid parameter; empty if the body is invalid.
    Parameter,
    /// The JSON pointer (RFC 6901) to the invalid value; empty if there is none.
    Pointer,
    /// The part of the request with the invalid value, such as `query` or `body`.
    Location,
}

/// An enumeration in an error schema, with the value that fits each status code.
#[derive(Debug, Clone, Copy)]
pub struct ErrorChoice {
    /// The values of the enumeration: strings, or numbers as JSON text.
    pub values: &'static [&'static str],
    /// True if the values of the enumeration are strings.
    pub strings: bool,
    /// True if an error code that equals a value takes precedence over the status code.
    pub by_code: bool,
    /// Status codes, each with the index of the value that fits it.
    pub statuses: &'static [(u16, usize)],
    /// The index of the value for all other client errors, the status codes below 500.
    pub client: usize,
    /// The index of the value for all other server errors.
    pub server: usize,
}
