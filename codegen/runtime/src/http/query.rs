//! The name and value pairs of queries, form bodies and cookies.

use std::borrow::Cow;

use http::{HeaderMap, header};

use crate::http::percent;

/// A name and value pair, `name=value`, of a query, a form body or a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    /// The decoded name of the pair, or the raw name if it cannot be decoded.
    pub(crate) name: Cow<'a, str>,
    /// The name of the pair, not yet decoded, in which brackets that are encoded differ from others.
    pub(crate) raw_name: &'a str,
    /// The value of the pair, not yet decoded, since some styles of parameters split the value before they
    /// decode it.
    pub(crate) raw: &'a str,
}

/// Splits a query or a form body into its pairs (WHATWG URL, `application/x-www-form-urlencoded`).
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (pair, after) = cut(rest, b'&').unwrap_or((rest, ""));
            rest = after;
            if !pair.is_empty() {
                let (name, raw) = cut(pair, b'=').unwrap_or((pair, ""));
                let decoded = percent::decode_form(name).unwrap_or(Cow::Borrowed(name));
                return Some(Pair { name: decoded, raw_name: name, raw });
            }
        }
        None
    })
}

/// Splits a pair at the first occurrence of an ASCII character such as `=`.
///
/// Names and values are short, so a loop over the bytes is faster than the setup of a vectorized search.
fn cut(text: &str, sign: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == sign)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Returns the cookies of a request as pairs (RFC 6265 § 5.4). An HTTP/2 request can have several `Cookie`
/// headers (RFC 9113 § 8.2.3). The names of cookies are compared as they are: they are case-sensitive and not
/// percent-decoded.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Pair<'_>> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| {
            let (name, raw) = cookie.trim().split_once('=')?;
            let unquoted = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
            Some(Pair { name: Cow::Borrowed(name), raw_name: name, raw: unquoted.unwrap_or(raw) })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_from_several_headers() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; b=\"2\"".parse().unwrap());
        headers.append(header::COOKIE, "c=3".parse().unwrap());
        let found: Vec<_> = cookies(&headers).map(|pair| (pair.name.into_owned(), pair.raw.to_owned())).collect();
        assert_eq!(found, [("a".into(), "1".into()), ("b".into(), "2".into()), ("c".into(), "3".into())]);
    }
}
