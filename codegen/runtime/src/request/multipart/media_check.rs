//! The check of a received form part's media type and charset.

use super::rule::{PartKind, PartRule};
use crate::http::media::MediaType;

/// Returns the message that rejects a form part because of its media type or charset; `None` if its rule allows them.
///
/// A part without a media type is `text/plain` (RFC 7578 § 4.4). Browsers send values without one.
pub(super) fn media_violation(rule: &PartRule, media_type: Option<&MediaType>) -> Option<String> {
    let text = rule.kind != PartKind::File;
    if let Some(message) = media_type.filter(|_| text).and_then(MediaType::foreign_charset) {
        return Some(message);
    }
    if allows(rule, media_type) {
        return None;
    }
    let allowed = match (rule.media, rule.kind) {
        ([], PartKind::Json) => "application/json".to_owned(),
        ([], _) => "text/plain".to_owned(),
        (several, _) => several.join(" or "),
    };
    let found = media_type.map_or_else(String::new, |media_type| format!(", not {}", media_type.essence));
    Some(format!("must be {allowed}{found}"))
}

/// Returns the message that rejects a value of a form because its part has another transfer encoding than the value;
/// `None` if it can be read.
///
/// `Content-Transfer-Encoding` is deprecated in forms (RFC 7578 § 4.7). A value in base64 or quoted-printable would be
/// read as another value. A file is passed on as it arrives, and the value of bytes in base64 is this text.
pub(super) fn transfer_violation(rule: &PartRule, encoding: Option<&str>) -> Option<String> {
    let encoding = encoding?.trim().to_ascii_lowercase();
    let changes = matches!(encoding.as_str(), "base64" | "quoted-printable");
    let is_read = rule.kind == PartKind::File || (encoding == "base64" && rule.base64);
    (changes && !is_read).then(|| format!("must not have the Content-Transfer-Encoding {encoding}"))
}

fn allows(rule: &PartRule, media_type: Option<&MediaType>) -> bool {
    let text = rule.kind != PartKind::File;
    let is_plain = media_type.is_none_or(|media_type| media_type.essence == "text/plain");
    // A style takes the place of the media type (OpenAPI 3.1.2 § 4.8.15.1.2).
    if rule.style.is_some() || (text && is_plain) {
        return true;
    }
    let listed = |media_type: &MediaType| {
        rule.media.iter().filter_map(|media| MediaType::parse(media)).any(|media| media.covers(media_type).is_some())
    };
    match (rule.media, media_type) {
        ([], Some(media_type)) if rule.kind == PartKind::Json => media_type.is_json(),
        ([], Some(media_type)) if text => media_type.is_json() || media_type.essence.starts_with("text/"),
        ([], _) => true,
        (_, Some(media_type)) => listed(media_type),
        (_, None) => false,
    }
}
