//! Pairs of names and values in queries, form bodies and cookies.

use std::borrow::Cow;

use http::{HeaderMap, header};

use crate::http::percent;

/// One `name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    /// The name, decoded; as it came where it cannot be.
    pub(crate) name: Cow<'a, str>,
    /// The value as it came, since some styles split before they decode.
    pub(crate) raw: &'a str,
}

/// Takes a query or a form body apart (WHATWG URL, `application/x-www-form-urlencoded`).
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = Pair<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (pair, after) = cut(rest, b'&').unwrap_or((rest, ""));
            rest = after;
            if !pair.is_empty() {
                let (name, raw) = cut(pair, b'=').unwrap_or((pair, ""));
                return Some(Pair { name: percent::decode_form(name).unwrap_or(Cow::Borrowed(name)), raw });
            }
        }
        None
    })
}

/// What stands before and behind an ASCII sign. Names and values are short, so that looking at each
/// byte takes less time than beginning a search for many at once.
fn cut(text: &str, sign: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == sign)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Takes the cookies of a request apart (RFC 6265 § 5.4); HTTP/2 sends several headers.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Pair<'_>> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| {
            let (name, raw) = cookie.trim().split_once('=')?;
            let unquoted = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
            Some(Pair { name: Cow::Borrowed(name), raw: unquoted.unwrap_or(raw) })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_may_stand_in_several_headers() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; b=\"2\"".parse().unwrap());
        headers.append(header::COOKIE, "c=3".parse().unwrap());
        let found: Vec<_> = cookies(&headers).map(|pair| (pair.name.into_owned(), pair.raw.to_owned())).collect();
        assert_eq!(found, [("a".into(), "1".into()), ("b".into(), "2".into()), ("c".into(), "3".into())]);
    }
}
