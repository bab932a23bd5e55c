//! `nullable: true` on a part of an `allOf` is meant of the whole, as the generated code takes it.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object, Value};

/// Looks at the parts as they were written: their own `nullable` is gone by now.
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
