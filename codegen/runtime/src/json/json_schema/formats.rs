//! The formats of strings (`format`) that the JSON Schema interpreter checks.

use crate::validate::format::Format;

/// The string formats that are checked, with their names in a contract.
pub(super) static FORMATS: &[(&str, Format)] = &[
    ("byte", Format::Byte),
    ("date", Format::Date),
    ("date-time", Format::DateTime),
    ("duration", Format::Duration),
    ("email", Format::Email),
    ("hostname", Format::Hostname),
    ("ipv4", Format::Ipv4),
    ("ipv6", Format::Ipv6),
    ("time", Format::Time),
    ("uri", Format::Uri),
    ("uri-reference", Format::UriReference),
    ("uuid", Format::Uuid),
];
