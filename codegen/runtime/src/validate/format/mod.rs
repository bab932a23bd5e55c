//! The formats of strings in a contract (`format`), each checked against the grammar of its specification.

mod email;
mod idna;
mod moment;
mod network;
mod uri;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use uuid::Uuid;

pub(crate) use moment::{date, date_time, show_date, show_date_time};

/// A format of strings (`format`) that the reader checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The format `email`: an email address (RFC 5321 § 4.1.2 `Mailbox`).
    Email,
    /// The format `uri`: a URI with its scheme (RFC 3986 § 3 `URI`).
    Uri,
    /// The format `uri-reference`: a URI or a relative reference (RFC 3986 § 4.1 `URI-reference`).
    UriReference,
    /// The format `hostname`: a host name (RFC 1123 § 2.1). An internationalized label is spelled as an A-label
    /// (RFC 5890 § 2.3.2.1).
    Hostname,
    /// The format `ipv4`: an IPv4 address of four decimal numbers (RFC 2673 § 3.2).
    Ipv4,
    /// The format `ipv6`: an IPv6 address (RFC 4291 § 2.2).
    Ipv6,
    /// The format `date-time`: a date and time with an offset (RFC 3339 § 5.6 `date-time`).
    DateTime,
    /// The format `date`: a calendar date (RFC 3339 § 5.6 `full-date`).
    Date,
    /// The format `time`: a time of day with an offset (RFC 3339 § 5.6 `full-time`).
    Time,
    /// The format `duration`: a duration (RFC 3339 appendix A `duration`).
    Duration,
    /// The format `uuid`: a UUID with hyphens (RFC 9562 § 4).
    Uuid,
    /// The format `byte`: bytes in base64 with padding (RFC 4648 § 4).
    Byte,
    /// The format `regex`: a regular expression (ECMA-262 § 22.2.1).
    Regex,
    /// The format `json-pointer`: a JSON pointer (RFC 6901 § 3).
    JsonPointer,
}

impl Format {
    /// Returns the name of a string format with its article ("a" or "an"), for the messages of violations.
    pub(crate) const fn with_article(self) -> &'static str {
        match self {
            Format::Email => "an email address",
            Format::Uri => "a URI",
            Format::UriReference => "a URI reference",
            Format::Hostname => "a host name",
            Format::Ipv4 => "an IPv4 address",
            Format::Ipv6 => "an IPv6 address",
            Format::DateTime => "a date and time as in `2024-05-31T13:45:00Z`",
            Format::Date => "a date as in `2024-05-31`",
            Format::Time => "a time with its offset as in `13:45:00Z`",
            Format::Duration => "a duration as in `P1DT12H`",
            Format::Uuid => "a UUID",
            Format::Byte => "base64 with padding",
            Format::Regex => "a regular expression",
            Format::JsonPointer => "a JSON pointer",
        }
    }
}

/// Returns true if the string `text` is valid in this format.
pub fn check(format: Format, text: &str) -> bool {
    match format {
        Format::Email => email::is_mailbox(text),
        Format::Uri => uri::is_uri(text),
        Format::UriReference => uri::is_reference(text),
        Format::Hostname => network::is_hostname(text),
        Format::Ipv4 => network::is_ipv4(text),
        Format::Ipv6 => network::is_ipv6(text),
        Format::DateTime => date_time(text).is_some(),
        Format::Date => date(text).is_some(),
        Format::Time => moment::is_time(text),
        Format::Duration => moment::is_duration(text),
        Format::Uuid => uuid(text).is_some(),
        Format::Byte => base64(text).is_some(),
        Format::Regex => regress::Regex::new(text).is_ok(),
        Format::JsonPointer => is_json_pointer(text),
    }
}

pub(crate) fn uuid(text: &str) -> Option<Uuid> {
    // The crate `uuid` also accepts UUIDs in braces, with `urn:uuid:` and without hyphens. Those spellings have
    // other lengths.
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

pub(crate) fn base64(text: &str) -> Option<Bytes> {
    STANDARD.decode(text).ok().map(Bytes::from)
}

fn is_json_pointer(text: &str) -> bool {
    let escaped = |token: &str| token.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    text.is_empty() || (text.starts_with('/') && escaped(text))
}

#[cfg(test)]
mod suite;
