//! The encoding of parameter strings, which depends on the part of the request that contains them.

use std::borrow::Cow;

use crate::http::percent;
use crate::operation::Style;

/// The message of the violation if a string of a parameter or form cannot be decoded.
pub(crate) const ENCODING: &str = "must be percent-encoded UTF-8";

/// The white space that does not belong to a header or to its elements (OWS, RFC 9110 § 5.6.3).
const WHITE_SPACE: [char; 2] = [' ', '\t'];

/// The encoding of a parameter's string, by the part of the request that contains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Percent-encoding, for strings in paths.
    Path,
    /// Percent-encoding with `+` for a space, for strings in queries and forms.
    Query,
    /// Percent-encoding if it is valid, for cookies: only some clients apply it, so a string that cannot be
    /// decoded is taken as it is.
    Cookie,
    /// No encoding, for headers and cookies of the style `cookie`. White space around an element is ignored.
    Header,
}

impl Coding {
    /// Returns the encoding of a cookie by the style of its parameter: the style `cookie` encodes nothing.
    pub(crate) fn cookie(style: Style) -> Coding {
        if style == Style::Cookie { Coding::Header } else { Coding::Cookie }
    }

    /// Returns the characters that do not belong to a parameter's string at its beginning and its end.
    pub(super) fn margin(self) -> &'static [char] {
        if self == Coding::Header { &WHITE_SPACE } else { &[] }
    }

    /// Decodes a string of a parameter. Returns `None` if it is not encoded correctly.
    #[inline]
    pub(crate) fn decode(self, raw: &str) -> Option<Cow<'_, str>> {
        match self {
            Coding::Path => percent::decode(raw),
            Coding::Query => percent::decode_form(raw),
            Coding::Cookie => Some(percent::decode(raw).unwrap_or(Cow::Borrowed(raw))),
            Coding::Header => Some(Cow::Borrowed(raw.trim_matches(self.margin()))),
        }
    }

    /// Encodes the string of a parameter and appends it to `out`. All characters but the unreserved ones are
    /// encoded, except in headers.
    pub(crate) fn encode(self, text: &str, out: &mut String) {
        match self {
            Coding::Header => out.push_str(text),
            Coding::Path | Coding::Query | Coding::Cookie => out.extend(percent::encode(text)),
        }
    }
}
