//! The formats of strings, each checked as its RFC says.

/// A format that a string keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 5321 § 4.1.2 `Mailbox`.
    Email,
    /// RFC 3986 `URI`.
    Uri,
    /// RFC 3986 `URI-reference`.
    UriReference,
    /// RFC 1123 § 2.1.
    Hostname,
    /// RFC 2673 § 3.2 dotted quad.
    Ipv4,
    /// RFC 4291 § 2.2.
    Ipv6,
    /// RFC 3339 `date-time`.
    DateTime,
    /// RFC 3339 `full-date`.
    Date,
    /// RFC 3339 `full-time`.
    Time,
    /// RFC 3339 appendix A `duration`.
    Duration,
    /// RFC 9562.
    Uuid,
    /// RFC 4648 § 4 base 64.
    Byte,
    /// ECMA-262.
    Regex,
    /// RFC 6901.
    JsonPointer,
}
