//! The same groups as people write contracts: every schema says its type, so that generated code
//! itself checks what an interpreter would check of a schema without one.

use serde_json::Value as Json;

use crate::subschemas;
use crate::suite::{Dialect, Group};

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
    subschemas::steps(schema).iter().all(|steps| subschemas::at_mut(schema, steps).is_none_or(say_types))
}
