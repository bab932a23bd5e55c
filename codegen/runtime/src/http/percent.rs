//! Percent-encoding (RFC 3986 § 2.1), for paths and for queries and form bodies.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// The characters that are percent-encoded: all except the unreserved ones of RFC 3986 § 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-decodes a string of a path. Returns `None` if a `%` is not followed by two hexadecimal digits, or if
/// the result is not UTF-8.
pub(crate) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.bytes().any(|byte| byte == b'%') {
        return Some(Cow::Borrowed(raw));
    }
    unescape(raw, b'+').map(Cow::Owned)
}

/// Percent-decodes a string of a query or a form body, in which `+` is a space. Returns `None` in the cases of
/// [`decode`].
pub(crate) fn decode_form(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(Cow::Borrowed(raw));
    }
    unescape(raw, b' ').map(Cow::Owned)
}

/// Percent-encodes all characters that are not unreserved. The result implements `Display` and is an iterator
/// over pieces of the encoded string.
pub(crate) fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// Percent-decodes a string in which the character `+` stands for the byte `plus`.
fn unescape(raw: &str, plus: u8) -> Option<String> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.as_bytes().iter();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => digit(*bytes.next()?)? * 16 + digit(*bytes.next()?)?,
            b'+' => plus,
            other => *other,
        });
    }
    String::from_utf8(out).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_encodings_are_decoded_and_invalid_ones_are_rejected() {
        assert_eq!(decode("a%20b%C3%A9").as_deref(), Some("a bé"));
        assert_eq!(decode("a+b").as_deref(), Some("a+b"));
        assert_eq!(decode_form("a+b%2B").as_deref(), Some("a b+"));
        for unsound in ["%", "%1", "%zz", "%C3", "a%+1", "%é"] {
            assert_eq!(decode(unsound), None, "{unsound}");
        }
    }

    #[test]
    fn an_encoded_string_round_trips() {
        let text = "a/b?c=d&é ~-._";
        assert_eq!(decode(&encode(text).to_string()).as_deref(), Some(text));
    }
}
