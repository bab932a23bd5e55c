//! Conversion of an OpenAPI document and of its larger objects to the model of `utoipa`: operations, responses,
//! bodies and components.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::info::Info;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::SecurityScheme;
use utoipa::openapi::{Components, OpenApi, Paths, RefOr, Responses};

use super::part::{exact, extend, or_reference, part, schema};

/// Converts a complete OpenAPI document to the model of `utoipa`. Returns `None` if it is not an OpenAPI document.
///
/// Objects that the model cannot represent, such as those with mistakes of the author, become extensions.
pub(super) fn document(value: &Value) -> Option<OpenApi> {
    let mut rest = value.as_object()?.clone();
    // The model of `utoipa` has a single version for each minor version of OpenAPI.
    let version = rest.get("openapi")?.as_str()?;
    let version = if version.starts_with("3.2") { "3.2.0" } else { "3.1.0" };
    rest.insert("openapi".to_owned(), json!(version));
    let info = info(rest.get("info"))?;
    let paths = rest.insert("paths".to_owned(), json!({}));
    let shell = json!({ "title": "", "version": "" });
    rest.insert("info".to_owned(), shell);
    let paths = paths.map_or(Some(Paths::new()), |value| self::paths(&value));
    let webhooks = held(&mut rest, "webhooks", self::paths);
    let components = held(&mut rest, "components", components);
    let tags = held(&mut rest, "tags", |value| each(value, part));
    let mut document: OpenApi = part(&Value::Object(rest))?;
    document.info = info;
    document.paths = paths.unwrap_or_default();
    document.webhooks = webhooks;
    document.components = components;
    document.tags = tags;
    Some(document)
}

/// Removes a field from an OpenAPI object and returns it converted to the model of `utoipa`. If the model
/// cannot represent the field, it remains in the object.
fn held<T>(object: &mut Map<String, Value>, name: &str, held: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
    let value = held(object.get(name)?)?;
    object.remove(name);
    Some(value)
}

fn each<T>(value: &Value, held: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    value.as_array()?.iter().map(held).collect()
}

/// Converts each value of an OpenAPI map with free keys, such as `responses`, to the model of `utoipa`.
fn named<T>(value: &Value, held: impl Fn(&Value) -> Option<T>) -> Option<BTreeMap<String, T>> {
    value.as_object()?.iter().map(|(name, value)| Some((name.clone(), held(value)?))).collect()
}

/// Returns the information about an API. An absent title or version is empty.
fn info(value: Option<&Value>) -> Option<Info> {
    let mut fields = value.and_then(Value::as_object).cloned().unwrap_or_default();
    for name in ["title", "version"] {
        fields.entry(name).or_insert_with(|| json!(""));
    }
    part(&Value::Object(fields))
}

fn paths(value: &Value) -> Option<Paths> {
    let mut paths = Paths::new();
    for (name, value) in value.as_object()? {
        match path_item(value).filter(|_| !name.starts_with("x-")) {
            Some(item) => {
                paths.paths.insert(name.clone(), item);
            }
            None => {
                paths.extensions.get_or_insert_default().insert(name.clone(), value.clone());
            }
        }
    }
    Some(paths)
}

fn path_item(value: &Value) -> Option<PathItem> {
    let mut rest = value.as_object()?.clone();
    let [get, put, post, delete, options, head, patch, trace, query] =
        ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]
            .map(|method| held(&mut rest, method, operation));
    let parameters = held(&mut rest, "parameters", parameters);
    let mut item: PathItem = part(&Value::Object(rest))?;
    (item.get, item.put, item.post, item.delete) = (get, put, post, delete);
    (item.options, item.head, item.patch, item.trace, item.query) = (options, head, patch, trace, query);
    item.parameters = parameters;
    Some(item)
}

fn operation(value: &Value) -> Option<Operation> {
    let mut rest = value.as_object()?.clone();
    let responses = rest.insert("responses".to_owned(), json!({}));
    let parameters = held(&mut rest, "parameters", parameters);
    let request_body = held(&mut rest, "requestBody", |value| or_reference(value, body));
    let mut operation: Operation = part(&Value::Object(rest))?;
    operation.responses = responses.and_then(|value| self::responses(&value)).unwrap_or_default();
    operation.parameters = parameters;
    operation.request_body = request_body;
    Some(operation)
}

fn parameters(value: &Value) -> Option<Vec<RefOr<Parameter>>> {
    each(value, |value| or_reference(value, parameter))
}

fn parameter(value: &Value) -> Option<Parameter> {
    let mut fields = value.as_object()?.clone();
    // The model always writes `required`, so an absent one is made explicit.
    fields.entry("required").or_insert(Value::Bool(false));
    part(&Value::Object(fields))
}

fn body(value: &Value) -> Option<RequestBody> {
    let mut fields = value.as_object()?.clone();
    let content = fields.insert("content".to_owned(), json!({})).unwrap_or_else(|| json!({}));
    let mut body: RequestBody = part(&Value::Object(fields))?;
    body.content = named(&content, |value| or_reference(value, part))?;
    Some(body)
}

fn responses(value: &Value) -> Option<Responses> {
    let mut responses = Responses::default();
    for (status, value) in value.as_object()? {
        match or_reference(value, part).filter(|_| !status.starts_with("x-")) {
            Some(response) => {
                responses.responses.insert(status.clone(), response);
            }
            None => {
                responses.extensions.get_or_insert_default().insert(status.clone(), value.clone());
            }
        }
    }
    Some(responses)
}

fn components(value: &Value) -> Option<Components> {
    let mut rest = value.as_object()?.clone();
    let mut components = Components::new();
    let sections = &mut rest;
    // A section of the components that the model cannot represent completely becomes an extension.
    components.schemas = held(sections, "schemas", |all| named(all, schema)).unwrap_or_default();
    components.responses = referable(sections, "responses", part);
    components.parameters = referable(sections, "parameters", parameter);
    components.examples = referable(sections, "examples", exact);
    components.request_bodies = referable(sections, "requestBodies", body);
    components.headers = referable(sections, "headers", part);
    components.links = referable(sections, "links", part);
    components.callbacks = referable(sections, "callbacks", exact);
    components.path_items = held(sections, "pathItems", |all| named(all, path_item)).unwrap_or_default();
    components.security_schemes = referable(sections, "securitySchemes", scheme);
    extend(&mut components, rest);
    Some(components)
}

fn referable<T>(
    sections: &mut Map<String, Value>,
    name: &str,
    one: impl Fn(&Value) -> Option<T>,
) -> BTreeMap<String, RefOr<T>> {
    held(sections, name, |all| named(all, |value| or_reference(value, &one))).unwrap_or_default()
}

fn scheme(value: &Value) -> Option<SecurityScheme> {
    let mut fields = value.as_object()?.clone();
    // Names of authentication schemes are case-insensitive (RFC 9110 § 11.1); the model has them in lower case.
    if let Some(Value::String(name)) = fields.get_mut("scheme") {
        name.make_ascii_lowercase();
    }
    exact(&Value::Object(fields))
}
