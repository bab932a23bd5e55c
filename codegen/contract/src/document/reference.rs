//! What a `$ref` says: the file it names and the fragment within it (RFC 3986, RFC 6901), and why it may lead nowhere.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::source::{FileId, NodePath, Span, unescape};

/// A reference taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The path of the file, decoded; empty for the file that the reference stands in.
    pub file: String,
    /// What is meant within it.
    pub fragment: Fragment,
}

/// The part of a reference behind `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fragment {
    /// The steps of a JSON pointer, none for the whole file.
    Pointer(Vec<String>),
    /// The name of an `$anchor`.
    Anchor(String),
}

/// Why a reference leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefError {
    /// It names another origin, such as `https://`.
    Remote,
    /// Its file lies outside the folder that references may not leave.
    Outside,
    /// Its file could not be read.
    File(String),
    /// There is nothing at its fragment; with the closest that there is, as a whole reference.
    Dangling {
        /// What was probably meant.
        closest: Option<String>,
    },
    /// Several schemas of its file bear the name at its fragment.
    Ambiguous {
        /// Where they say so.
        anchors: Vec<Span>,
    },
    /// References lead in a circle without a value between.
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

/// Takes a reference apart.
pub(super) fn parse(reference: &str) -> Result<Reference, RefError> {
    if is_remote(reference) {
        return Err(RefError::Remote);
    }
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let fragment = decode(fragment);
    let fragment = match fragment.strip_prefix('/') {
        Some(steps) => Fragment::Pointer(steps.split('/').map(unescape).collect()),
        None if fragment.is_empty() => Fragment::Pointer(Vec::new()),
        None => Fragment::Anchor(fragment),
    };
    Ok(Reference { file: decode(file), fragment })
}

/// A whole reference of a file as it was written and the steps of a pointer.
pub(super) fn compose(file: &str, steps: &[String]) -> String {
    let path = steps.iter().fold(NodePath::root(FileId(0)), |path, step| path.child(step));
    format!("{file}#{}", path.pointer)
}

/// The part of a reference before `#`, as it was written.
pub(super) fn file_part(reference: &str) -> &str {
    reference.split_once('#').map_or(reference, |(file, _)| file)
}

/// Whether a text that refers to a schema or names one does the latter.
pub(super) fn is_plain_name(text: &str) -> bool {
    let file = [".yaml", ".yml", ".json"].iter().any(|ending| text.ends_with(ending));
    !file && !text.contains(['#', '/'])
}

/// Whether it begins with a scheme (`https:`) or an authority (`//host`).
fn is_remote(reference: &str) -> bool {
    let scheme = reference.split(['/', '#', '?']).next().and_then(|start| start.split_once(':'));
    let scheme = scheme.is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
    });
    scheme || reference.starts_with("//")
}

/// Undoes percent encoding; what is not UTF-8 then stays as it was.
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
        assert_eq!(reference.map(|it| it.fragment), Ok(pointer(&["paths", "/users/{id}", "a~b"])));
    }

    #[test]
    fn a_file_is_told_from_its_fragment() {
        let reference = parse("../common%20parts/x.yaml#/Id");
        let file = "../common parts/x.yaml".to_owned();
        assert_eq!(reference, Ok(Reference { file, fragment: pointer(&["Id"]) }));
        assert_eq!(parse("x.yaml").map(|it| it.fragment), Ok(pointer(&[])));
        assert_eq!(parse("#Id").map(|it| it.fragment), Ok(Fragment::Anchor("Id".to_owned())));
    }

    #[test]
    fn another_origin_is_remote() {
        for remote in ["https://example.com/a.yaml#/X", "//example.com/a.yaml", "file:///etc/passwd", "urn:x"] {
            assert_eq!(parse(remote), Err(RefError::Remote), "{remote}");
        }
        assert!(parse("a/b:c.yaml").is_ok());
    }

    #[test]
    fn broken_percent_encoding_stays_as_it_is() {
        assert_eq!(parse("#/a%zz%").map(|it| it.fragment), Ok(pointer(&["a%zz%"])));
        assert_eq!(parse("#/%ff").map(|it| it.fragment), Ok(pointer(&["%ff"])));
    }
}
