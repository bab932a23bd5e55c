//! What the parts of a form must be, as constant data.

use crate::json::Reader;
use crate::validate::rules::Unknown;

/// The parts of one form.
#[derive(Debug)]
pub struct FormRule {
    /// Those that the contract names; generated code knows them by index.
    pub parts: &'static [PartRule],
    /// What all others must be, where they are kept; their index is `parts.len()`.
    pub rest: Option<PartRule>,
    /// What happens to others where they are not.
    pub unknown: Unknown,
    /// The least number of names.
    pub min: usize,
    /// The greatest number of names.
    pub max: Option<usize>,
}

impl FormRule {
    /// A form without named parts, whose other parts are skipped.
    pub const NONE: FormRule = FormRule { parts: &[], rest: None, unknown: Unknown::Ignore, min: 0, max: None };
}

/// One part of a form.
#[derive(Debug, Clone, Copy)]
pub struct PartRule {
    /// The name.
    pub name: &'static str,
    /// How its content is read.
    pub kind: PartKind,
    /// Whether its absence is a violation.
    pub required: bool,
    /// Whether it is one element of a list, so that several parts may have the name.
    pub repeated: bool,
    /// The least number of elements.
    pub min: usize,
    /// The greatest number of elements.
    pub max: Option<usize>,
    /// Whether no two elements may be equal.
    pub unique: bool,
    /// The media types that it may have, ranges among them. Empty: any that its kind can be read from.
    pub media: &'static [&'static str],
    /// Headers that it carries.
    pub headers: &'static [PartHeader],
}

/// How the content of a part is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// As the text of a parameter is; as JSON where the part says that it is JSON.
    Text,
    /// As JSON, whether the part says so or says nothing.
    Json,
    /// Not at all: its bytes are handed out as they come.
    File,
}

/// A header of a part.
#[derive(Debug, Clone, Copy)]
pub struct PartHeader {
    /// Its name.
    pub name: &'static str,
    /// Whether its absence is a violation.
    pub required: bool,
    /// Whether the text of the header fits its schema, all that is wrong recorded.
    pub check: fn(&mut Reader<'_>) -> bool,
}

impl PartRule {
    /// A value that is read as text.
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

    /// A value that is read as JSON.
    pub const fn json(name: &'static str) -> PartRule {
        PartRule { kind: PartKind::Json, ..PartRule::text(name) }
    }

    /// A file.
    pub const fn file(name: &'static str) -> PartRule {
        PartRule { kind: PartKind::File, ..PartRule::text(name) }
    }

    /// The same, required.
    pub const fn required(self) -> PartRule {
        PartRule { required: true, ..self }
    }

    /// The same as an element of a list of `min` to `max` elements.
    pub const fn repeated(self, min: usize, max: Option<usize>) -> PartRule {
        PartRule { repeated: true, min, max, ..self }
    }

    /// The same where no two elements may be equal.
    pub const fn unique(self) -> PartRule {
        PartRule { unique: true, ..self }
    }

    /// The same with one of these media types.
    pub const fn media(self, media: &'static [&'static str]) -> PartRule {
        PartRule { media, ..self }
    }

    /// The same with headers.
    pub const fn headers(self, headers: &'static [PartHeader]) -> PartRule {
        PartRule { headers, ..self }
    }
}
