//! The constraints of the parts of a form, as constant data in generated code.

use crate::json::Reader;
use crate::validate::rules::Unknown;

/// The constraints of a multipart form and of its parts.
#[derive(Debug)]
pub struct FormRule {
    /// The parts that the contract lists. Generated code refers to them by index.
    pub parts: &'static [PartRule],
    /// The constraints of all other parts, if the form keeps them. Their index is `parts.len()`.
    pub rest: Option<PartRule>,
    /// The treatment of a part that the contract does not list, if the form does not keep it.
    pub unknown: Unknown,
    /// The minimum number of different part names.
    pub min: usize,
    /// The maximum number of different part names.
    pub max: Option<usize>,
}

impl FormRule {
    /// The rule of a form without described parts: every part is ignored.
    pub const NONE: FormRule = FormRule { parts: &[], rest: None, unknown: Unknown::Ignore, min: 0, max: None };
}

/// The constraints of one part of a multipart form.
#[derive(Debug, Clone, Copy)]
pub struct PartRule {
    /// The name of a part of a form.
    pub name: &'static str,
    /// The encoding of a part of a form.
    pub kind: PartKind,
    /// True if this part of a form is required.
    pub required: bool,
    /// True if the part is an element of a list, so that several parts may have this name.
    pub repeated: bool,
    /// The minimum number of elements of a list.
    pub min: usize,
    /// The maximum number of elements of a list.
    pub max: Option<usize>,
    /// True if no two elements of a list may be equal.
    pub unique: bool,
    /// The media types and media ranges that are allowed. An empty list allows every media type that the kind
    /// can be read from.
    pub media: &'static [&'static str],
    /// The headers that the contract declares for the part.
    pub headers: &'static [PartHeader],
}

/// The encoding of a part of a multipart form: text, JSON or raw bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// Text in the syntax of a parameter, or JSON if the part has a JSON media type.
    Text,
    /// JSON, even if the part has no media type.
    Json,
    /// Raw bytes that are not read.
    File,
}

/// A header of a part of a multipart form.
#[derive(Debug, Clone, Copy)]
pub struct PartHeader {
    /// The name of a header of a part.
    pub name: &'static str,
    /// True if this header of a part is required.
    pub required: bool,
    /// The function that validates the text of the header. It records violations and returns true if there is
    /// none.
    pub check: fn(&mut Reader<'_>) -> bool,
}

impl PartRule {
    /// Returns the rule of a value that is read as text.
    pub const fn text(name: &'static str) -> PartRule {
        PartRule {
            name,
            kind: PartKind::Text,
            required: false,
            repeated: false,
            min: 0,
            max: None,
            unique: false,
            media: &[],
            headers: &[],
        }
    }

    /// Returns the rule of a value that is read as JSON.
    pub const fn json(name: &'static str) -> PartRule {
        PartRule { kind: PartKind::Json, ..PartRule::text(name) }
    }

    /// Returns the rule of a file.
    pub const fn file(name: &'static str) -> PartRule {
        PartRule { kind: PartKind::File, ..PartRule::text(name) }
    }

    /// Makes this part of a form required.
    pub const fn required(self) -> PartRule {
        PartRule { required: true, ..self }
    }

    /// Makes this part of a form an element of a list with `min` to `max` elements.
    pub const fn repeated(self, min: usize, max: Option<usize>) -> PartRule {
        PartRule { repeated: true, min, max, ..self }
    }

    /// Requires that no two elements of the list are equal.
    pub const fn unique(self) -> PartRule {
        PartRule { unique: true, ..self }
    }

    /// Restricts the part to these media types.
    pub const fn media(self, media: &'static [&'static str]) -> PartRule {
        PartRule { media, ..self }
    }

    /// Adds the headers that the contract declares for the part.
    pub const fn headers(self, headers: &'static [PartHeader]) -> PartRule {
        PartRule { headers, ..self }
    }
}
