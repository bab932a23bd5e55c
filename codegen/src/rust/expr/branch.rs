//! What decides whether a value can be meant for a branch of a union: its type, required fields, constants.

use writ_contract::model::SchemaId;
use writ_contract::model::schema::Kind;

use crate::rust::code::literal;
use crate::rust::plan::types::TypePlan;
use crate::rust::plan::usage::is_read_only;

/// The `Branch` of one branch.
pub fn rule(plan: &TypePlan<'_>, branch: SchemaId, name: &str) -> String {
    let schemas = &plan.contract.schemas;
    let mut parts = vec![format!("name: {}", literal(name))];
    let kind = schemas.kind(branch);
    let mut types = match kind {
        Kind::Any => None,
        Kind::Null => Some("Types::NULL".to_owned()),
        Kind::Boolean => Some("Types::BOOL".to_owned()),
        Kind::Integer(_) => Some("Types::INTEGER".to_owned()),
        Kind::Number(_) => Some("Types::NUMBER".to_owned()),
        Kind::String(_) | Kind::Strings(_) => Some("Types::STRING".to_owned()),
        Kind::Array(_) => Some("Types::ARRAY".to_owned()),
        Kind::Object(_) => Some("Types::OBJECT".to_owned()),
        Kind::Values(_) | Kind::Union(_) | Kind::Alias(_) => None,
    };
    if schemas.nullable(branch)
        && let Some(some) = &mut types
    {
        some.push_str(".or(Types::NULL)");
    }
    parts.extend(types.map(|types| format!("types: {types}")));
    if let Kind::Object(object) = kind {
        let listed = object
            .properties
            .iter()
            .filter(|property| property.required && !is_read_only(plan.contract, property.schema));
        let required: Vec<String> = listed.clone().map(|property| literal(&property.name)).collect();
        if !required.is_empty() {
            parts.push(format!("required: &[{}]", required.join(", ")));
        }
        let consts: Vec<String> = object
            .properties
            .iter()
            .filter_map(|property| {
                constant(plan, property.schema).map(|text| format!("({}, {})", literal(&property.name), literal(&text)))
            })
            .collect();
        if !consts.is_empty() {
            parts.push(format!("consts: &[{}]", consts.join(", ")));
        }
    }
    if parts.len() < 4 {
        parts.push("..Branch::NONE".to_owned());
    }
    format!("Branch {{ {} }}", parts.join(", "))
}

/// The JSON text of the only value of a schema, if it has only one.
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
