//! The same groups as people write contracts: every schema says its type, so that generated code
//! itself checks what an interpreter would check of a schema without one.

use serde_json::{Map, Value as Json};

use crate::suite::{Dialect, Group};

/// Keywords that hold one schema.
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

/// Keywords that hold a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "items", "oneOf", "prefixItems"];

/// Keywords that hold schemas by name.
const NAMED: &[&str] = &["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];

/// Which type the keywords speak of.
const TYPES: &[(&str, &[&str])] = &[
    (
        "object",
        &[
            "additionalProperties",
            "dependencies",
            "dependentRequired",
            "dependentSchemas",
            "maxProperties",
            "minProperties",
            "patternProperties",
            "properties",
            "propertyNames",
            "required",
            "unevaluatedProperties",
        ],
    ),
    (
        "array",
        &[
            "additionalItems",
            "contains",
            "items",
            "maxContains",
            "maxItems",
            "minContains",
            "minItems",
            "prefixItems",
            "unevaluatedItems",
            "uniqueItems",
        ],
    ),
    ("string", &["format", "maxLength", "minLength", "pattern"]),
    ("number", &["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"]),
];

/// The groups whose schemas have types to be said. An interpreter, which other people wrote, says
/// what is valid then.
pub fn groups(dialect: Dialect, groups: &[Group]) -> Vec<Group> {
    groups.iter().filter_map(|group| typed(dialect, group)).collect()
}

fn typed(dialect: Dialect, group: &Group) -> Option<Group> {
    let mut typed = group.clone();
    if !say_types(&mut typed.schema) || typed.schema == group.schema {
        return None;
    }
    let draft = match dialect {
        Dialect::Draft4 => jsonschema::Draft::Draft4,
        Dialect::Draft202012 => jsonschema::Draft::Draft202012,
    };
    let options = jsonschema::options().with_draft(draft).should_validate_formats(false);
    let formats = group.file.contains("optional/format");
    // It is asked only where it agrees with the suite.
    let before = options.build(&group.schema).ok()?;
    if !formats && group.tests.iter().any(|test| before.is_valid(&test.data) != test.valid) {
        return None;
    }
    let oracle = options.build(&typed.schema).ok()?;
    for test in &mut typed.tests {
        let fits = oracle.is_valid(&test.data);
        test.valid = if formats { test.valid && fits } else { fits };
    }
    Some(typed)
}

/// Says the type of each schema. False where the keywords of one speak of several.
fn say_types(schema: &mut Json) -> bool {
    let Some(object) = schema.as_object_mut() else { return true };
    let said = ["$ref", "const", "enum", "type"].iter().any(|keyword| object.contains_key(*keyword));
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| object.contains_key(*keyword));
    let meant: Vec<&str> = TYPES.iter().filter(|(_, keywords)| has(keywords)).map(|(name, _)| *name).collect();
    match meant.as_slice() {
        [one] if !said => {
            object.insert("type".to_owned(), Json::from(*one));
        }
        [_, _, ..] if !said => return false,
        _ => {}
    }
    object.iter_mut().all(|(key, value)| match value {
        Json::Array(list) if LIST.contains(&key.as_str()) => list.iter_mut().all(say_types),
        Json::Object(named) if NAMED.contains(&key.as_str()) => values(named).all(say_types),
        Json::Object(_) if ONE.contains(&key.as_str()) => say_types(value),
        _ => true,
    })
}

fn values(named: &mut Map<String, Json>) -> impl Iterator<Item = &mut Json> {
    named.iter_mut().map(|(_, value)| value)
}
