//! The upgrade of `nullable: true` from OpenAPI 3.0 to 3.1: it becomes a further type `"null"`, or a further
//! branch if the schema declares no type.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Key, Node, Object, Value};

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
    "externalDocs",
    "xml",
    "$comment",
];

/// Returns true if a schema keyword does not constrain values.
pub(super) fn is_annotation(name: &str) -> bool {
    ANNOTATIONS.contains(&name) || name.starts_with("x-")
}

pub(super) fn pass(kind: ObjectKind, _written: &Object, entries: &mut Entries) {
    if kind != ObjectKind::Schema {
        return;
    }
    let Some(nullable) = entries.get("nullable").and_then(Node::as_bool) else { return };
    entries.take("nullable");
    if !nullable {
        return;
    }
    let named = entries.get("type").is_some();
    let listed = entries.get("enum").is_some();
    let composed = ["$ref", "allOf", "oneOf", "anyOf", "not", "const"].iter().any(|name| entries.get(name).is_some());
    if named && !composed {
        admit_type(entries);
        admit_value(entries);
    } else if listed && !named && !composed {
        admit_value(entries);
    } else {
        wrap(entries);
    }
}

/// Adds `"null"` to the types of a nullable schema: `string` becomes `[string, "null"]`.
fn admit_type(entries: &mut Entries) {
    let null = entries.text("null");
    let mut types = match entries.get("type").cloned() {
        Some(Node { value: Value::Array(types), .. }) => types,
        Some(one) => vec![one],
        None => return,
    };
    if !types.iter().any(|one| one.as_str() == Some("null")) {
        types.push(null);
    }
    entries.put("type", Value::Array(types));
}

/// Adds null to the `enum` of a nullable schema, since the generated code accepts null even if the enum lacks it.
fn admit_value(entries: &mut Entries) {
    let null = entries.node(Value::Null);
    if let Some(Node { value: Value::Array(mut values), .. }) = entries.get("enum").cloned() {
        if !values.iter().any(Node::is_null) {
            values.push(null);
        }
        entries.put("enum", Value::Array(values));
    }
}

/// Makes a schema without a type nullable: its constraints become one branch of `anyOf`, null the other;
/// annotations are kept.
fn wrap(entries: &mut Entries) {
    let demands = entries.split(is_annotation);
    if demands.is_empty() {
        // A schema without constraints allows null already.
        return;
    }
    let mut null = Object::default();
    let span = entries.node(Value::Null).span;
    let _ = null.insert(Key { name: "type".to_owned(), span }, entries.text("null"));
    let branches = vec![demands.into_node(), entries.node(Value::Object(null))];
    entries.put("anyOf", Value::Array(branches));
}
