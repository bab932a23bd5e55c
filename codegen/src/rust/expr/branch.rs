//! The rules that select the branch of a union which matches a value: its JSON type, its required fields and
//! its constants.

use writ_contract::model::schema::Kind;
use writ_contract::model::{Direction, SchemaId};

use crate::rust::code::literal;
use crate::rust::mention::runtime;
use crate::rust::plan::types::TypePlan;

/// Returns the rule of a union's branch for values of a direction, as an expression of the runtime's `Branch`.
pub fn branch_rule(plan: &TypePlan<'_>, direction: Direction, branch: SchemaId, name: &str) -> String {
    let schemas = &plan.contract.schemas;
    let mut parts = vec![format!("name: {}", literal(name))];
    let kind = schemas.kind(branch);
    let mut types = match kind {
        Kind::Any => None,
        Kind::Null => Some(types_of("NULL")),
        Kind::Boolean => Some(types_of("BOOL")),
        Kind::Integer(_) => Some(types_of("INTEGER")),
        Kind::Number(_) => Some(types_of("NUMBER")),
        Kind::String(_) | Kind::Strings(_) => Some(types_of("STRING")),
        Kind::Array(_) => Some(types_of("ARRAY")),
        Kind::Object(_) => Some(types_of("OBJECT")),
        Kind::Values(_) | Kind::Union(_) | Kind::Alias(_) => None,
    };
    if schemas.nullable(branch)
        && let Some(some) = &mut types
    {
        some.push_str(&format!(".or({})", types_of("NULL")));
    }
    parts.extend(types.map(|types| format!("types: {types}")));
    if let Kind::Object(object) = kind {
        // Properties of the other direction (`readOnly`, `writeOnly`) are ignored, so they decide nothing.
        let listed = object.properties.iter().filter(|property| !schemas.omits(direction, property.schema));
        let required: Vec<String> =
            listed.clone().filter(|property| property.required).map(|property| literal(&property.name)).collect();
        if !required.is_empty() {
            parts.push(format!("required: &[{}]", required.join(", ")));
        }
        let consts: Vec<String> = listed
            .filter_map(|property| {
                constant(plan, property.schema).map(|text| format!("({}, {})", literal(&property.name), literal(&text)))
            })
            .collect();
        if !consts.is_empty() {
            parts.push(format!("consts: &[{}]", consts.join(", ")));
        }
    }
    if parts.len() < 4 {
        parts.push(format!("..{}::NONE", runtime("Branch")));
    }
    format!("{} {{ {} }}", runtime("Branch"), parts.join(", "))
}

/// Returns the path of a constant of the runtime's `Types`, a set of JSON types.
fn types_of(name: &str) -> String {
    format!("{}::{name}", runtime("Types"))
}

/// Returns the JSON text of the only value that a schema allows, or `None` if it allows several.
fn constant(plan: &TypePlan<'_>, id: SchemaId) -> Option<String> {
    if plan.contract.schemas.nullable(id) {
        return None;
    }
    match plan.contract.schemas.kind(id) {
        Kind::Strings(names) if names.values.len() == 1 && !names.open => {
            Some(serde_json::Value::from(names.values[0].as_str()).to_string())
        }
        Kind::Values(values) => match values.as_slice() {
            [one] => Some(one.to_string()),
            _ => None,
        },
        _ => None,
    }
}
