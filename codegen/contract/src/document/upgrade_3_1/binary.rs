//! The upgrade of bytes: `format: byte` becomes `contentEncoding: base64`, `format: binary` becomes a
//! `contentMediaType`.

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
    // A 3.1 keyword that the contract already has is more precise than the format.
    if entries.get(keyword).is_some() {
        entries.take("format");
    } else {
        entries.replace("format", keyword, Value::String(value.to_owned()));
    }
}
