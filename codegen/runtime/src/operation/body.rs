//! The request body of an operation: media types and size limit.

/// The request body of an operation: its media types and its maximum size.
///
/// ```
/// use writ_runtime::{Body, Media, MediaKind};
///
/// const BODY: Body = Body {
///     required: true,
///     limit: 16_384,
///     media: &[Media { essence: "application/json", kind: MediaKind::Json }],
/// };
/// # assert!(BODY.required);
/// ```
#[derive(Debug)]
pub struct Body {
    /// True if a request without a body is a violation.
    pub required: bool,
    /// The largest accepted size in bytes. A larger body is refused with 413.
    pub limit: usize,
    /// The media types that the contract lists, in its order. Any other media type is refused with 415.
    pub media: &'static [Media],
}

/// A media type that a request body may have.
#[derive(Debug, Clone, Copy)]
pub struct Media {
    /// The type and subtype in lower case, with the parameters that distinguish the media type from others
    /// of the same operation. `*` is a wildcard.
    pub essence: &'static str,
    /// The way in which a body of this media type is parsed.
    pub kind: MediaKind,
}

/// The way in which a request body of a media type is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// A JSON text (RFC 8259), also for media types with the suffix `+json`.
    Json,
    /// A form, `application/x-www-form-urlencoded`, parsed into names and values.
    Form,
    /// A `multipart/form-data` body (RFC 7578), parsed part by part.
    Multipart,
    /// A text in UTF-8.
    Text,
    /// Bytes that are not parsed.
    Bytes,
}
