//! Schemas as plain JSON Schema, for the JSON Schema interpreter: without keywords of OpenAPI, and without demands on
//! the properties that the direction of the values omits (`readOnly`, `writeOnly`).

use std::collections::HashMap;

use serde_json::{Map, Value as Json, json};

use crate::document::{Node, Version};
use crate::model::direction::Direction;
use crate::source::Span;

use super::builder::Builder;
use super::node_fields::{elements, entries, truth};

/// The keywords of JSON Schema whose value is one subschema.
const ONE: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// The keywords of JSON Schema whose value is a list of subschemas.
const LIST: &[&str] = &["allOf", "anyOf", "items", "oneOf", "prefixItems"];

/// The keywords of JSON Schema whose value is a map from names to subschemas.
const NAMED: &[&str] = &["dependencies", "dependentSchemas", "patternProperties", "properties"];

/// The keywords of JSON Schema that are copied unchanged into a schema for the JSON Schema interpreter.
const PLAIN: &[&str] = &[
    "const",
    "dependentRequired",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "required",
    "type",
    "uniqueItems",
];

/// The keywords of JSON Schema whose subschemas apply to the value itself, not to a part of it.
const IN_PLACE: &[&str] = &["allOf", "anyOf", "dependencies", "dependentSchemas", "else", "oneOf", "then"];

/// The keywords of JSON Schema whose subschemas must not match for the value to be valid, or only choose others.
const NEGATED: &[&str] = &["if", "not"];

/// The names of the properties that are ignored in a value; `None` where no demand on properties may be relaxed.
pub(super) type Omitted<'d> = Option<Vec<&'d str>>;

/// The schemas that a schema for the JSON Schema interpreter refers to, in order of discovery. Each is named by
/// its number in this order.
pub(super) struct Definitions<'d> {
    /// The direction of the values that the interpreter checks.
    direction: Direction,
    numbers: HashMap<(Span, Omitted<'d>), usize>,
    pub(super) nodes: Vec<(&'d Node, Omitted<'d>)>,
    /// True if a schema has properties that one of the two directions omits.
    pub(super) directed: bool,
}

impl<'d> Definitions<'d> {
    pub(super) fn new(direction: Direction) -> Definitions<'d> {
        Definitions { direction, numbers: HashMap::new(), nodes: Vec::new(), directed: false }
    }
}

impl<'d> Builder<'d, '_> {
    /// Adds the names of the properties that objects of a schema omit in the direction of the values.
    pub(super) fn add_omitted(
        &mut self,
        node: &'d Node,
        omitted: &mut Vec<&'d str>,
        definitions: &mut Definitions<'d>,
    ) {
        let own = self.omitted_names(definitions.direction, node);
        let other = self.omitted_names(definitions.direction.opposite(), node);
        definitions.directed |= !own.is_empty() || !other.is_empty();
        omitted.extend(own);
        omitted.sort_unstable();
        omitted.dedup();
    }

    /// Returns a schema node as plain JSON Schema: without keywords of OpenAPI, and with `$ref`s into `definitions`.
    ///
    /// `around` contains the names of the properties that are ignored in the value, since another schema of the value
    /// declares them for the other direction.
    pub(super) fn plain(&mut self, node: &'d Node, around: &Omitted<'d>, definitions: &mut Definitions<'d>) -> Json {
        let Some(object) = node.as_object() else { return Json::Bool(node.as_bool() != Some(false)) };
        let mut omitted = around.clone();
        if let Some(names) = &mut omitted {
            self.add_omitted(node, names, definitions);
        }
        let within = Some(Vec::new()).filter(|_| omitted.is_some());
        let mut plain = Map::new();
        if object.contains_key("$ref") {
            let target = match self.follow_schema(node) {
                Some(target) => target,
                None => return Json::Bool(true),
            };
            let reference = json!({ "$ref": definition(target, &omitted, definitions) });
            if self.version() == Version::V30 || object.len() == 1 {
                return if truth(node, "nullable") { or_null(reference) } else { reference };
            }
            plain.insert("allOf".to_owned(), json!([reference]));
        }
        for (key, value) in entries(Some(node)) {
            let name = key.as_str();
            let lifted = match name {
                "enum" => self.is_open_enum(node),
                "additionalProperties" => value.as_bool() == Some(false) && !self.is_closed(node),
                _ => false,
            };
            if lifted {
                continue;
            }
            let around = match name {
                _ if IN_PLACE.contains(&name) => &omitted,
                _ if NEGATED.contains(&name) => &None,
                _ => &within,
            };
            if ONE.contains(&name) && value.as_array().is_none() {
                let schema = self.plain(value, around, definitions);
                plain.insert(key.clone(), schema);
            } else if LIST.contains(&name) {
                let list: Vec<Json> =
                    elements(Some(value)).iter().map(|one| self.plain(one, around, definitions)).collect();
                match plain.get_mut(name).and_then(Json::as_array_mut) {
                    Some(known) => known.extend(list),
                    None => {
                        // JSON Schema 2020-12 has no list in `items`, so it is read as `prefixItems`.
                        let prefix = name == "items" && self.version() != Version::V30;
                        plain.insert(if prefix { "prefixItems".to_owned() } else { key.clone() }, Json::Array(list));
                    }
                }
            } else if NAMED.contains(&name) {
                let named: Map<String, Json> = entries(Some(value))
                    .map(|(name, one)| {
                        let schema =
                            if one.as_array().is_some() { one.to_json() } else { self.plain(one, around, definitions) };
                        (name.clone(), schema)
                    })
                    .collect();
                plain.insert(key.clone(), Json::Object(named));
            } else if name == "format" {
                // The interpreter checks only the formats that generated code checks.
                let checked = value.as_str().filter(|_| self.check_formats);
                let checked = checked.filter(|name| !self.is_plain_format(name, value.span)).and_then(checked_format);
                plain.extend(checked.map(|format| (key.clone(), Json::from(format))));
            } else if name == "$dynamicRef" {
                self.dynamic_reference(node, value);
            } else if PLAIN.contains(&name) {
                plain.insert(key.clone(), value.to_json());
            }
        }
        relax(&mut plain, omitted.as_deref().unwrap_or_default());
        match truth(node, "nullable") {
            true => admit_null(plain),
            false => Json::Object(plain),
        }
    }
}

