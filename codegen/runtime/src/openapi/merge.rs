//! Merging of two OpenAPI documents, for services that document some routes by hand.

use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

use super::document::document;

/// Adds the contents of the document `from` to the document `into`: operations, components, webhooks, tags and
/// servers.
///
/// If both documents have an entry with the same name, the entry of `into` is kept. `info` and the security
/// requirements of the document are those of `into`. An operation of `from` keeps its security requirements,
/// including those that it inherits from its document.
///
/// [`OpenApi::merge`] copies schemas, responses and security schemes only, so that references to other
/// components of `from` would be broken.
///
/// ```
/// use writ_runtime::openapi::{merge, read};
///
/// let api = read(r#"{"openapi":"3.1.0","info":{"title":"Shop","version":"1"},
///     "paths":{"/orders":{"get":{"responses":{}}}}}"#);
/// let internal = read(r#"{"openapi":"3.1.0","info":{"title":"Internal","version":"1"},
///     "paths":{"/metrics":{"get":{"responses":{}}}}}"#);
/// let merged = merge(api, internal);
/// assert_eq!(merged.info.title, "Shop");
/// assert!(merged.paths.paths.contains_key("/metrics"));
/// ```
pub fn merge(into: OpenApi, from: OpenApi) -> OpenApi {
    let (Ok(mut first), Ok(mut second)) = (serde_json::to_value(&into), serde_json::to_value(&from)) else {
        return into;
    };
    keep_security(&mut second);
    add(&mut first, second);
    document(&first).unwrap_or(into)
}

/// Copies the security requirements of a document to its operations that declare none, so that a merge
/// preserves them.
fn keep_security(document: &mut Value) {
    let Some(security) = document.as_object_mut().and_then(|fields| fields.remove("security")) else { return };
    let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(fields) = operation.as_object_mut().filter(|fields| fields.contains_key("responses")) {
            fields.entry("security").or_insert_with(|| security.clone());
        }
    }
}

fn add(first: &mut Value, second: Value) {
    let (Value::Object(first), Value::Object(second)) = (first, second) else { return };
    for (name, value) in second {
        match (name.as_str(), first.get_mut(&name)) {
            (_, None) => {
                first.insert(name, value);
            }
            ("paths" | "components", Some(known)) => two_deep(known, value),
            ("webhooks", Some(known)) => one_deep(known, value),
            ("tags", Some(known)) => listed(known, value, |one| one.get("name").cloned()),
            ("servers", Some(known)) => listed(known, value, |one| Some(one.clone())),
            _ => {}
        }
    }
}

/// Merges two maps of maps of OpenAPI documents: the components of each section, or the methods of each path.
fn two_deep(first: &mut Value, second: Value) {
    let (Value::Object(first), Value::Object(second)) = (first, second) else { return };
    for (name, value) in second {
        match first.get_mut(&name) {
            Some(known) => one_deep(known, value),
            None => {
                first.insert(name, value);
            }
        }
    }
}

fn one_deep(first: &mut Value, second: Value) {
    if let (Value::Object(first), Value::Object(second)) = (first, second) {
        for (name, value) in second {
            first.entry(name).or_insert(value);
        }
    }
}

fn listed(first: &mut Value, second: Value, key: impl Fn(&Value) -> Option<Value>) {
    if let (Value::Array(first), Value::Array(second)) = (first, second) {
        for value in second {
            if !first.iter().any(|known| key(known) == key(&value)) {
                first.push(value);
            }
        }
    }
}
