//! The upgrade of `nullable: true` in a subschema of `allOf`: it makes the complete schema nullable, as in the
//! generated code.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object, Value};

/// Makes a schema nullable if the first subschema of its `allOf` that declares `nullable` declares it as true.
///
/// The pass reads the subschemas as written in the source, since `nullable` in their entries is upgraded already.
pub(super) fn pass(kind: ObjectKind, written: &Object, entries: &mut Entries) {
    if kind != ObjectKind::Schema || written.contains_key("$ref") || written.contains_key("nullable") {
        return;
    }
    let parts = written.get("allOf").and_then(Node::as_array).unwrap_or_default();
    let nullable = parts.iter().find_map(|part| part.get("nullable"));
    if nullable.and_then(Node::as_bool) == Some(true) {
        entries.put("nullable", Value::Bool(true));
    }
}
