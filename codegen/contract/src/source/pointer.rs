//! The JSON pointer (RFC 6901) to the current node of a walk through a document, and the escaping of its steps.

use std::fmt::Write;

/// The JSON pointer (RFC 6901) to the current node of a walk through a document, which extends and shortens it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pointer(String);

/// One step of a JSON pointer: from a node to one of its entries or elements.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step<'s> {
    /// The step into an object: the unescaped name of an entry.
    Name(&'s str),
    /// The step into an array: the index of an element.
    Index(usize),
}

impl Pointer {
    /// Creates a JSON pointer from its escaped text.
    pub(crate) fn new(text: String) -> Pointer {
        Pointer(text)
    }

    /// Returns the escaped text of the JSON pointer.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Appends a step to the JSON pointer.
    pub(crate) fn push(&mut self, step: Step<'_>) {
        match step {
            Step::Name(name) => push_name(&mut self.0, name),
            // Writing to a string cannot fail.
            Step::Index(index) => write!(self.0, "/{index}").unwrap_or_default(),
        }
    }

    /// Removes the last step of the JSON pointer.
    pub(crate) fn pop(&mut self) {
        // Slashes within names are escaped, so the last slash starts the last step.
        self.0.truncate(self.0.rfind('/').unwrap_or(0));
    }
}

/// Appends the name of an entry to the text of a JSON pointer, with `~` and `/` escaped.
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

/// Returns a step of a JSON pointer with the escapes `~1` and `~0` decoded.
pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
