//! The check of `default`: the value must be valid against its schema, and must not contain itself.

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::closest;
use crate::document::Decimal;
use crate::model::SchemaId;
use crate::model::schema::{Additional, Format, Kind, NumberShape, ObjectShape, Schemas, StringShape};

/// The reason why a value is not valid against a schema, and the value that was probably intended.
pub(super) struct Mismatch {
    /// The reason why a value is not valid, in words that follow a colon in a message, such as: it is missing.
    pub why: String,
    /// The value that was probably intended instead of an invalid default.
    pub intended: Option<Json>,
}

/// The deepest level of nested values to which a default is checked against its schema. The limit is needed
/// since unions can contain each other; generated code checks deeper values.
const DEEPEST: u32 = 64;

/// The largest number of steps that the check of one default may take.
const MOST_STEPS: u32 = 20_000;

/// The schemas that a default is checked against, and the progress of the check towards its limits.
struct Held<'s> {
    schemas: &'s Schemas,
    depth: Cell<u32>,
    steps: Cell<u32>,
}

impl Held<'_> {
    /// Runs the check of a default one level deeper; returns `None` if a limit of the check is reached.
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

/// Returns the reason why the default of a schema cannot be used; `None` if it can.
pub(super) fn fault(schemas: &Schemas, id: SchemaId, value: &Json) -> Option<Mismatch> {
    let held = Held { schemas, depth: Cell::new(0), steps: Cell::new(0) };
    let endless =
        || contains_itself(&held, id).then(|| because("it leads back to itself through the defaults of properties"));
    within(&held, id, value).or_else(endless)
}

/// Returns true if the default of a schema contains itself: it omits a property whose default leads back to it.
fn contains_itself(held: &Held<'_>, id: SchemaId) -> bool {
    let (mut next, mut visited) = (vec![id], HashSet::new());
    while let Some(at) = next.pop() {
        let Some((value, _)) = held.schemas.nearest(at, |schema| schema.default.as_ref()) else { continue };
        let mut applied = Vec::new();
        collect_applied(held, at, value, &mut applied);
        if applied.contains(&id) {
            return true;
        }
        next.extend(applied.into_iter().filter(|one| visited.insert(*one)));
    }
    false
}

/// Collects the schemas whose defaults apply when a value is read: those of properties that the value omits.
fn collect_applied(held: &Held<'_>, id: SchemaId, value: &Json, applied: &mut Vec<SchemaId>) {
    held.deeper(|| {
        match (held.schemas.kind(id), value) {
            (Kind::Object(object), Json::Object(fields)) => {
                for property in &object.properties {
                    match fields.get(&property.name) {
                        Some(value) => collect_applied(held, property.schema, value, applied),
                        None => applied.push(property.schema),
                    }
                }
            }
            (Kind::Array(array), Json::Array(elements)) => {
                elements.iter().for_each(|element| collect_applied(held, array.items, element, applied));
            }
            (Kind::Union(union), _) => {
                let fitting = union.branches.iter().find(|branch| within(held, **branch, value).is_none());
                fitting.into_iter().for_each(|branch| collect_applied(held, *branch, value, applied));
            }
            _ => {}
        }
        Some(())
    });
}

/// Returns the reason why a default or example is not valid against a schema.
///
/// Returns `None` also if only the generated code can decide.
pub(super) fn mismatch(schemas: &Schemas, id: SchemaId, value: &Json) -> Option<Mismatch> {
    within(&Held { schemas, depth: Cell::new(0), steps: Cell::new(0) }, id, value)
}

fn within(held: &Held<'_>, id: SchemaId, value: &Json) -> Option<Mismatch> {
    held.deeper(|| kind_mismatch(held, id, value))
}

