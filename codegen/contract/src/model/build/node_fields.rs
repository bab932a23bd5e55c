//! Fields of a node, with a default where the node is not what it should be: that was reported on reading.

use crate::document::Node;
use crate::source::Spanned;

/// The entries of an object, none of anything else.
pub(super) fn entries(node: Option<&Node>) -> impl Iterator<Item = (&String, &Node)> {
    node.and_then(Node::as_object).into_iter().flatten().map(|(key, node)| (&key.name, node))
}

/// The elements of an array, none of anything else.
pub(super) fn elements(node: Option<&Node>) -> &[Node] {
    node.and_then(Node::as_array).unwrap_or_default()
}

/// The text of a field.
pub(super) fn string(node: &Node, name: &str) -> Option<String> {
    node.get(name).and_then(Node::as_str).map(str::to_owned)
}

/// The text of a field, with its place.
pub(super) fn spanned_string(node: &Node, name: &str) -> Option<Spanned<String>> {
    node.get(name).and_then(Node::as_spanned_str)
}

/// The truth of a field, false where it is not there.
pub(super) fn truth(node: &Node, name: &str) -> bool {
    node.get(name).and_then(Node::as_bool).unwrap_or(false)
}

/// Whether a node is nothing but a reference.
pub(super) fn is_plain_reference(node: &Node) -> bool {
    node.as_object().is_some_and(|object| object.len() == 1) && node.get("$ref").and_then(Node::as_str).is_some()
}
