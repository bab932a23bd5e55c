//! What is wrong with an input: each violation with its place and its field.

use std::borrow::Cow;

use crate::operation::Place;

/// How many violations one answer names; decoding goes on, but remembers no more.
pub const MOST_VIOLATIONS: usize = 100;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where the value stands.
    pub place: Place,
    /// The parameter's name, or the way into the body: `items[0].quantity`. Empty: the whole body.
    pub field: String,
    /// One clause for people: `must be at least 1`.
    pub message: Cow<'static, str>,
}

impl Violation {
    /// A violation in the body, for what only the handler can know.
    pub fn body(field: impl Into<String>, message: impl Into<Cow<'static, str>>) -> Violation {
        Violation { place: Place::Body, field: field.into(), message: message.into() }
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
