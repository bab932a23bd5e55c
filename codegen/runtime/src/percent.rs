//! Percent-encoding (RFC 3986 § 2.1) of paths, and its form in queries and form bodies.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986 § 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Decodes text of a path. `None` where a `%` has no two digits behind it, or no UTF-8 comes out.
pub(crate) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(Cow::Borrowed(raw));
    }
    is_sound(raw).then(|| percent_decode_str(raw).decode_utf8().ok()).flatten()
}

/// Decodes text of a query or a form body, where `+` is a space.
pub(crate) fn decode_form(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('+') {
        return decode(raw);
    }
    let spaced = raw.replace('+', " ");
    decode(&spaced).map(|text| Cow::Owned(text.into_owned()))
}

/// Encodes everything that is not unreserved.
pub(crate) fn encode(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, RESERVED)
}

/// Whether each `%` has two digits behind it.
fn is_sound(raw: &str) -> bool {
    raw.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes();
        digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_text_is_decoded_and_unsound_text_is_refused() {
        assert_eq!(decode("a%20b%C3%A9").as_deref(), Some("a bé"));
        assert_eq!(decode("a+b").as_deref(), Some("a+b"));
        assert_eq!(decode_form("a+b%2B").as_deref(), Some("a b+"));
        for unsound in ["%", "%1", "%zz", "%C3", "a%+1", "%é"] {
            assert_eq!(decode(unsound), None, "{unsound}");
        }
    }

    #[test]
    fn what_was_encoded_decodes_to_itself() {
        let text = "a/b?c=d&é ~-._";
        assert_eq!(decode(&encode(text).to_string()).as_deref(), Some(text));
    }
}