/// Returns the reference to a definition in a schema for the JSON Schema interpreter, and adds the definition at its
/// first use.
fn definition<'d>(target: &'d Node, omitted: &Omitted<'d>, definitions: &mut Definitions<'d>) -> String {
    let nodes = &mut definitions.nodes;
    let at = *definitions.numbers.entry((target.span, omitted.clone())).or_insert_with(|| {
        nodes.push((target, omitted.clone()));
        nodes.len() - 1
    });
    format!("#/definitions/d{at}")
}

/// Removes all demands on properties that are ignored in a value: they are neither required nor rejected, and have
/// any value.
fn relax(schema: &mut Map<String, Json>, omitted: &[&str]) {
    if omitted.is_empty() {
        return;
    }
    let is_omitted = |name: &str| omitted.contains(&name);
    if let Some(required) = schema.get_mut("required").and_then(Json::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(is_omitted));
        // Draft 4 has no empty `required`.
        if required.is_empty() {
            schema.remove("required");
        }
    }
    if let Some(dependent) = schema.get_mut("dependentRequired").and_then(Json::as_object_mut) {
        dependent.retain(|name, _| !is_omitted(name));
        for names in dependent.values_mut().filter_map(Json::as_array_mut) {
            names.retain(|name| !name.as_str().is_some_and(is_omitted));
        }
    }
    let closed = ["additionalProperties", "unevaluatedProperties"].iter().any(|keyword| schema.contains_key(*keyword));
    if closed {
        schema.entry("properties").or_insert_with(|| json!({}));
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) {
        for name in omitted.iter().filter(|name| closed || properties.contains_key(**name)).collect::<Vec<_>>() {
            properties.insert((*name).to_string(), json!({}));
        }
    }
}

/// Returns the runtime's name for a string format that the runtime checks; `None` for other formats.
pub(super) fn checked_format(name: &str) -> Option<&str> {
    match name {
        "datetime" => Some("date-time"),
        "url" => Some("uri"),
        "date-time" | "date" | "time" | "duration" | "uuid" | "email" | "uri" | "uri-reference" | "hostname"
        | "ipv4" | "ipv6" | "byte" => Some(name),
        _ => None,
    }
}

/// Makes null a valid value of a schema for the JSON Schema interpreter, because of `nullable: true` in OpenAPI 3.0.
fn admit_null(mut schema: Map<String, Json>) -> Json {
    if ["allOf", "anyOf", "oneOf"].iter().any(|keyword| schema.contains_key(*keyword)) {
        return or_null(Json::Object(schema));
    }
    if let Some(kind) = schema.get_mut("type")
        && kind.is_string()
    {
        *kind = json!([kind.take(), "null"]);
    }
    if let Some(values) = schema.get_mut("enum").and_then(Json::as_array_mut)
        && !values.contains(&Json::Null)
    {
        values.push(Json::Null);
    }
    Json::Object(schema)
}

/// Returns a schema for the JSON Schema interpreter that allows the values of another one, and null.
fn or_null(schema: Json) -> Json {
    json!({ "anyOf": [schema, { "enum": [null] }] })
}
