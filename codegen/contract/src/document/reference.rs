//! References (`$ref`): their parsing into a path or URL and a fragment (RFC 3986, RFC 6901), and the reasons why a
//! reference cannot be followed.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::remote::RemoteError;
use crate::source::{FileId, NodePath, Span, unescape};

/// The characters that a URI fragment must percent-encode (RFC 3986, section 3.5).
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A `$ref`, parsed into the path or URL of a document and a fragment within the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The path or URL of the document that the reference names, as it is written; empty for the document that contains
    /// the reference.
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
    /// The reference is a URL, and there is no valid copy of its document.
    Remote(RemoteError),
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
            RefError::Remote(error) => error.fmt(formatter),
            RefError::Outside => write!(formatter, "it is outside the folder of the contract"),
            RefError::File(why) => write!(formatter, "its file cannot be read: {why}"),
            RefError::Dangling { .. } => write!(formatter, "its target does not exist"),
            RefError::Ambiguous { .. } => write!(formatter, "several schemas have its name"),
            RefError::Cyclic => write!(formatter, "it leads back to itself"),
        }
    }
}

impl std::error::Error for RefError {}

/// Parses the text of a `$ref` into the path or URL of a document and a fragment.
pub(super) fn parse(reference: &str) -> Reference {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let fragment = decode(fragment);
    let fragment = match fragment.strip_prefix('/') {
        Some(steps) => Fragment::Pointer(steps.split('/').map(unescape).collect()),
        None if fragment.is_empty() => Fragment::Pointer(Vec::new()),
        None => Fragment::Anchor(fragment),
    };
    Reference { file: file.to_owned(), fragment }
}

/// Returns the text of a reference from the path of a file, which is copied unchanged, and the steps of a JSON pointer.
pub(super) fn compose(file: &str, steps: &[String]) -> String {
    let path = steps.iter().fold(NodePath::root(FileId(0)), |path, step| path.child(step));
    format!("{file}#{}", path.pointer)
}

/// Returns the reference to a JSON pointer of the same file, such as `#/components/schemas/User` (RFC 6901, section 6).
pub(super) fn fragment(pointer: &str) -> String {
    format!("#{}", utf8_percent_encode(pointer, ESCAPED))
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

/// Decodes the percent encoding of a path or fragment in a reference; returns the text unchanged if the result is not UTF-8.
pub(super) fn decode(text: &str) -> String {
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
        assert_eq!(decode(&reference.file), "../common parts/x.yaml");
        assert_eq!(reference.fragment, pointer(&["Id"]));
        assert_eq!(parse("x.yaml").fragment, pointer(&[]));
        assert_eq!(parse("#Id").fragment, Fragment::Anchor("Id".to_owned()));
    }

    #[test]
    fn invalid_percent_encoding_is_not_decoded() {
        assert_eq!(parse("#/a%zz%").fragment, pointer(&["a%zz%"]));
        assert_eq!(parse("#/%ff").fragment, pointer(&["%ff"]));
    }
}
