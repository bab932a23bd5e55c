//! Access to the fields of a document node, with defaults for values of a wrong type, which loading has reported.

use crate::document::{Node, Version};
use crate::source::Spanned;

/// The schema keywords that do not constrain values.
const ANNOTATIONS: &[&str] = &[
    "title",
    "description",
    "default",
    "example",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "nullable",
    "externalDocs",
    "xml",
    "$comment",
];

/// Iterates over the entries of an object node; there are none for other values.
pub(super) fn entries(node: Option<&Node>) -> impl Iterator<Item = (&String, &Node)> {
    node.and_then(Node::as_object).into_iter().flatten().map(|(key, node)| (&key.name, node))
}

/// Returns the elements of an array node; none for other values.
pub(super) fn elements(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_array).unwrap_or_default()
}

/// Returns the string in a field of a node; `None` if the field is absent or not a string.
pub(super) fn string(node: &Node, name: &str) -> Option<String> {
    node.get(name).and_then(Node::as_str).map(str::to_owned)
}

/// Returns texts as paragraphs of one text, without those that are absent or empty; `None` if there are no others.
pub(super) fn joined(texts: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let texts: Vec<String> = texts.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

/// Returns the string in a field of a node, with its span; `None` if the field is absent or not a string.
pub(super) fn spanned_string(node: &Node, name: &str) -> Option<Spanned<String>> {
    node.get(name).and_then(Node::as_spanned_str)
}

/// Returns the boolean in a field of a node; false if the field is absent.
pub(super) fn truth(node: &Node, name: &str) -> bool {
    node.get(name).and_then(Node::as_bool).unwrap_or(false)
}

/// Returns true if a schema node declares that its values are secrets (`format: password`).
pub(super) fn is_secret(node: &Node) -> bool {
    node.get("format").and_then(Node::as_str) == Some("password")
}

/// Returns true if a schema node consists of a `$ref` only.
pub(super) fn is_plain_reference(node: &Node) -> bool {
    node.as_object().is_some_and(|object| object.len() == 1) && node.get("$ref").and_then(Node::as_str).is_some()
}

/// Returns true if a keyword describes a schema, and does not change its values.
pub(super) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// Returns true if keywords beside the `$ref` of a schema node change its values. In OpenAPI 3.0 they are ignored.
pub(super) fn extends_reference(node: &Node, version: Version) -> bool {
    let Some(object) = node.as_object().filter(|object| object.contains_key("$ref")) else { return false };
    version != Version::V30 && object.iter().any(|(key, _)| key.name != "$ref" && !is_annotation(&key.name))
}
