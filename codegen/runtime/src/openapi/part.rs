//! Conversion of a single OpenAPI object to the model of `utoipa`: a field that the model represents exactly
//! becomes a field of the model, and any other an extension.

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::Header;
use utoipa::openapi::info::Info;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{Object, SchemaType};
use utoipa::openapi::{Components, Content, OpenApi, Ref, RefOr, Schema, Tag};

/// A type of the `utoipa` model with extensions, in which an object keeps the fields that the type lacks.
pub(super) trait Extended: Serialize + DeserializeOwned {
    /// The names of the required fields of an OpenAPI object, for one type of the `utoipa` model.
    const REQUIRED: &'static [&'static str];

    /// Returns the extensions of an OpenAPI object in the `utoipa` model, which keep the fields that the model
    /// lacks.
    fn extensions(&mut self) -> &mut Option<Extensions>;
}

macro_rules! extended {
    ($($name:ident: $required:expr;)*) => { $(
        impl Extended for $name {
            const REQUIRED: &'static [&'static str] = &$required;

            fn extensions(&mut self) -> &mut Option<Extensions> {
                &mut self.extensions
            }
        }
    )* };
}

extended! {
    Components: [];
    Content: [];
    Header: [];
    Info: ["title", "version"];
    Link: [];
    OpenApi: ["openapi", "info", "paths"];
    Operation: ["responses"];
    Parameter: ["name", "in", "required"];
    PathItem: [];
    RequestBody: ["content"];
    Response: [];
    Tag: ["name"];
}

/// Converts JSON into a type of the `utoipa` model. Returns `None` if the result does not serialize to equal
/// JSON again.
pub(super) fn exact<T: Serialize + DeserializeOwned>(value: &Value) -> Option<T> {
    let held = T::deserialize(value).ok()?;
    (serde_json::to_value(&held).ok()? == *value).then_some(held)
}

/// Converts an OpenAPI object into the `utoipa` model. Fields that the model cannot represent become
/// extensions.
pub(super) fn part<T: Extended>(value: &Value) -> Option<T> {
    if let Some(exact) = exact(value) {
        return Some(exact);
    }
    let object = value.as_object()?;
    let is_required = |name: &str| T::REQUIRED.contains(&name);
    let (required, others): (Map<_, _>, Map<_, _>) =
        object.clone().into_iter().partition(|(name, _)| is_required(name));
    let mut kept = required.clone();
    let mut rest = Map::new();
    for (name, value) in others {
        let mut alone = required.clone();
        alone.insert(name.clone(), value.clone());
        let fits = exact::<T>(&Value::Object(alone)).is_some();
        if fits { &mut kept } else { &mut rest }.insert(name, value);
    }
    let mut held: T = exact(&Value::Object(kept))?;
    extend(&mut held, rest);
    Some(held)
}

/// Adds fields to the extensions of an OpenAPI object in the `utoipa` model.
pub(super) fn extend<T: Extended>(held: &mut T, fields: impl IntoIterator<Item = (String, Value)>) {
    let mut fields = fields.into_iter().peekable();
    if fields.peek().is_some() {
        held.extensions().get_or_insert_default().extend(fields);
    }
}

/// Converts a `$ref` of an OpenAPI document into a reference of the `utoipa` model, and any other object by
/// `held`.
pub(super) fn or_reference<T>(value: &Value, held: impl FnOnce(&Value) -> Option<T>) -> Option<RefOr<T>> {
    match value.get("$ref") {
        Some(_) => exact::<Ref>(value).map(RefOr::Ref),
        None => held(value).map(RefOr::T),
    }
}

/// Converts a schema into the `utoipa` model if the model represents it exactly. Otherwise all keywords become
/// extensions.
pub(super) fn schema(value: &Value) -> Option<RefOr<Schema>> {
    let keywords = match value {
        // The schema `true` allows every value, and the schema `false` allows none.
        Value::Bool(true) => Map::new(),
        Value::Bool(false) => Map::from_iter([("not".to_owned(), Value::Object(Map::new()))]),
        Value::Object(keywords) => match exact(value) {
            Some(exact) => return Some(exact),
            None => keywords.clone(),
        },
        _ => return None,
    };
    let mut object = Object::with_type(SchemaType::AnyValue);
    object.extensions = (!keywords.is_empty()).then(|| keywords.into_iter().collect());
    Some(RefOr::T(Schema::Object(object)))
}
