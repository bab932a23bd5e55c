//! The URLs of remote documents: the resolution of references against the URL of a document (RFC 3986 § 5.2).

use std::borrow::Cow;

use fluent_uri::{Uri, UriRef};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The characters that a URI cannot contain (RFC 3986 § 2). They are percent-encoded before a reference is parsed.
const NOT_IN_A_URI: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// The location of the document that a reference names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::document) enum Address {
    /// The document is a file, whose path is relative to the file with the reference.
    Path,
    /// The document has an `http` or `https` URL, which is absolute, normalized and without a fragment.
    Url(String),
    /// The document has a URL of another scheme, or a host without a scheme.
    Foreign,
}

/// Returns the location of the document that a reference names. `base` is the URL of the document that contains the
/// reference, if it is remote itself.
pub(in crate::document) fn address(base: Option<&str>, reference: &str) -> Address {
    let Some(base) = base else {
        return match scheme(reference) {
            Some(_) => absolute(reference),
            None if reference.starts_with("//") => Address::Foreign,
            None => Address::Path,
        };
    };
    let text = encoded(reference);
    let resolved = Uri::parse(base).ok().and_then(|base| {
        let reference = UriRef::parse(text.as_ref()).ok()?;
        reference.resolve_against(&base.strip_fragment()).ok()
    });
    resolved.map_or(Address::Foreign, |url| absolute(url.as_str()))
}

/// Returns the absolute URL of a reference, normalized and without a fragment. Returns `None` if the reference does not
/// lead to an `http` or `https` URL. `base` is the URL of the document that contains the reference.
///
/// ```
/// use writ_contract::document::resolve_url;
///
/// let url = resolve_url(Some("https://example.com/schemas/pet.yaml"), "../common.yaml#/Id");
/// assert_eq!(url.as_deref(), Some("https://example.com/common.yaml"));
/// assert_eq!(resolve_url(None, "pet.yaml"), None);
/// ```
pub fn resolve_url(base: Option<&str>, reference: &str) -> Option<String> {
    match address(base, reference) {
        Address::Url(url) => Some(url),
        Address::Path | Address::Foreign => None,
    }
}

fn absolute(text: &str) -> Address {
    let text = encoded(text);
    let Ok(url) = Uri::parse(text.as_ref()) else { return Address::Foreign };
    let url = url.strip_fragment().normalize();
    let known = ["http", "https"].contains(&url.scheme().as_str());
    match known && url.authority().is_some_and(|authority| !authority.host().is_empty()) {
        true if url.path().is_empty() => absolute(&with_path(url.as_str())),
        true => Address::Url(url.into_string()),
        false => Address::Foreign,
    }
}

/// Adds the path `/` to a URL without a path, which has the same meaning (RFC 9110 § 4.2.3).
fn with_path(url: &str) -> String {
    match url.split_once('?') {
        Some((before, query)) => format!("{before}/?{query}"),
        None => format!("{url}/"),
    }
}

fn encoded(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, NOT_IN_A_URI).into()
}

/// Returns true if a reference starts with a scheme (`https:`) or with an authority (`//host`).
pub(in crate::document) fn is_remote(reference: &str) -> bool {
    scheme(reference).is_some() || reference.starts_with("//")
}

/// Returns the scheme of a reference, such as `https`; `None` for a relative reference.
fn scheme(reference: &str) -> Option<&str> {
    let (scheme, _) = reference.split(['/', '#', '?']).next()?.split_once(':')?;
    let is_scheme = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: Option<&str>, reference: &str) -> String {
        match address(base, reference) {
            Address::Url(url) => url,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_relative_reference_is_resolved_against_the_url_of_its_document() {
        let base = Some("https://a.example/b/c/d.yaml?q");
        for (reference, expected) in [
            ("g.yaml", "https://a.example/b/c/g.yaml"),
            ("./g.yaml", "https://a.example/b/c/g.yaml"),
            ("/g.yaml", "https://a.example/g.yaml"),
            ("//g.example", "https://g.example/"),
            ("?y", "https://a.example/b/c/d.yaml?y"),
            ("../../../g.yaml", "https://a.example/g.yaml"),
            ("http://g.example/x", "http://g.example/x"),
            ("a b.yaml", "https://a.example/b/c/a%20b.yaml"),
        ] {
            assert_eq!(url(base, reference), expected, "{reference}");
        }
        assert_eq!(address(base, "file:///etc/passwd"), Address::Foreign);
        assert_eq!(address(base, "urn:x"), Address::Foreign);
    }

    #[test]
    fn equal_urls_have_one_spelling() {
        for spelling in ["HTTPS://A.example/b/../%7Ec", "https://a.example:443/~c", "https://a.example/./~c#/x"] {
            assert_eq!(url(None, spelling), "https://a.example/~c", "{spelling}");
        }
    }

    #[test]
    fn a_reference_of_a_file_is_a_path_unless_it_has_a_scheme() {
        assert_eq!(address(None, "../a/b:c.yaml"), Address::Path);
        for foreign in ["//a.example/x", "file:///etc/passwd", "urn:x", "https:/x", "https://"] {
            assert_eq!(address(None, foreign), Address::Foreign, "{foreign}");
            assert!(is_remote(foreign), "{foreign}");
        }
    }
}
