//! What is wrong with an input: each violation with its location and its field.

use std::borrow::Cow;

use crate::operation::ParameterLocation;

/// How many violations one answer names; decoding goes on, but remembers no more.
pub const MOST_VIOLATIONS: usize = 100;

/// The part of a request that holds an invalid value: a parameter's location, or the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputLocation {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
    /// The request body.
    Body,
}

impl InputLocation {
    /// Returns the name that OpenAPI gives the location (`in`), or `body`.
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
            ParameterLocation::Query => InputLocation::Query,
            ParameterLocation::Header => InputLocation::Header,
            ParameterLocation::Cookie => InputLocation::Cookie,
        }
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The part of the request that holds the value.
    pub location: InputLocation,
    /// The parameter's name, or the way into the body: `items[0].quantity`. Empty: the whole body.
    pub field: String,
    /// One clause for people: `must be at least 1`.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// A violation in the body, for what only the handler can know.
    pub fn body(field: impl Into<String>, message: impl Into<Cow<'static, str>>) -> Violation {
        Violation { location: InputLocation::Body, field: field.into(), message: message.into() }
    }
}

/// Everything that is wrong with one input.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations {
    /// The violations in the order they were met, [`MOST_VIOLATIONS`] at most.
    pub list: Vec<Violation>,
    /// Whether the input could not be read at all (not JSON, not UTF-8, too deep): always a 400.
    pub malformed: bool,
}

impl Violations {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && !self.malformed
    }

    /// Adds one, unless there are [`MOST_VIOLATIONS`] already.
    pub fn push(&mut self, violation: Violation) {
        if self.list.len() < MOST_VIOLATIONS {
            self.list.push(violation);
        }
    }

    /// Adds those of another part of the request.
    pub fn extend(&mut self, other: Violations) {
        self.malformed |= other.malformed;
        other.list.into_iter().for_each(|violation| self.push(violation));
    }
}
