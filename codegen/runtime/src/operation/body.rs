//! The request body of an operation: media types and size limit.

/// The request body of an operation.
#[derive(Debug)]
pub struct Body {
    /// Whether its absence is a violation.
    pub required: bool,
    /// The largest size in bytes that is read; more is answered 413.
    pub limit: usize,
    /// The media types that the contract lists, in its order; another is answered 415.
    pub media: &'static [Media],
}

/// One media type of a body and how it is read.
#[derive(Debug, Clone, Copy)]
pub struct Media {
    /// Type and subtype, lower case, with the parameters that tell it from others; `*` stands for any.
    pub essence: &'static str,
    /// How the body is read.
    pub kind: MediaKind,
}

/// How a body of a media type is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// RFC 8259, also `+json` suffixes.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// UTF-8 text.
    Text,
    /// Bytes as they are.
    Bytes,
}
