//! The upgrade of the `openapi` field to 3.1. It also declares the default JSON Schema dialect of OpenAPI 3.1
//! if the contract declares none.

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
