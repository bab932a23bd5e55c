//! The encoding of strings in each part of a request.

use std::borrow::Cow;

use crate::http::percent;

/// The message of the violation by a string that cannot be decoded.
pub(crate) const ENCODING: &str = "must be percent-encoded UTF-8";

/// The encoding of a string, which depends on the part of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Percent-encoding, as in paths.
    Path,
    /// Percent-encoding with `+` for a space, as in queries and forms.
    Query,
    /// Percent-encoding that only some clients apply. A string that cannot be decoded is taken as it is.
    Cookie,
    /// No encoding. White space around an element is ignored.
    Header,
}

impl Coding {
    /// Decodes a string. Returns `None` if it is not encoded correctly.
    #[inline]
    pub(crate) fn decode(self, raw: &str) -> Option<Cow<'_, str>> {
        match self {
            Coding::Path => percent::decode(raw),
            Coding::Query => percent::decode_form(raw),
            Coding::Cookie => Some(percent::decode(raw).unwrap_or(Cow::Borrowed(raw))),
            Coding::Header => Some(Cow::Borrowed(raw.trim())),
        }
    }

    /// Encodes `text` and appends it to `out`. All characters but the unreserved ones are encoded, except
    /// in headers.
    pub(crate) fn encode(self, text: &str, out: &mut String) {
        match self {
            Coding::Header => out.push_str(text),
            Coding::Path | Coding::Query | Coding::Cookie => out.extend(percent::encode(text)),
        }
    }
}
