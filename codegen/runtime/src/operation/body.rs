//! The description of an operation's request body in the operation table: media types and size limit.

/// The description of an operation's request body: its media types and its maximum size.
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
    /// True if the operation rejects a request without a body.
    pub required: bool,
    /// The largest accepted size of the request body in bytes. A larger body is refused with 413.
    pub limit: usize,
    /// The media types that the contract lists for the request body, in its order. A body of any other media
    /// type is refused with 415.
    pub media: &'static [Media],
}

impl Body {
    /// The size limit of a request body in bytes if the contract states none: 1 MiB.
    /// [`ServeOptions`](crate::ServeOptions) can replace it.
    pub const DEFAULT_LIMIT: usize = 1024 * 1024;
}

/// A media type that the contract lists for a request body. [`Body`] has an example.
#[derive(Debug, Clone, Copy)]
pub struct Media {
    /// The type and subtype of the media type in lower case, with the parameters that distinguish it from the
    /// operation's other media types. `*` is a wildcard.
    pub essence: &'static str,
    /// The way in which the pipeline parses a body of this media type.
    pub kind: MediaKind,
}

/// The way in which the pipeline parses a request body, chosen by its media type. [`Body`] has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// Parses the body as JSON (RFC 8259), also for media types with the suffix `+json`.
    Json,
    /// Parses the body as a form (`application/x-www-form-urlencoded`) into names and values.
    Form,
    /// Parses the body as `multipart/form-data` (RFC 7578), part by part.
    Multipart,
    /// Leaves the body to the handler, which reads its items while they arrive: JSON lines or server-sent events.
    Stream,
    /// Takes the body as text, which must be UTF-8.
    Text,
    /// Takes the body as bytes, which are not parsed.
    Bytes,
}
