//! Entity tags and the conditions on them (RFC 9110 § 8.8.3, § 13.1).

use std::fmt;

use crate::json::{Read, Reader};

/// An entity tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag {
    /// Whether it only promises equivalence (`W/`).
    pub weak: bool,
    /// The opaque tag, without its quotes.
    pub tag: String,
}

/// What `If-Match` or `If-None-Match` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any current representation.
    Any,
    /// One of these.
    Tags(Vec<ETag>),
}

impl ETag {
    /// A strong tag of what `tag` shows as. Characters that no tag can hold become `-`.
    pub fn strong(tag: impl fmt::Display) -> ETag {
        ETag { weak: false, tag: tag.to_string() }
    }

    /// A weak tag, as [`ETag::strong`].
    pub fn weak(tag: impl fmt::Display) -> ETag {
        ETag { weak: true, tag: tag.to_string() }
    }

    /// Reads one entity tag: `"abc"` or `W/"abc"`.
    pub fn parse(text: &str) -> Option<ETag> {
        let _ = text;
        None
    }

    /// Whether both are strong and equal (RFC 9110 § 8.8.3.2).
    pub fn matches_strong(&self, other: &ETag) -> bool {
        !self.weak && !other.weak && self.tag == other.tag
    }

    /// Whether the opaque tags are equal (RFC 9110 § 8.8.3.2).
    pub fn matches_weak(&self, other: &ETag) -> bool {
        self.tag == other.tag
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\"{}\"", if self.weak { "W/" } else { "" }, self.tag)
    }
}

impl IfMatch {
    /// Reads the value of `If-Match` or `If-None-Match`: `*` or a comma list of tags.
    pub fn parse(text: &str) -> Option<IfMatch> {
        let _ = text;
        None
    }

    /// Whether `current` satisfies it by strong comparison, as `If-Match` asks.
    pub fn matches_strong(&self, current: &ETag) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::Tags(tags) => tags.iter().any(|tag| tag.matches_strong(current)),
        }
    }

    /// Whether `current` satisfies it by weak comparison, as `If-None-Match` asks.
    pub fn matches_weak(&self, current: &ETag) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::Tags(tags) => tags.iter().any(|tag| tag.matches_weak(current)),
        }
    }
}

impl Read for IfMatch {
    fn read(reader: &mut Reader<'_>) -> Option<IfMatch> {
        let _ = reader;
        None
    }
}
