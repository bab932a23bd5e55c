//! How text is encoded in each part of a request, and the messages about it.

use std::borrow::Cow;

use crate::http::percent;

/// The message about text that cannot be decoded.
pub(crate) const ENCODING: &str = "must be percent-encoded UTF-8";

/// The encoding of text by the part of the request that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Percent-encoded.
    Path,
    /// Percent-encoded, with `+` for a space.
    Query,
    /// Percent-encoded by some clients only: text that does not decode is taken as it is.
    Cookie,
    /// Not encoded; white space around an element does not count.
    Header,
}

impl Coding {
    /// Decodes text; `None` if it is not encoded correctly.
    #[inline]
    pub(crate) fn decode(self, raw: &str) -> Option<Cow<'_, str>> {
        match self {
            Coding::Path => percent::decode(raw),
            Coding::Query => percent::decode_form(raw),
            Coding::Cookie => Some(percent::decode(raw).unwrap_or(Cow::Borrowed(raw))),
            Coding::Header => Some(Cow::Borrowed(raw.trim())),
        }
    }

    /// Adds encoded text to `out`: everything is encoded but the unreserved characters.
    pub(crate) fn encode(self, text: &str, out: &mut String) {
        match self {
            Coding::Header => out.push_str(text),
            Coding::Path | Coding::Query | Coding::Cookie => out.extend(percent::encode(text)),
        }
    }
}
