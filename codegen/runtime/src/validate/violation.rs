//! Violations: the constraints of the contract that a request breaks, each with its location and its field.

use std::borrow::Cow;

use crate::operation::ParameterLocation;

/// The maximum number of violations that a response lists. The reader continues after more violations but does
/// not record them.
pub const MOST_VIOLATIONS: usize = 100;

/// The part of a request that contains an invalid value: the location of a parameter, or the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputLocation {
    /// The invalid value is a path parameter.
    Path,
    /// The invalid value is a query parameter.
    Query,
    /// The invalid value is a header.
    Header,
    /// The invalid value is a cookie.
    Cookie,
    /// The invalid value is in the request body.
    Body,
}

impl InputLocation {
    /// Returns the name of the location as `in` of an OpenAPI parameter spells it, or `body`.
    pub const fn as_str(self) -> &'static str {
        match self {
            InputLocation::Path => "path",
            InputLocation::Query => "query",
            InputLocation::Header => "header",
            InputLocation::Cookie => "cookie",
            InputLocation::Body => "body",
        }
    }
}

impl From<ParameterLocation> for InputLocation {
    fn from(location: ParameterLocation) -> InputLocation {
        match location {
            ParameterLocation::Path => InputLocation::Path,
            ParameterLocation::Query | ParameterLocation::QueryString => InputLocation::Query,
            ParameterLocation::Header => InputLocation::Header,
            ParameterLocation::Cookie => InputLocation::Cookie,
        }
    }
}

/// A violation: a constraint of the contract that a value in a request or response breaks.
///
/// Reading a request creates the violations of the contract's constraints. A handler creates one for a rule
/// that the contract cannot express:
///
/// ```
/// use writ_runtime::Violation;
///
/// let violation = Violation::body("items[0].quantity", "must not exceed the stock of 3");
/// assert_eq!(violation.location.as_str(), "body");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The part of the request that contains the invalid value.
    pub location: InputLocation,
    /// The name of the invalid parameter, or the path to the invalid value in the body, for example
    /// `items[0].quantity`. Empty if the violation concerns the complete body.
    pub field: String,
    /// The message of the violation for the caller, a clause such as `must be at least 1`.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// Creates a violation in the request body, for a rule that only the handler can check.
    pub fn body(field: impl Into<String>, message: impl Into<Cow<'static, str>>) -> Violation {
        Violation { location: InputLocation::Body, field: field.into(), message: message.into() }
    }

    /// Returns the violation of a member as a violation of the value that contains it: `name` in the field `owner` is
    /// `owner.name`.
    pub fn within(self, field: &str) -> Violation {
        let field = match self.field.as_str() {
            "" => field.to_owned(),
            inner if inner.starts_with('[') => format!("{field}{inner}"),
            inner => format!("{field}.{inner}"),
        };
        Violation { field, ..self }
    }
}

/// The violations in a parameter, a body or a complete request.
///
/// ```
/// use writ_runtime::{Read, Reader};
///
/// let mut reader = Reader::json(b"[1, true, null]");
/// assert_eq!(Vec::<i32>::read(&mut reader), None);
/// let violations = reader.into_violations();
/// let fields: Vec<&str> = violations.list.iter().map(|violation| violation.field.as_str()).collect();
/// assert_eq!(fields, ["[1]", "[2]"]);
/// assert!(!violations.malformed);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations {
    /// The recorded violations in the order of the input, at most [`MOST_VIOLATIONS`].
    pub list: Vec<Violation>,
    /// True if the input could not be parsed (not JSON, not UTF-8, or nested too deep). The response then has
    /// the status code 400.
    pub malformed: bool,
}

impl Violations {
    /// Returns true if the input is valid: nothing was recorded, and it could be parsed.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && !self.malformed
    }

    /// Records one more violation, unless [`MOST_VIOLATIONS`] are recorded already.
    pub fn push(&mut self, violation: Violation) {
        if self.list.len() < MOST_VIOLATIONS {
            self.list.push(violation);
        }
    }

    /// Adds the violations of another input, such as another part of the request, up to [`MOST_VIOLATIONS`].
    pub fn extend(&mut self, other: Violations) {
        self.malformed |= other.malformed;
        other.list.into_iter().for_each(|violation| self.push(violation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_of_a_member_gets_the_path_of_its_owner() {
        let field = |inner: &str| Violation::body(inner, "must fit").within("owner").field;
        assert_eq!([field(""), field("name"), field("[1]")], ["owner", "owner.name", "owner[1]"]);
    }
}
