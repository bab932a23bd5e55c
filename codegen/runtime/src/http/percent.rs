//! Percent-encoding (RFC 3986 § 2.1), for paths and for queries and form bodies.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode_byte, utf8_percent_encode};

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
    while let Some(next) = bytes.next() {
        out.push(match next {
            b'%' => byte(*bytes.next()?, *bytes.next()?)?,
            b'+' => plus,
            other => *other,
        });
    }
    String::from_utf8(out).ok()
}

/// Returns the byte that two hexadecimal digits encode.
pub(crate) fn byte(high: u8, low: u8) -> Option<u8> {
    Some(digit(high)? * 16 + digit(low)?)
}

/// Returns the normal form of a path (RFC 3986 § 6.2.2.1, § 6.2.2.2): unreserved characters are not encoded, and
/// the digits of other encoded bytes are in upper case. An encoded slash stays encoded, so it stays in its segment.
///
/// Characters that a URI cannot contain are encoded, so that the path templates of a contract have a normal form
/// too.
pub(crate) fn normal(path: &str) -> Cow<'_, str> {
    if path.bytes().all(is_plain) {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len() + 8);
    let mut rest = path.as_bytes();
    loop {
        rest = match rest {
            [] => break,
            [b'%', high, low, after @ ..] if let Some(byte) = byte(*high, *low) => {
                match byte {
                    b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
                    _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
                    _ => out.push_str(percent_encode_byte(byte)),
                }
                after
            }
            [byte, after @ ..] => {
                match byte {
                    // A percent sign that encodes nothing is kept: the path is refused when it is decoded.
                    _ if is_plain(*byte) || *byte == b'%' => out.push(char::from(*byte)),
                    _ => out.push_str(percent_encode_byte(*byte)),
                }
                after
            }
        };
    }
    Cow::Owned(out)
}

/// True for each character that a path can contain unencoded: `pchar` of RFC 3986 § 3.3, and `/`. A table, since every
/// byte of every request's path is looked up.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = matches!(byte as u8, b'!' | b'$' | b'&'..=b';' | b'=' | b'@'..=b'Z' | b'_' | b'a'..=b'z' | b'~');
        byte += 1;
    }
    plain
};

fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
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
    fn a_normal_path_encodes_reserved_characters_only() {
        for (path, normal) in [
            ("/%7Eme/a%2Db%2e%5f%41%7a", "/~me/a-b._Az"),
            ("/a%2fb%3ac:d", "/a%2Fb%3Ac:d"),
            ("/%zz%2/%", "/%zz%2/%"),
            ("/caf\u{e9} [x]", "/caf%C3%A9%20%5Bx%5D"),
            ("/%2525", "/%2525"),
        ] {
            assert_eq!(super::normal(path), normal);
            assert_eq!(super::normal(normal), normal);
        }
    }

    #[test]
    fn an_encoded_string_round_trips() {
        let text = "a/b?c=d&é ~-._";
        assert_eq!(decode(&encode(text).to_string()).as_deref(), Some(text));
    }
}
