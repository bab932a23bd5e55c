//! `default`: that it is a value of its schema.

use serde_json::Value as Json;

use crate::contract::SchemaId;
use crate::contract::schema::{Kind, Schemas};
use crate::diagnostic::{Diagnostic, closest};

use super::Lowering;

/// Why a value is none of a schema, and what was perhaps meant.
struct Mismatch {
    why: String,
    meant: Option<Json>,
}

impl Lowering<'_, '_> {
    /// Takes away every default that is no value of its schema, and says so.
    pub(super) fn check_defaults(&mut self) {
        let ids: Vec<SchemaId> = self.schemas.ids().collect();
        for id in ids {
            let Some((value, span)) = self.schemas.get(id).default.clone() else { continue };
            let Some(Mismatch { why, meant }) = mismatch(&self.schemas, id, &value) else { continue };
            self.schemas.get_mut(id).default = None;
            if value.is_null() {
                self.report(
                    Diagnostic::info("default-type", span, "null is no value of this schema")
                        .label("the same as no default"),
                );
                continue;
            }
            let label = match self.strict {
                true => "cannot be used",
                false => "left out: the handler is told of absence instead",
            };
            let message = format!("this default is no value of its schema: {why}");
            let report = self.remark("default-type", span, message).label(label);
            self.report(match meant {
                Some(Json::String(meant)) if value.is_string() => {
                    report.suggest(self.document.sources.inside_quotes(span), meant)
                }
                Some(meant) => report.suggest(span, meant.to_string()),
                None => report,
            });
        }
    }
}

/// What keeps a value from being one of a schema; nothing where only the reading code could tell.
fn mismatch(schemas: &Schemas, id: SchemaId, value: &Json) -> Option<Mismatch> {
    if value.is_null() {
        let kind = schemas.kind(id);
        let never = !schemas.nullable(id) && !matches!(kind, Kind::Any | Kind::Null | Kind::Union(_));
        return never.then(|| because("it is null"));
    }
    match (schemas.kind(id), value) {
        (Kind::Any | Kind::Union(_) | Kind::Alias(_), _)
        | (Kind::Boolean, Json::Bool(_))
        | (Kind::Object(_), Json::Object(_)) => None,
        (Kind::Number(shape), Json::Number(number)) => {
            let number = number.as_f64()?;
            let low = shape.min.filter(|min| number < *min || (shape.exclusive_min && number == *min));
            let high = shape.max.filter(|max| number > *max || (shape.exclusive_max && number == *max));
            outside(number, low, high)
        }
        (Kind::Integer(shape), Json::Number(number)) => {
            let whole = number.as_f64().filter(|one| one.fract() == 0.0).map(|one| one as i128);
            let Some(whole) = number.as_i128().or(whole) else {
                return Some(because(format!("{number} is not whole")));
            };
            let (least, most) = shape.width.range();
            let low = shape.min.unwrap_or(least).max(least);
            let high = shape.max.unwrap_or(most).min(most);
            outside(whole, Some(low).filter(|low| whole < *low), Some(high).filter(|high| whole > *high))
        }
        (Kind::String(shape), Json::String(text)) => {
            let count = text.chars().count() as u64;
            match (shape.min, shape.max) {
                (Some(min), _) if count < min => Some(because(format!("shorter than {min} characters"))),
                (_, Some(max)) if count > max => Some(because(format!("longer than {max} characters"))),
                _ => None,
            }
        }
        (Kind::Strings(names), Json::String(text)) if names.open || names.values.contains(text) => None,
        (Kind::Strings(names), Json::String(text)) => Some(Mismatch {
            why: format!("`{text}` is not in its enum"),
            meant: closest(text, names.values.iter().map(String::as_str)).map(Json::from),
        }),
        (Kind::Values(values), _) => (!values.contains(value)).then(|| because(format!("{value} is not in its enum"))),
        (Kind::Array(array), Json::Array(elements)) => elements.iter().enumerate().find_map(|(at, element)| {
            let Mismatch { why, .. } = mismatch(schemas, array.items, element)?;
            Some(because(format!("its element {at} is {why}")))
        }),
        (kind, value) => {
            let meant = match (kind, value) {
                (Kind::Integer(_) | Kind::Number(_) | Kind::Boolean, Json::String(text)) => {
                    serde_json::from_str::<Json>(text).ok().filter(|meant| mismatch(schemas, id, meant).is_none())
                }
                (Kind::String(_), Json::Number(_) | Json::Bool(_)) => Some(Json::String(value.to_string())),
                _ => None,
            };
            let why = format!("{}, not {}", json_word(value), kind_word(kind));
            Some(Mismatch { why, meant })
        }
    }
}

fn because(why: impl Into<String>) -> Mismatch {
    Mismatch { why: why.into(), meant: None }
}

fn outside<T: std::fmt::Display>(value: T, low: Option<T>, high: Option<T>) -> Option<Mismatch> {
    match (low, high) {
        (Some(low), _) => Some(because(format!("{value} is below the least, {low}"))),
        (_, Some(high)) => Some(because(format!("{value} is above the greatest, {high}"))),
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
