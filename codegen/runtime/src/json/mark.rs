//! Positions that a reader can return to, and values that are inspected before they are read.

use super::equal::{Canonical, canonical, canonical_text, text_equals};
use super::scan::Scan;
use super::text::TextValue;

/// A position of a reader.
#[derive(Debug)]
pub(crate) enum Mark<'a> {
    Json(Scan<'a>),
    /// The next value, and the number of lists and maps that are open.
    Text(Option<TextValue<'a>>, usize),
}

/// A value that was skipped, for inspection.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Json(&'a str),
    Text(TextValue<'a>),
}

impl Content<'_> {
    /// Returns true if the value is equal to the constant `json`.
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
