//! Unions in an error schema: whether a filled branch may be valid for another branch as well.

use serde_json::Value as Json;

use super::template::{ErrorMember, ErrorValue};
use crate::model::schema::{Additional, Kind, SchemaId, Schemas, UnionShape};

/// The maximum number of schemas that the comparison with the other branches visits.
const MOST_VISITED: usize = 1024;

/// Returns true if the value of a branch may satisfy another branch of a union that allows exactly one (`oneOf`).
pub(super) fn is_ambiguous(schemas: &Schemas, union: &UnionShape, index: usize, value: &ErrorValue) -> bool {
    let mut left = MOST_VISITED;
    union.exactly_one
        && union.discriminator.is_none()
        && union
            .branches
            .iter()
            .enumerate()
            .any(|(other, branch)| other != index && may_fit(schemas, *branch, value, &mut left))
}

/// Returns true if a filled value may be valid for a schema.
///
/// Counts the visited schemas down in `left`, and returns true if there are too many.
fn may_fit(schemas: &Schemas, schema: SchemaId, value: &ErrorValue, left: &mut usize) -> bool {
    *left = left.saturating_sub(1);
    if *left == 0 {
        return true;
    }
    match (schemas.kind(schema), value) {
        (Kind::Any, _) => true,
        (Kind::Object(object), ErrorValue::Object(members)) => {
            let named = |name: &str| members.iter().find(|member| member.name == name);
            object.properties.iter().all(|property| match named(&property.name) {
                Some(ErrorMember { value, .. }) => may_fit(schemas, property.schema, value, left),
                None => !property.required,
            }) && (object.additional != Additional::Denied
                || members.iter().all(|member| object.properties.iter().any(|property| property.name == member.name)))
        }
        (Kind::Object(object), ErrorValue::MessageByField | ErrorValue::MessagesByField) => {
            object.properties.iter().all(|property| !property.required)
        }
        (Kind::Array(_), ErrorValue::List(_) | ErrorValue::Steps) => true,
        (Kind::String(_), ErrorValue::Text(..)) => true,
        (Kind::String(_), ErrorValue::Choice(choice)) => choice.strings,
        (Kind::Strings(shape), ErrorValue::Constant(Json::String(text))) => shape.open || shape.values.contains(text),
        (Kind::Strings(shape), ErrorValue::Choice(choice)) => {
            shape.open || shape.values.iter().any(|value| choice.values.contains(value))
        }
        (Kind::Strings(shape), ErrorValue::Text(..)) => shape.open,
        (Kind::String(_), ErrorValue::Constant(constant)) => constant.is_string(),
        (Kind::Integer(_) | Kind::Number(_), ErrorValue::Status | ErrorValue::Seconds | ErrorValue::Milliseconds) => {
            true
        }
        (Kind::Values(values), ErrorValue::Constant(constant)) => values.contains(constant),
        (Kind::Values(values), ErrorValue::Status) => values.iter().any(Json::is_number),
        (Kind::Boolean, ErrorValue::Constant(constant)) => constant.is_boolean(),
        (Kind::Integer(_) | Kind::Number(_), ErrorValue::Constant(constant)) => constant.is_number(),
        (Kind::Array(_), ErrorValue::Constant(constant)) => constant.is_array(),
        (Kind::Null, ErrorValue::Constant(constant)) => constant.is_null(),
        (Kind::Union(union), value) => union.branches.iter().any(|branch| may_fit(schemas, *branch, value, left)),
        (_, ErrorValue::Constant(constant)) if constant.is_null() => schemas.nullable(schema),
        _ => false,
    }
}
