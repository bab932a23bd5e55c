//! Templates of error bodies: JSON values with slots that a problem fills.

use serde_json::Value as Json;

/// A JSON value in the body of an error response: a constant, a slot that a problem fills, or a container of them.
#[derive(Debug, Clone, PartialEq)]
pub enum ErrorValue {
    /// A constant of the error schema.
    Constant(Json),
    /// A string from the problem, with its maximum number of code points.
    Text(ErrorText, Option<u64>),
    /// The status code as a number.
    Status,
    /// The current time as the number of seconds since 1970.
    Seconds,
    /// The current time as the number of milliseconds since 1970.
    Milliseconds,
    /// The value of an enumeration that fits the error code or the status code.
    Choice(ErrorChoice),
    /// The path to the invalid value as an array of steps.
    Steps,
    /// An object with these members.
    Object(Vec<ErrorMember>),
    /// An array with an element for each violation.
    List(Box<ErrorList>),
    /// An object with the invalid fields as keys and arrays of messages as values.
    MessagesByField,
    /// An object with the invalid fields as keys and a message for each as value.
    MessageByField,
}

/// A member of an object in the body of an error response.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorMember {
    /// The name of the member in the JSON object.
    pub name: String,
    /// The value of the member.
    pub value: ErrorValue,
    /// True if every error response contains the member; otherwise it is omitted if the problem has no value for it.
    pub required: bool,
}

/// An array in the body of an error response, with an element for each violation.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorList {
    /// The template of an element of the array.
    pub item: ErrorValue,
    /// The maximum number of elements (`maxItems`).
    pub max: Option<u64>,
    /// True if a problem without violations is itself the only element of the array.
    pub or_problem: bool,
}

/// A string in the body of an error response that comes from the problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorText {
    /// The error code for programs.
    Code,
    /// The error code in lower case.
    LowerCode,
    /// The error code if it is an identifier such as `NOT_FOUND`, or else the usual code of the status.
    UpperCode,
    /// The error code if it is an identifier, or else the usual code of the status, in lower case.
    LowerSnakeCode,
    /// The message for people, without the violations.
    Message,
    /// The message for people with the invalid field, or with all violations.
    Sentence,
    /// The reason phrase of the status code.
    Title,
    /// The status code as a string.
    Status,
    /// The id of the request.
    RequestId,
    /// The id of the request as a UUID.
    Uuid,
    /// A URI that identifies this occurrence of the problem.
    Instance,
    /// The current time (RFC 3339).
    Timestamp,
    /// The current date (RFC 3339).
    Date,
    /// The name of the invalid field; empty if there is none.
    Field,
    /// The name of the invalid field; null if there is none.
    FieldOrNull,
    /// The name of the invalid field, or the part of the request if there is none.
    FieldOrLocation,
    /// The name of the invalid parameter; empty if the body is invalid.
    Parameter,
    /// The JSON pointer to the invalid value of the body.
    Pointer,
    /// The part of the request with the invalid value.
    Location,
}

/// An enumeration in an error schema, with the value that fits each status code.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorChoice {
    /// The values of the enumeration: strings, or numbers as JSON text.
    pub values: Vec<String>,
    /// True if the values of the enumeration are strings.
    pub strings: bool,
    /// True if an error code that equals a value takes precedence over the status code.
    pub by_code: bool,
    /// Status codes, each with the index of the value that fits it.
    pub statuses: Vec<(u16, usize)>,
    /// The index of the value for all other client errors.
    pub client: usize,
    /// The index of the value for all other server errors.
    pub server: usize,
}

impl ErrorValue {
    /// Returns true if a predicate holds for this value or for a value inside of it. Elements of lists count only if
    /// `in_lists` is true.
    pub fn any(&self, in_lists: bool, predicate: &impl Fn(&ErrorValue) -> bool) -> bool {
        predicate(self)
            || match self {
                ErrorValue::Object(members) => members.iter().any(|member| member.value.any(in_lists, predicate)),
                ErrorValue::List(list) => in_lists && list.item.any(in_lists, predicate),
                _ => false,
            }
    }

    /// Applies a change to every value of the template: to this value, then to those inside of it. Elements of lists are
    /// changed only if `in_lists` is true.
    pub(super) fn change(&mut self, in_lists: bool, change: &mut impl FnMut(&mut ErrorValue)) {
        change(self);
        match self {
            ErrorValue::Object(members) => {
                members.iter_mut().for_each(|member| member.value.change(in_lists, change));
            }
            ErrorValue::List(list) if in_lists => list.item.change(in_lists, change),
            _ => {}
        }
    }

    /// Returns true if the value is the message of the problem or of a violation.
    pub fn is_message(&self) -> bool {
        matches!(self, ErrorValue::Text(ErrorText::Message | ErrorText::Sentence, _))
    }

    /// Returns true if the value contains the violations of the problem.
    pub fn is_list(&self) -> bool {
        matches!(self, ErrorValue::List(_) | ErrorValue::MessagesByField | ErrorValue::MessageByField)
    }

    /// Returns true if the value describes the invalid field.
    pub fn is_field(&self) -> bool {
        let field = |text: &ErrorText| {
            use ErrorText::{Field, FieldOrLocation, FieldOrNull, Parameter, Pointer};
            matches!(text, Field | FieldOrNull | FieldOrLocation | Parameter | Pointer)
        };
        matches!(self, ErrorValue::Steps) || matches!(self, ErrorValue::Text(text, _) if field(text))
    }

    /// Returns true if the value depends on the problem.
    pub fn is_slot(&self) -> bool {
        !matches!(self, ErrorValue::Constant(_) | ErrorValue::Object(_))
    }
}
