//! Names the version, and the dialect of JSON Schema that 3.1 means where none is named.

use super::entries::Entries;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Object, Value};

const DIALECT: &str = "https://spec.openapis.org/oas/3.1/dialect/base";

pub(super) fn pass(kind: ObjectKind, _written: &Object, entries: &mut Entries) {
    if kind == ObjectKind::Root {
        entries.put("openapi", Value::String("3.1.0".to_owned()));
        if entries.get("jsonSchemaDialect").is_none() {
            entries.put("jsonSchemaDialect", Value::String(DIALECT.to_owned()));
        }
    }
}
