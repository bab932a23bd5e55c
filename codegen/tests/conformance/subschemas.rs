//! The locations of subschemas in a schema, by the keywords that contain them.

use serde_json::Value as Json;

/// Keywords that contain one schema.
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

/// Keywords that contain a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "items", "oneOf", "prefixItems"];

/// Keywords that contain schemas by name; `dependencies` may contain lists of property names too.
const NAMED: &[&str] = &["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// Returns the steps to each direct subschema. Data in `enum`, `const` and similar keywords, and values of
/// unknown keywords, are not subschemas.
pub fn steps(schema: &Json) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        match value {
            Json::Object(_) if ONE.contains(&key.as_str()) => found.push(vec![key.clone()]),
            Json::Array(list) if LIST.contains(&key.as_str()) => {
                found.extend((0..list.len()).map(|at| vec![key.clone(), at.to_string()]));
            }
            Json::Object(named) if NAMED.contains(&key.as_str()) => {
                found.extend(named.keys().map(|name| vec![key.clone(), name.clone()]));
            }
            _ => {}
        }
    }
    found
}

/// Returns the value at the end of the steps.
pub fn at<'j>(json: &'j Json, steps: &[String]) -> Option<&'j Json> {
    steps.iter().try_fold(json, |json, step| match json {
        Json::Object(object) => object.get(step),
        Json::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Returns the value at the end of the steps for changing it.
pub fn at_mut<'j>(json: &'j mut Json, steps: &[String]) -> Option<&'j mut Json> {
    steps.iter().try_fold(json, |json, step| match json {
        Json::Object(object) => object.get_mut(step),
        Json::Array(list) => list.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })
}
