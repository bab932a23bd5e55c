//! JSON pointers (RFC 6901): one that follows a walk, and the escaping of its steps.

use std::fmt::Write;

/// A JSON pointer that grows and shrinks along a walk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pointer(String);

/// One step of a walk, into an object or into an array.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'s> {
    /// The name of an entry.
    Name(&'s str),
    /// The index of an element.
    Index(usize),
}

impl Pointer {
    /// Returns the pointer that is written as `text`.
    pub(crate) fn new(text: String) -> Pointer {
        Pointer(text)
    }

    /// Returns the pointer as it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds a step.
    pub(crate) fn push(&mut self, step: Step<'_>) {
        match step {
            Step::Name(name) => push_name(&mut self.0, name),
            // Writing to a string cannot fail.
            Step::Index(index) => write!(self.0, "/{index}").unwrap_or_default(),
        }
    }

    /// Removes the last step.
    pub(crate) fn pop(&mut self) {
        // Names are escaped, so that the last slash is where the last step begins.
        self.0.truncate(self.0.rfind('/').unwrap_or(0));
    }
}

/// Adds the name of an entry to the text of a pointer, `~` and `/` escaped.
pub(crate) fn push_name(pointer: &mut String, name: &str) {
    pointer.reserve(name.len() + 1);
    pointer.push('/');
    if !name.contains(['~', '/']) {
        return pointer.push_str(name);
    }
    for letter in name.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Returns one step of a pointer, with `~1` and `~0` undone.
pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
