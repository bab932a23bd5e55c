//! `default`: that it is a value of its schema.

use serde_json::Value as Json;

use crate::contract::SchemaId;
use crate::contract::schema::{Kind, Schemas};
use crate::diagnostic::Diagnostic;

use super::Lowering;

impl Lowering<'_, '_> {
    /// Takes away every default that is no value of its schema, and says so.
    pub(super) fn check_defaults(&mut self) {
        let ids: Vec<SchemaId> = self.schemas.ids().collect();
        for id in ids {
            let Some((value, span)) = self.schemas.get(id).default.clone() else { continue };
            let Some(why) = mismatch(&self.schemas, id, &value) else { continue };
            self.schemas.get_mut(id).default = None;
            let report = match value.is_null() {
                true => Diagnostic::info("default-type", span, "null is no value of this schema")
                    .label("the same as no default"),
                false => self
                    .remark("default-type", span, format!("the default is no value of its schema: {why}"))
                    .label("left out: the handler is told of absence instead"),
            };
            self.report(report);
        }
    }
}

/// Why a value is none of a schema; nothing where only the reading code could tell.
fn mismatch(schemas: &Schemas, id: SchemaId, value: &Json) -> Option<String> {
    if value.is_null() {
        let kind = schemas.kind(id);
        let never = !schemas.nullable(id) && !matches!(kind, Kind::Any | Kind::Null | Kind::Union(_));
        return never.then(|| "it is null".to_owned());
    }
    match (schemas.kind(id), value) {
        (Kind::Any | Kind::Union(_) | Kind::Alias(_), _)
        | (Kind::Boolean, Json::Bool(_))
        | (Kind::Object(_), Json::Object(_)) => None,
        (Kind::Number(shape), Json::Number(number)) => {
            let number = number.as_f64()?;
            let below = shape.min.is_some_and(|min| number < min || (shape.exclusive_min && number == min));
            let above = shape.max.is_some_and(|max| number > max || (shape.exclusive_max && number == max));
            outside(below, above, number)
        }
        (Kind::Integer(shape), Json::Number(number)) => match number
            .as_i128()
            .or_else(|| number.as_f64().filter(|one| one.fract() == 0.0).map(|one| one as i128))
        {
            None => Some(format!("{number} is not whole")),
            Some(whole) => {
                let (low, high) = shape.width.range();
                outside(whole < shape.min.unwrap_or(low).max(low), whole > shape.max.unwrap_or(high).min(high), whole)
            }
        },
        (Kind::String(shape), Json::String(text)) => {
            let count = text.chars().count() as u64;
            match (shape.min, shape.max) {
                (Some(min), _) if count < min => Some(format!("it is shorter than {min}")),
                (_, Some(max)) if count > max => Some(format!("it is longer than {max}")),
                _ => None,
            }
        }
        (Kind::Strings(names), Json::String(text)) => {
            (!names.open && !names.values.contains(text)).then(|| format!("`{text}` is not one of its enum"))
        }
        (Kind::Values(values), _) => (!values.contains(value)).then(|| format!("{value} is not one of its enum")),
        (Kind::Array(array), Json::Array(elements)) => elements
            .iter()
            .find_map(|element| mismatch(schemas, array.items, element).map(|why| format!("of an element, {why}"))),
        (kind, value) => Some(format!("it is {}, not {}", json_word(value), kind_word(kind))),
    }
}

fn outside(below: bool, above: bool, value: impl std::fmt::Display) -> Option<String> {
    match (below, above) {
        (true, _) => Some(format!("{value} is below the least")),
        (_, true) => Some(format!("{value} is above the greatest")),
        _ => None,
    }
}

fn json_word(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a boolean",
        Kind::Integer(_) => "an integer",
        Kind::Number(_) => "a number",
        Kind::String(_) | Kind::Strings(_) => "a string",
        Kind::Array(_) => "an array",
        Kind::Object(_) => "an object",
        Kind::Null => "null",
        Kind::Any | Kind::Union(_) | Kind::Alias(_) | Kind::Values(_) => "a value of it",
    }
}
