//! The upgrade of `nullable: true` in a subschema of `allOf` from OpenAPI 3.0 to 3.1: it makes the complete
//! schema nullable, as in the generated code.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object, Value};

/// Makes a schema nullable if the first `nullable` among the subschemas of its `allOf` is true.
///
/// It reads the subschemas as written in the source, since the upgrade has already changed those in the entries.
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
