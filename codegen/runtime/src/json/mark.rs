//! Positions in the input of the JSON reader to which it can return, and values that are inspected before they are
//! read.

use super::equal::{Canonical, canonical, canonical_text, text_equals};
use super::scan::Scan;
use super::text::TextValue;

/// A position in the input of a JSON reader, to which the reader can return to read a value again.
#[derive(Debug)]
pub(crate) enum Mark<'a> {
    Json(Scan<'a>),
    /// A position in a parameter or form: the next value, and the number of lists and maps that are open.
    Text(Option<TextValue<'a>>, usize),
}

/// A value that the JSON reader skipped, kept so that it can be compared with constants before it is read.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Json(&'a str),
    Text(TextValue<'a>),
}

impl Content<'_> {
    /// Returns true if a skipped value is equal to a constant of the contract. `json` is the JSON text of the
    /// constant.
    pub(crate) fn equals(&self, json: &str) -> bool {
        match self {
            Content::Json(text) => {
                let value = canonical(text);
                value.is_some() && value == canonical(json)
            }
            Content::Text(text) => text_equals(text, json),
        }
    }

    pub(crate) fn canonical(&self) -> Option<Canonical> {
        match self {
            Content::Json(text) => canonical(text),
            Content::Text(text) => Some(canonical_text(text)),
        }
    }
}
