//! `default` as a Rust expression: a literal where the type has one, else text that is read as it.

use serde_json::Value as Json;

use writ_contract::model::SchemaId;
use writ_contract::model::schema::Kind;

use crate::rust::code::literal;
use crate::rust::expr::read::float;
use crate::rust::names::enum_variants::enum_variants;
use crate::rust::plan::types::{Ty, TypePlan};
use crate::rust::uses::Uses;
use writ_contract::model::Direction;

/// The expression of an empty list.
const EMPTY_LIST: &str = "Vec::new()";

/// That of an empty map, which not every file has the name of.
const EMPTY_MAP: &str = "Default::default()";

/// What stands for a value that is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// An expression of the type.
    Literal(String),
    /// JSON text, which is read as the value would have been: objects, unions, typed formats.
    Text(String),
}

impl DefaultValue {
    /// The expression of what an `Option` held or else the default is; `read` reads the type.
    pub fn take(&self, variable: &str, read: &str) -> String {
        match self {
            DefaultValue::Literal(literal) if [EMPTY_LIST, EMPTY_MAP].contains(&literal.as_str()) => {
                format!("{variable}.unwrap_or_default()")
            }
            DefaultValue::Literal(literal) if is_constant(literal) => format!("{variable}.unwrap_or({literal})"),
            DefaultValue::Literal(literal) => format!("{variable}.unwrap_or_else(|| {literal})"),
            DefaultValue::Text(text) => {
                format!("{variable}.or_else(|| writ_runtime::default_value({}, {read}))?", literal(text))
            }
        }
    }
}

/// Whether an expression needs no work, so that `unwrap_or` may take it.
fn is_constant(expression: &str) -> bool {
    !expression.contains('(') || expression.starts_with('-')
}

/// A schema's default, if it has one. Null is none.
pub fn default_value(
    plan: &TypePlan<'_>,
    id: SchemaId,
    ty: &Ty,
    direction: Direction,
    uses: &mut Uses,
) -> Option<DefaultValue> {
    let (value, _) = plan.contract.schemas.nearest(id, |schema| schema.default.clone())?;
    if value.is_null() {
        return None;
    }
    let literal = expression(plan, id, ty, &value, direction, uses).map(DefaultValue::Literal);
    Some(literal.unwrap_or_else(|| DefaultValue::Text(value.to_string())))
}

/// A schema's default as the contract writes it, for a doc comment.
pub fn default_text(plan: &TypePlan<'_>, id: SchemaId) -> String {
    let found = plan.contract.schemas.nearest(id, |schema| schema.default.clone());
    found.map(|(value, _)| value.to_string().replace('`', "'")).unwrap_or_default()
}

fn expression(
    plan: &TypePlan<'_>,
    id: SchemaId,
    ty: &Ty,
    value: &Json,
    direction: Direction,
    uses: &mut Uses,
) -> Option<String> {
    let target = plan.contract.schemas.target(id);
    if plan.contract.schemas.get(target).holds_itself || matches!(ty, Ty::Boxed(_)) || plan.own(id).is_some() {
        return None;
    }
    match (plan.contract.schemas.kind(id), value) {
        (Kind::Boolean, Json::Bool(truth)) => Some(truth.to_string()),
        (Kind::Integer(shape), Json::Number(number)) => {
            let whole = number
                .as_i64()
                .map(i128::from)
                .or_else(|| number.as_u64().map(i128::from))
                .or_else(|| number.as_f64().filter(|value| value.fract() == 0.0).map(|value| value as i128))?;
            let (low, high) = match plan.structure(plan.contract.schemas.target(id), direction) {
                Ty::I32 => (i128::from(i32::MIN), i128::from(i32::MAX)),
                Ty::U32 => (0, i128::from(u32::MAX)),
                Ty::U64 => (0, i128::from(u64::MAX)),
                _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
            };
            let fits = whole >= shape.min.unwrap_or(low).max(low) && whole <= shape.max.unwrap_or(high).min(high);
            fits.then(|| whole.to_string())
        }
        (Kind::Number(_), Json::Number(number)) => match plan.structure(plan.contract.schemas.target(id), direction) {
            Ty::F32 | Ty::F64 => Some(float(number.as_f64()?)),
            _ => None,
        },
        (Kind::String(_), Json::String(text))
            if plan.structure(plan.contract.schemas.target(id), direction) == Ty::String =>
        {
            Some(format!("String::from({})", literal(text)))
        }
        (Kind::Strings(names), Json::String(text)) if !names.open => {
            let at = names.values.iter().position(|known| known == text)?;
            let (variants, _) = enum_variants(names);
            let Ty::Named(name) = ty else { return None };
            uses.contract(name);
            Some(format!("{name}::{}", variants.get(at)?))
        }
        (Kind::Array(array), Json::Array(values)) => {
            if values.is_empty() {
                return Some(EMPTY_LIST.to_owned());
            }
            let element = plan.ty(array.items, direction);
            let all: Option<Vec<String>> =
                values.iter().map(|value| expression(plan, array.items, &element, value, direction, uses)).collect();
            all.filter(|_| !plan.is_nullable(array.items)).map(|all| format!("vec![{}]", all.join(", ")))
        }
        (Kind::Object(object), Json::Object(values)) if values.is_empty() && object.is_map() => {
            Some(EMPTY_MAP.to_owned())
        }
        _ => None,
    }
}
