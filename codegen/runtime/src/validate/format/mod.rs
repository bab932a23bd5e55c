//! The formats of strings, each checked as strictly as its RFC says.

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

/// A format that a string keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 5321 § 4.1.2 `Mailbox`.
    Email,
    /// RFC 3986 § 3 `URI`.
    Uri,
    /// RFC 3986 § 4.1 `URI-reference`.
    UriReference,
    /// RFC 1123 § 2.1; internationalized labels as RFC 5890 § 2.3.2.1 writes them.
    Hostname,
    /// RFC 2673 § 3.2, four decimal numbers.
    Ipv4,
    /// RFC 4291 § 2.2.
    Ipv6,
    /// RFC 3339 § 5.6 `date-time`.
    DateTime,
    /// RFC 3339 § 5.6 `full-date`.
    Date,
    /// RFC 3339 § 5.6 `full-time`.
    Time,
    /// RFC 3339 appendix A `duration`.
    Duration,
    /// RFC 9562 § 4, hyphenated.
    Uuid,
    /// RFC 4648 § 4, padded.
    Byte,
    /// ECMA-262 § 22.2.1.
    Regex,
    /// RFC 6901 § 3.
    JsonPointer,
}

impl Format {
    /// What a string of the format is called in messages.
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

/// Whether `text` has the format.
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
    // The crate also takes braces, `urn:uuid:` and no hyphens at all, which have other lengths.
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
