//! `default`: that it is a value of its schema.

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::{Diagnostic, closest};
use crate::model::SchemaId;
use crate::model::schema::{Additional, Format, Kind, ObjectShape, Schemas, StringShape};

use super::builder::Builder;

/// Why a value is none of a schema, and what was perhaps meant.
pub(super) struct Mismatch {
    pub why: String,
    meant: Option<Json>,
}

impl Builder<'_, '_> {
    /// Takes away every default that is no value of its schema, and says so.
    pub(super) fn check_defaults(&mut self) {
        let ids: Vec<SchemaId> = self.schemas.ids().collect();
        for id in ids {
            let Some((value, span)) = self.schemas.get(id).default.clone() else { continue };
            let Some(Mismatch { why, meant }) = fault(&self.schemas, id, &value) else { continue };
            self.schemas.get_mut(id).default = None;
            if value.is_null() {
                let message = "the default null is not valid for the schema";
                let report = match self.strict {
                    true => self.remark("default-type", span, message),
                    false => Diagnostic::info("default-type", span, message),
                };
                self.report(report.label("treated as no default"));
                continue;
            }
            let label = match self.strict {
                true => "invalid default",
                false => "ignored: the handler sees the value as absent",
            };
            let message = format!("the default is not valid for its schema: {why}");
            let report = self.remark("default-type", span, message).label(label);
            self.report(match meant {
                Some(Json::String(meant)) if value.is_string() => {
                    report.suggest(self.document.sources.inside_quotes(span), meant)
                }
                Some(meant) => report.suggest(span, meant.to_string()),
                None => report.help("correct the default or the schema"),
            });
        }
    }
}

/// How deep a default is held against its schema, and how many steps that may take: unions hold each
/// other, and what goes beyond is left to the reading code.
const DEEPEST: u32 = 64;
const MOST_STEPS: u32 = 20_000;

/// The schemas that a default is held against.
struct Held<'s> {
    schemas: &'s Schemas,
    depth: Cell<u32>,
    steps: Cell<u32>,
}

impl Held<'_> {
    /// One step deeper; none where it went far enough.
    fn deeper<T>(&self, step: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.depth.get() >= DEEPEST || self.steps.get() >= MOST_STEPS {
            return None;
        }
        self.steps.set(self.steps.get() + 1);
        self.depth.set(self.depth.get() + 1);
        let found = step();
        self.depth.set(self.depth.get() - 1);
        found
    }
}

/// What is wrong with a default.
fn fault(schemas: &Schemas, id: SchemaId, value: &Json) -> Option<Mismatch> {
    let held = Held { schemas, depth: Cell::new(0), steps: Cell::new(0) };
    let endless = || brings_itself(&held, id).then(|| because("it contains itself"));
    within(&held, id, value).or_else(endless)
}

/// Whether applying a default applies it again, by way of the fields that it leaves out.
fn brings_itself(held: &Held<'_>, id: SchemaId) -> bool {
    let (mut next, mut met) = (vec![id], HashSet::new());
    while let Some(at) = next.pop() {
        let Some((value, _)) = held.schemas.nearest(at, |schema| schema.default.as_ref()) else { continue };
        let mut applied = Vec::new();
        brought(held, at, value, &mut applied);
        if applied.contains(&id) {
            return true;
        }
        next.extend(applied.into_iter().filter(|one| met.insert(*one)));
    }
    false
}

/// The schemas whose defaults apply where a value is read.
fn brought(held: &Held<'_>, id: SchemaId, value: &Json, applied: &mut Vec<SchemaId>) {
    held.deeper(|| {
        match (held.schemas.kind(id), value) {
            (Kind::Object(object), Json::Object(fields)) => {
                for property in &object.properties {
                    match fields.get(&property.name) {
                        Some(value) => brought(held, property.schema, value, applied),
                        None => applied.push(property.schema),
                    }
                }
            }
            (Kind::Array(array), Json::Array(elements)) => {
                elements.iter().for_each(|element| brought(held, array.items, element, applied));
            }
            (Kind::Union(union), _) => {
                let fitting = union.branches.iter().find(|branch| within(held, **branch, value).is_none());
                fitting.into_iter().for_each(|branch| brought(held, *branch, value, applied));
            }
            _ => {}
        }
        Some(())
    });
}

/// What keeps a value from being one of a schema; nothing where only the reading code could tell.
pub(super) fn mismatch(schemas: &Schemas, id: SchemaId, value: &Json) -> Option<Mismatch> {
    within(&Held { schemas, depth: Cell::new(0), steps: Cell::new(0) }, id, value)
}

fn within(held: &Held<'_>, id: SchemaId, value: &Json) -> Option<Mismatch> {
    held.deeper(|| of_its_kind(held, id, value))
}

