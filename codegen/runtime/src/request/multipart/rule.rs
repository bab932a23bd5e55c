//! The constraints of a multipart form and of its parts, as constant data in generated code.

use crate::json::Reader;
use crate::validate::rules::Unknown;

/// The constraints of a multipart form and of its parts. [`FormPart`](crate::FormPart) has an example.
#[derive(Debug)]
pub struct FormRule {
    /// The form parts that the contract lists. Generated code refers to them by index.
    pub parts: &'static [PartRule],
    /// The constraints of form parts that the contract does not list, all with the index `parts.len()`; `None` if the
    /// form does not keep such parts.
    pub rest: Option<PartRule>,
    /// The treatment of a form part that the contract does not list, if [`FormRule::rest`] is `None`: ignored
    /// or rejected.
    pub unknown: Unknown,
    /// The names of declared parts that requests omit (`readOnly`). Such a part of a form is skipped. If unknown parts
    /// are ignored anyway, the list is empty.
    pub ignored: &'static [&'static str],
    /// The minimum number of different part names in the form.
    pub min: usize,
    /// The maximum number of different part names in the form; `None` if there is no maximum.
    pub max: Option<usize>,
    /// True if the position of a part and not its name selects its constraints. The last constraints apply to all
    /// parts that follow if they are those of a list; otherwise the parts that follow are ignored.
    pub positional: bool,
}

impl FormRule {
    /// The [`FormRule`] of a multipart form for which the contract describes no parts: every part is ignored.
    pub const NONE: FormRule = FormRule {
        parts: &[],
        rest: None,
        unknown: Unknown::Ignore,
        ignored: &[],
        min: 0,
        max: None,
        positional: false,
    };
}

/// The constraints of one part of a multipart form.
///
/// # Examples
///
/// ```
/// use writ_runtime::{PartKind, PartRule};
///
/// // One to five images.
/// const IMAGES: PartRule = PartRule::file("images").repeated(1, Some(5)).media(&["image/png", "image/jpeg"]);
///
/// assert_eq!(IMAGES.kind, PartKind::File);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PartRule {
    /// The name of a part of a multipart form.
    pub name: &'static str,
    /// The encoding of a part of a multipart form.
    pub kind: PartKind,
    /// True if every multipart form must contain this part.
    pub required: bool,
    /// True if this form part is an element of a list, so that several parts may have its name.
    pub repeated: bool,
    /// The minimum number of parts with one name in a multipart form.
    pub min: usize,
    /// The maximum number of parts with one name in a multipart form; `None` if there is no maximum.
    pub max: Option<usize>,
    /// True if all parts with one name in a multipart form must have different values.
    pub unique: bool,
    /// The media types and media ranges that a form part may have. An empty list allows every media type that the
    /// [`PartKind`] of the part can be read from.
    pub media: &'static [&'static str],
    /// True if the value of a form part is text in base64, so that its part may declare this transfer encoding.
    pub base64: bool,
    /// The headers that the contract declares for a form part.
    pub headers: &'static [PartHeader],
    /// The style of a form part's value (`encoding.style`); `None` if the media type of the part determines its format.
    pub style: Option<PartStyle>,
    /// The media type with which a client sends a form part, if it is neither given by the caller nor by
    /// [`PartRule::media`].
    pub sent_as: Option<&'static str>,
}

/// The style of a value in a multipart form, which OpenAPI 3.1 adopts from query parameters. Nothing is
/// percent-encoded in a multipart form (OpenAPI 3.1.2 § 4.8.15.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartStyle {
    /// A form part is one scalar, for example one element of a list.
    Scalar,
    /// A form part is a complete list, with this character between the elements (`1,2,3`), or a complete object whose
    /// keys and values alternate (`lat,1.5,lon,2`).
    Delimited(char),
    /// Each property of an object is a form part with its key in brackets: `place[lat]`.
    Brackets,
    /// Each property of an object is a form part with the name of the property. If there are no names, the object takes
    /// all form parts that the contract does not list.
    Members(&'static [&'static str]),
}

/// The encoding of a part of a multipart form: text, JSON or raw bytes. [`FormPart`](crate::FormPart) has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// A form part with plain text that is read like the value of a parameter, or with JSON if its media type is JSON.
    Text,
    /// A form part with JSON, even if it has no media type.
    Json,
    /// A form part with raw bytes, such as an uploaded file. The bytes are passed to the handler unread.
    File,
}

/// A declared header of a part of a multipart form.
#[derive(Debug, Clone, Copy)]
pub struct PartHeader {
    /// The name of a declared header of a form part.
    pub name: &'static str,
    /// True if a form part must have this header.
    pub required: bool,
    /// The function that validates the value of a form part's header. It records violations and returns true if
    /// there is none.
    pub check: fn(&mut Reader<'_>) -> bool,
}

impl PartRule {
    /// Returns the constraints ([`PartRule`]) of an optional form part that is read as text.
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
            base64: false,
            headers: &[],
            style: None,
            sent_as: None,
        }
    }

    /// Returns the constraints ([`PartRule`]) of an optional form part that is read as JSON.
    pub const fn json(name: &'static str) -> PartRule {
        PartRule { kind: PartKind::Json, ..PartRule::text(name) }
    }

    /// Returns the constraints ([`PartRule`]) of an optional form part that is a file.
    pub const fn file(name: &'static str) -> PartRule {
        PartRule { kind: PartKind::File, ..PartRule::text(name) }
    }

    /// Returns the constraints of a form part, changed so that the part is required.
    pub const fn required(self) -> PartRule {
        PartRule { required: true, ..self }
    }

    /// Returns the constraints of a form part, changed so that the part is an element of a list with `min` to `max`
    /// elements.
    pub const fn repeated(self, min: usize, max: Option<usize>) -> PartRule {
        PartRule { repeated: true, min, max, ..self }
    }

    /// Returns the constraints of a form part, changed so that all parts with its name must have different values.
    pub const fn unique(self) -> PartRule {
        PartRule { unique: true, ..self }
    }

    /// Returns the constraints of a form part, changed to allow the media types and media ranges `media`.
    pub const fn media(self, media: &'static [&'static str]) -> PartRule {
        PartRule { media, ..self }
    }

    /// Returns this rule with `base64` set: the value is text in base64.
    pub const fn base64(self) -> PartRule {
        PartRule { base64: true, ..self }
    }

    /// Returns the constraints of a form part, changed to read and write its value in a style.
    pub const fn style(self, style: PartStyle) -> PartRule {
        PartRule { style: Some(style), ..self }
    }

    /// Returns the constraints of a form part, changed so that a client sends it with this media type by default.
    pub const fn sent_as(self, media: &'static str) -> PartRule {
        PartRule { sent_as: Some(media), ..self }
    }

    /// Returns the constraints of a form part together with the headers that the contract declares for it.
    pub const fn headers(self, headers: &'static [PartHeader]) -> PartRule {
        PartRule { headers, ..self }
    }
}
