//! The upgrade of schema examples from OpenAPI 3.0 to 3.1: `example` moves into the list `examples`.
//!
//! The examples of parameters and bodies are valid in 3.1 and are not changed.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Object, Value};

pub(super) fn pass(kind: ObjectKind, _written: &Object, entries: &mut Entries) {
    if kind != ObjectKind::Schema {
        return;
    }
    let known = match entries.get("examples").map(|node| &node.value) {
        Some(Value::Array(known)) => known.clone(),
        Some(_) => return,
        None => Vec::new(),
    };
    let Some(example) = entries.get("example").cloned() else { return };
    if known.is_empty() {
        entries.replace("example", "examples", Value::Array(vec![example]));
    } else {
        entries.take("example");
        let all = if known.contains(&example) { known } else { std::iter::once(example).chain(known).collect() };
        entries.put("examples", Value::Array(all));
    }
}
