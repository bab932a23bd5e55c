//! Access to the fields of a node, with defaults for values of a wrong type, which was reported during loading.

use crate::document::Node;
use crate::source::Spanned;

/// Iterates over the entries of an object; there are none for other values.
pub(super) fn entries(node: Option<&Node>) -> impl Iterator<Item = (&String, &Node)> {
    node.and_then(Node::as_object).into_iter().flatten().map(|(key, node)| (&key.name, node))
}

/// Returns the elements of an array; none for other values.
pub(super) fn elements(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_array).unwrap_or_default()
}

/// Returns the string of a field, if it is one.
pub(super) fn string(node: &Node, name: &str) -> Option<String> {
    node.get(name).and_then(Node::as_str).map(str::to_owned)
}

/// Returns the string of a field with its span, if it is one.
pub(super) fn spanned_string(node: &Node, name: &str) -> Option<Spanned<String>> {
    node.get(name).and_then(Node::as_spanned_str)
}

/// Returns the boolean of a field; false if it is absent.
pub(super) fn truth(node: &Node, name: &str) -> bool {
    node.get(name).and_then(Node::as_bool).unwrap_or(false)
}

/// Returns true if a node consists of a `$ref` only.
pub(super) fn is_plain_reference(node: &Node) -> bool {
    node.as_object().is_some_and(|object| object.len() == 1) && node.get("$ref").and_then(Node::as_str).is_some()
}