fn kind_mismatch(held: &Held<'_>, id: SchemaId, value: &Json) -> Option<Mismatch> {
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
        (Kind::Number(shape), Json::Number(number)) => number_mismatch(shape, number),
        (Kind::Integer(shape), Json::Number(number)) => {
            let whole = number.as_f64().filter(|one| one.fract() == 0.0).map(|one| one as i128);
            let Some(whole) = number.as_i128().or(whole) else {
                return Some(because(format!("{number} is not an integer")));
            };
            let (least, most) = shape.width.range();
            let low = shape.min.unwrap_or(least).max(least);
            let high = shape.max.unwrap_or(most).min(most);
            let step = shape.multiple_of.filter(|step| whole % step != 0);
            outside(whole, Some(low).filter(|low| whole < *low), Some(high).filter(|high| whole > *high))
                .or_else(|| Some(because(format!("{whole} is not a multiple of {}", step?))))
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
            intended: closest(text, names.values.iter().map(String::as_str)).map(Json::from),
        }),
        (Kind::Values(values), _) => (!values.contains(value)).then(|| because(format!("{value} is not in its enum"))),
        (Kind::Array(array), Json::Array(elements)) => elements.iter().enumerate().find_map(|(at, element)| {
            let Mismatch { why, .. } = within(held, array.items, element)?;
            Some(because(format!("element {at}: {why}")))
        }),
        (kind, value) => {
            let intended = match (kind, value) {
                (Kind::Integer(_) | Kind::Number(_) | Kind::Boolean, Json::String(text)) => {
                    serde_json::from_str::<Json>(text).ok().filter(|intended| within(held, id, intended).is_none())
                }
                _ => None,
            };
            let why = format!("{}, not {}", json_word(value), kind_word(kind));
            Some(Mismatch { why, intended })
        }
    }
}

/// Returns the reason why a number is not valid against a number schema. All numbers are compared as decimals.
fn number_mismatch(shape: &NumberShape, number: &serde_json::Number) -> Option<Mismatch> {
    let value = Decimal::parse(&number.to_string())?;
    let exact = |float: f64, written: &Option<String>| {
        let text = written.clone().unwrap_or_else(|| format!("{float:e}"));
        Some((Decimal::parse(&text)?, written.clone().unwrap_or_else(|| float.to_string())))
    };
    let low = shape.min.and_then(|min| exact(min, &shape.written.min)).filter(|(min, _)| {
        let order = value.compare(min);
        order.is_lt() || (shape.exclusive_min && order.is_eq())
    });
    let high = shape.max.and_then(|max| exact(max, &shape.written.max)).filter(|(max, _)| {
        let order = value.compare(max);
        order.is_gt() || (shape.exclusive_max && order.is_eq())
    });
    let step = shape.multiple_of.and_then(|step| exact(step, &shape.written.multiple_of));
    let step = step.filter(|(step, _)| !value.is_multiple_of(step));
    let reason = match (low, high) {
        (Some((_, low)), _) if shape.exclusive_min => Some(because(format!("{number} is not greater than {low}"))),
        (_, Some((_, high))) if shape.exclusive_max => Some(because(format!("{number} is not less than {high}"))),
        (low, high) => outside(number.to_string(), low.map(|(_, text)| text), high.map(|(_, text)| text)),
    };
    reason.or_else(|| Some(because(format!("{number} is not a multiple of {}", step?.1))))
}

/// Returns the reason why a string does not match the format or patterns of its schema.
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
        Format::Plain | Format::Moment | Format::Byte | Format::Binary | Format::Decimal | Format::Id(_) => "",
    };
    let options = || jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
    let breaks = |schema: Json| options().build(&schema).is_ok_and(|rule| !rule.is_valid(&Json::from(text)));
    if !format.is_empty() && breaks(json!({ "format": format })) {
        return Some(because(format!("{text:?} is not a valid {format}")));
    }
    let broken = shape.patterns.iter().find(|(pattern, _)| breaks(json!({ "pattern": pattern })))?;
    Some(because(format!("it does not match `{}`", broken.0)))
}

/// Returns the reason why the properties of a JSON object are not valid against an object schema.
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

/// Returns true if requests or responses omit a property (`readOnly`, `writeOnly`).
fn goes_one_way(schemas: &Schemas, id: SchemaId) -> bool {
    schemas.nearest(id, |schema| (schema.read_only || schema.write_only).then_some(())).is_some()
}

fn because(why: impl Into<String>) -> Mismatch {
    Mismatch { why: why.into(), intended: None }
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

/// Returns the noun of a kind of schema with its article, for messages.
pub(super) fn kind_word(kind: &Kind) -> &'static str {
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
