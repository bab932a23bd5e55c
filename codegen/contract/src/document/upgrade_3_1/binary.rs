//! The upgrade of binary strings from OpenAPI 3.0 to 3.1: `format: byte` becomes `contentEncoding: base64`,
//! `format: binary` becomes a `contentMediaType`.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Node, Object, Value};

pub(super) fn pass(kind: ObjectKind, _written: &Object, entries: &mut Entries) {
    if kind != ObjectKind::Schema || entries.get("type").and_then(Node::as_str) != Some("string") {
        return;
    }
    let (keyword, value) = match entries.get("format").and_then(Node::as_str) {
        Some("byte") => ("contentEncoding", "base64"),
        Some("binary") => ("contentMediaType", "application/octet-stream"),
        _ => return,
    };
    // The contract already has the 3.1 keyword, which is more precise than the format.
    if entries.get(keyword).is_some() {
        entries.take("format");
    } else {
        entries.replace("format", keyword, Value::String(value.to_owned()));
    }
}
