//! The groups of the suite with an explicit `type` in every schema, as contracts usually declare it. Generated
//! code validates such schemas itself; a schema without a type needs an interpreter.

use serde_json::Value as Json;

use crate::subschemas;
use crate::suite::{Dialect, Group};

/// The type that each keyword applies to.
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

/// Returns the groups whose schemas can have explicit types. An independent validator, the crate
/// `jsonschema`, decides which instances are valid then.
pub fn groups(dialect: Dialect, groups: &[Group]) -> Vec<Group> {
    groups.iter().filter_map(|group| typed(dialect, group)).collect()
}

fn typed(dialect: Dialect, group: &Group) -> Option<Group> {
    let mut typed = group.clone();
    if !add_types(&mut typed.schema) || typed.schema == group.schema {
        return None;
    }
    let draft = match dialect {
        Dialect::Draft4 => jsonschema::Draft::Draft4,
        Dialect::Draft202012 => jsonschema::Draft::Draft202012,
    };
    let options = jsonschema::options().with_draft(draft).should_validate_formats(false);
    let formats = group.file.contains("optional/format");
    // The validator decides only for groups on which it agrees with the suite.
    let before = options.build(&group.schema).ok()?;
    if !formats && group.tests.iter().any(|test| before.is_valid(&test.data) != test.valid) {
        return None;
    }
    let validator = options.build(&typed.schema).ok()?;
    for test in &mut typed.tests {
        let valid = validator.is_valid(&test.data);
        test.valid = if formats { test.valid && valid } else { valid };
    }
    Some(typed)
}

/// Adds a `type` to each schema. Returns false if the keywords of a schema apply to several types.
fn add_types(schema: &mut Json) -> bool {
    let Some(object) = schema.as_object_mut() else { return true };
    let declared = ["$ref", "const", "enum", "type"].iter().any(|keyword| object.contains_key(*keyword));
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| object.contains_key(*keyword));
    let types: Vec<&str> = TYPES.iter().filter(|(_, keywords)| has(keywords)).map(|(name, _)| *name).collect();
    match types.as_slice() {
        [one] if !declared => {
            object.insert("type".to_owned(), Json::from(*one));
        }
        [_, _, ..] if !declared => return false,
        _ => {}
    }
    subschemas::steps(schema).iter().all(|steps| subschemas::at_mut(schema, steps).is_none_or(add_types))
}
