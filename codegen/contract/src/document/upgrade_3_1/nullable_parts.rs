//! `nullable: true` on a part of an `allOf` is meant of the whole, as the generated code takes it.

use crate::document::grammar::Kind;
use crate::document::node::{Key, Node, Object, Value};

pub(super) fn pass(kind: Kind, mut object: Object) -> Object {
    let parts = object.get("allOf").and_then(Node::as_array).unwrap_or_default();
    let null = parts.iter().find_map(|part| Some((part.get("nullable")?, part.as_object()?.key_span("nullable")?)));
    if kind != Kind::Schema || object.contains_key("$ref") {
        return object;
    }
    let Some((node, span)) = null.filter(|(node, _)| node.as_bool() == Some(true)) else { return object };
    let nullable = Node { span: node.span, value: Value::Bool(true) };
    // A schema that says it of itself keeps what it says.
    let _ = object.insert(Key { name: "nullable".to_owned(), span }, nullable);
    object
}
