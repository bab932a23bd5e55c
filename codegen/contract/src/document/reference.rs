//! References (`$ref`): their parsing into a file path and a fragment (RFC 3986, RFC 6901), and the reasons why a
//! reference cannot be followed.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::source::{FileId, NodePath, Span, unescape};

/// A `$ref`, parsed into the path of a file and a fragment within the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The percent-decoded path or URI of the file that the reference names; empty for the file that contains the
    /// reference.
    pub file: String,
    /// The fragment of the reference, which selects a node within the file.
    pub fragment: Fragment,
}

/// The fragment of a reference: the part after `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fragment {
    /// The fragment is a JSON pointer, given by its unescaped steps; none for the root of the file.
    Pointer(Vec<String>),
    /// The fragment is the name of an `$anchor`.
    Anchor(String),
}

/// The reason why a `$ref` cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefError {
    /// The reference has a scheme or a host, such as `https://`; such files are not fetched.
    Remote,
    /// The reference names a file outside the folder that references must not leave.
    Outside,
    /// The file that the reference names could not be read; contains the reason as text.
    File(String),
    /// The file has no node at the location that the fragment of the reference selects.
    Dangling {
        /// The text of the most similar reference that has a target, as a suggestion.
        closest: Option<String>,
    },
    /// Several schemas of the file have the anchor that the reference names.
    Ambiguous {
        /// The span of the anchor's name in each schema that has the anchor.
        anchors: Vec<Span>,
    },
    /// The reference is part of a cycle of references that never reaches a value.
    Cyclic,
}

impl fmt::Display for RefError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RefError::Remote => write!(formatter, "it is on another host"),
            RefError::Outside => write!(formatter, "it is outside the folder of the contract"),
            RefError::File(why) => write!(formatter, "its file cannot be read: {why}"),
            RefError::Dangling { .. } => write!(formatter, "its target does not exist"),
            RefError::Ambiguous { .. } => write!(formatter, "several schemas have its name"),
            RefError::Cyclic => write!(formatter, "it leads back to itself"),
        }
    }
}

impl std::error::Error for RefError {}

/// Parses the text of a `$ref` into the path or URI of a file and a fragment.
pub(super) fn parse(reference: &str) -> Reference {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let fragment = decode(fragment);
    let fragment = match fragment.strip_prefix('/') {
        Some(steps) => Fragment::Pointer(steps.split('/').map(unescape).collect()),
        None if fragment.is_empty() => Fragment::Pointer(Vec::new()),
        None => Fragment::Anchor(fragment),
    };
    Reference { file: decode(file), fragment }
}

/// Returns the text of a reference from the path of a file, which is copied unchanged, and the steps of a JSON pointer.
pub(super) fn compose(file: &str, steps: &[String]) -> String {
    let path = steps.iter().fold(NodePath::root(FileId(0)), |path, step| path.child(step));
    format!("{file}#{}", path.pointer)
}

/// Returns the part of a reference before `#`, without percent decoding.
pub(super) fn file_part(reference: &str) -> &str {
    reference.split_once('#').map_or(reference, |(file, _)| file)
}

/// Returns true if a string is the plain name of a component schema; otherwise it is a reference.
pub(crate) fn is_plain_name(text: &str) -> bool {
    let file = [".yaml", ".yml", ".json"].iter().any(|ending| text.ends_with(ending));
    !file && !text.contains(['#', '/'])
}

/// Returns true if a reference starts with a scheme (`https:`) or with an authority (`//host`).
pub(super) fn is_remote(reference: &str) -> bool {
    let scheme = reference.split(['/', '#', '?']).next().and_then(|start| start.split_once(':'));
    let scheme = scheme.is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
    });
    scheme || reference.starts_with("//")
}

/// Decodes the percent encoding of a reference; returns the text unchanged if the result is not UTF-8.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), |decoded| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(steps: &[&str]) -> Fragment {
        Fragment::Pointer(steps.iter().map(|step| (*step).to_owned()).collect())
    }

    #[test]
    fn a_pointer_is_decoded_and_unescaped() {
        let reference = parse("#/paths/~1users~1%7Bid%7D/a~0b");
        assert_eq!(reference.fragment, pointer(&["paths", "/users/{id}", "a~b"]));
    }

    #[test]
    fn a_reference_is_split_into_file_and_fragment() {
        let reference = parse("../common%20parts/x.yaml#/Id");
        let file = "../common parts/x.yaml".to_owned();
        assert_eq!(reference, Reference { file, fragment: pointer(&["Id"]) });
        assert_eq!(parse("x.yaml").fragment, pointer(&[]));
        assert_eq!(parse("#Id").fragment, Fragment::Anchor("Id".to_owned()));
    }

    #[test]
    fn a_reference_with_a_scheme_or_host_is_remote() {
        for remote in ["https://example.com/a.yaml#/X", "//example.com/a.yaml", "file:///etc/passwd", "urn:x"] {
            assert!(is_remote(remote), "{remote}");
        }
        assert!(!is_remote("a/b:c.yaml"));
    }

    #[test]
    fn invalid_percent_encoding_is_not_decoded() {
        assert_eq!(parse("#/a%zz%").fragment, pointer(&["a%zz%"]));
        assert_eq!(parse("#/%ff").fragment, pointer(&["%ff"]));
    }
}
