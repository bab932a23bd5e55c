//! Two documents as one.

use serde_json::{Map, Value};
use utoipa::openapi::OpenApi;

use super::document::document;

/// Adds to a document what only the other has: operations, components of every kind, webhooks, tags,
/// servers. Of two things with one name the first is kept; `info` and the requirements of security
/// are those of `into`, and an operation of `from` that relied on its document's says them itself.
///
/// [`OpenApi::merge`] takes over schemas, responses and security schemes only: references to the
/// parameters, headers and bodies among the other document's components would lead nowhere.
pub fn merge(into: OpenApi, from: OpenApi) -> OpenApi {
    let (Ok(mut first), Ok(mut second)) = (serde_json::to_value(&into), serde_json::to_value(&from)) else {
        return into;
    };
    keep_security(&mut second);
    add(&mut first, second);
    document(&first).unwrap_or(into)
}

/// Says at each operation what its document says for all of them.
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

/// Sections or paths, and within them what stands under a name or a method.
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
