//! Places to come back to, and values that are kept to look at.

use super::equal::{Canonical, canonical, canonical_text, text_means};
use super::scan::Scan;
use super::text::TextValue;

/// A place in what is read.
#[derive(Debug)]
pub(crate) enum Mark<'a> {
    Json(Scan<'a>),
    /// The value there and how many lists and maps are open.
    Text(Option<TextValue<'a>>, usize),
}

/// A value that was read over.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Json(&'a str),
    Text(TextValue<'a>),
}

impl Content<'_> {
    /// Whether it is equal to the constant `json`.
    pub(crate) fn means(&self, json: &str) -> bool {
        match self {
            Content::Json(text) => {
                let value = canonical(text);
                value.is_some() && value == canonical(json)
            }
            Content::Text(text) => text_means(text, json),
        }
    }

    pub(crate) fn canonical(&self) -> Option<Canonical> {
        match self {
            Content::Json(text) => canonical(text),
            Content::Text(text) => Some(canonical_text(text)),
        }
    }
}
