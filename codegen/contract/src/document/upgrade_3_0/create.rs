//! The creation of nodes and keys that the upgrade from Swagger 2.0 adds.

use crate::document::node::{Key, Node, Value};
use crate::source::Span;

pub(super) fn object(span: Span, entries: impl IntoIterator<Item = (Key, Node)>) -> Node {
    Node { span, value: Value::Object(entries.into_iter().collect()) }
}

pub(super) fn text(span: Span, text: impl Into<String>) -> Node {
    Node { span, value: Value::String(text.into()) }
}

pub(super) fn truth(span: Span, truth: bool) -> Node {
    Node { span, value: Value::Bool(truth) }
}

pub(super) fn list(span: Span, elements: Vec<Node>) -> Node {
    Node { span, value: Value::Array(elements) }
}

pub(super) fn key(span: Span, name: &str) -> Key {
    Key { name: name.to_owned(), span }
}

/// Returns an entry with a text that the original does not contain.
pub(super) fn field(span: Span, name: &str, value: &str) -> (Key, Node) {
    (key(span, name), text(span, value))
}