fn of_its_kind(held: &Held<'_>, id: SchemaId, value: &Json) -> Option<Mismatch> {
    let schemas = held.schemas;
    if value.is_null() {
        let kind = schemas.kind(id);
        let never = !schemas.nullable(id) && !matches!(kind, Kind::Any | Kind::Null | Kind::Union(_));
        return never.then(|| because("it is null"));
    }
    match (schemas.kind(id), value) {
        (Kind::Any | Kind::Alias(_), _) | (Kind::Boolean, Json::Bool(_)) => None,
        (Kind::Union(union), _) => {
            let fits = |branch: &SchemaId| within(held, *branch, value).is_none();
            (!union.branches.iter().any(fits)).then(|| because("it matches no variant"))
        }
        (Kind::Object(object), Json::Object(fields)) => object_mismatch(held, object, fields),
        (Kind::Number(shape), Json::Number(number)) => {
            let number = number.as_f64()?;
            let low = shape.min.filter(|min| number < *min || (shape.exclusive_min && number == *min));
            let high = shape.max.filter(|max| number > *max || (shape.exclusive_max && number == *max));
            outside(number, low, high)
        }
        (Kind::Integer(shape), Json::Number(number)) => {
            let whole = number.as_f64().filter(|one| one.fract() == 0.0).map(|one| one as i128);
            let Some(whole) = number.as_i128().or(whole) else {
                return Some(because(format!("{number} is not an integer")));
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
                _ => misspelt(shape, text),
            }
        }
        (Kind::Strings(names), Json::String(text)) if names.open || names.values.contains(text) => None,
        (Kind::Strings(names), Json::String(text)) => Some(Mismatch {
            why: format!("`{text}` is not in its enum"),
            meant: closest(text, names.values.iter().map(String::as_str)).map(Json::from),
        }),
        (Kind::Values(values), _) => (!values.contains(value)).then(|| because(format!("{value} is not in its enum"))),
        (Kind::Array(array), Json::Array(elements)) => elements.iter().enumerate().find_map(|(at, element)| {
            let Mismatch { why, .. } = within(held, array.items, element)?;
            Some(because(format!("element {at}: {why}")))
        }),
        (kind, value) => {
            let meant = match (kind, value) {
                (Kind::Integer(_) | Kind::Number(_) | Kind::Boolean, Json::String(text)) => {
                    serde_json::from_str::<Json>(text).ok().filter(|meant| within(held, id, meant).is_none())
                }
                (Kind::String(_), Json::Number(_) | Json::Bool(_)) => Some(Json::String(value.to_string())),
                _ => None,
            };
            let why = format!("{}, not {}", json_word(value), kind_word(kind));
            Some(Mismatch { why, meant })
        }
    }
}

/// What of a text its format or a pattern does not allow.
fn misspelt(shape: &StringShape, text: &str) -> Option<Mismatch> {
    let format = match &shape.format {
        Format::DateTime => "date-time",
        Format::Date => "date",
        Format::Time => "time",
        Format::Duration => "duration",
        Format::Uuid => "uuid",
        Format::Email => "email",
        Format::Uri => "uri",
        Format::UriReference => "uri-reference",
        Format::Hostname => "hostname",
        Format::Ipv4 => "ipv4",
        Format::Ipv6 => "ipv6",
        Format::Plain | Format::Byte | Format::Binary | Format::Decimal | Format::Id(_) => "",
    };
    let options = || jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    let breaks = |schema: Json| options().build(&schema).is_ok_and(|rule| !rule.is_valid(&Json::from(text)));
    if !format.is_empty() && breaks(json!({ "format": format })) {
        return Some(because(format!("{text:?} is not a valid {format}")));
    }
    let broken = shape.patterns.iter().find(|(pattern, _)| breaks(json!({ "pattern": pattern })))?;
    Some(because(format!("it does not match `{}`", broken.0)))
}

/// What keeps the fields of a value from being those of an object.
fn object_mismatch(held: &Held<'_>, object: &ObjectShape, fields: &Map<String, Json>) -> Option<Mismatch> {
    for property in &object.properties {
        let given = fields.get(&property.name);
        let why = match given {
            Some(value) => within(held, property.schema, value),
            None if property.required && !goes_one_way(held.schemas, property.schema) => Some(because("it is missing")),
            None => None,
        };
        if let Some(Mismatch { why, .. }) = why {
            return Some(because(format!("property `{}`: {why}", property.name)));
        }
    }
    let others = fields.iter().filter(|(name, _)| !object.properties.iter().any(|known| known.name == **name));
    for (name, value) in others {
        match object.additional {
            Additional::Ignored => {}
            Additional::Denied => return Some(because(format!("the property `{name}` is not allowed"))),
            Additional::Kept(schema) => {
                if let Some(Mismatch { why, .. }) = within(held, schema, value) {
                    return Some(because(format!("property `{name}`: {why}")));
                }
            }
        }
    }
    None
}

/// Whether requests or responses leave a property out.
fn goes_one_way(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.nearest(id, |schema| (schema.read_only || schema.write_only).then_some(())).is_some()
}

fn because(why: impl Into<String>) -> Mismatch {
    Mismatch { why: why.into(), meant: None }
}

fn outside<T: std::fmt::Display>(value: T, low: Option<T>, high: Option<T>) -> Option<Mismatch> {
    match (low, high) {
        (Some(low), _) => Some(because(format!("{value} is less than the minimum, {low}"))),
        (_, Some(high)) => Some(because(format!("{value} is greater than the maximum, {high}"))),
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
        Kind::Any | Kind::Union(_) | Kind::Alias(_) | Kind::Values(_) => "a value of the schema",
    }
}
