//! The `default` of a schema as Rust code: an expression if the value has one, otherwise JSON text that is parsed.

use serde_json::Value as Json;

use writ_contract::model::SchemaId;
use writ_contract::model::schema::Kind;

use crate::rust::code::literal;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::expr::rule::float;
use crate::rust::mention::contract;
use crate::rust::names::enum_variants::enum_variants;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;
use writ_contract::model::Direction;

/// The `default` of a schema, in the form in which generated code contains it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// The default is an empty list or map, which is the `Default` of its Rust type. Holds the expression of
    /// the empty value.
    Empty(&'static str),
    /// The default is an expression without a computation, such as a literal.
    Constant(String),
    /// The default is an expression that creates the value on each evaluation.
    Expression(String),
    /// The default is JSON text that generated code parses, for objects, unions and typed formats.
    Text(String),
}

/// The default of an empty list.
const EMPTY_LIST: DefaultValue = DefaultValue::Empty("Vec::new()");

/// The default of an empty map.
const EMPTY_MAP: DefaultValue = DefaultValue::Empty("Default::default()");

impl DefaultValue {
    /// Returns an expression for the value in the `Option` named `variable`, or for the default if the `Option`
    /// is `None`. `read` parses a default that is JSON text.
    pub fn take(&self, variable: &str, read: &ReadExpression) -> String {
        match self {
            DefaultValue::Empty(_) => format!("{variable}.unwrap_or_default()"),
            DefaultValue::Constant(value) => format!("{variable}.unwrap_or({value})"),
            DefaultValue::Expression(value) => format!("{variable}.unwrap_or_else(|| {value})"),
            DefaultValue::Text(text) => {
                format!("{variable}.or_else(|| writ_runtime::default_value({}, {}))?", literal(text), read.function())
            }
        }
    }

    /// Returns the Rust expression of the default itself, or `None` if the default is JSON text.
    pub fn expression(&self) -> Option<&str> {
        match self {
            DefaultValue::Empty(value) => Some(value),
            DefaultValue::Constant(value) | DefaultValue::Expression(value) => Some(value),
            DefaultValue::Text(_) => None,
        }
    }

    /// Returns the default wrapped in `Some`, for a field whose value may be null.
    pub fn under_some(&self) -> DefaultValue {
        match self.expression() {
            Some(value) => DefaultValue::Expression(format!("Some({value})")),
            None => self.clone(),
        }
    }
}

/// Returns the `default` of a schema as Rust code. A default of null is treated as absent.
pub fn default_value(plan: &TypePlan<'_>, id: SchemaId, ty: &Ty, direction: Direction) -> Option<DefaultValue> {
    let (value, _) = plan.contract.schemas.nearest(id, |schema| schema.default.clone())?;
    if value.is_null() {
        return None;
    }
    let found = expression(plan, id, ty, &value, direction);
    Some(found.unwrap_or_else(|| DefaultValue::Text(value.to_string())))
}

/// Returns the `default` of a schema as JSON, for documentation.
pub fn default_text(plan: &TypePlan<'_>, id: SchemaId) -> String {
    let found = plan.contract.schemas.nearest(id, |schema| schema.default.clone());
    found.map(|(value, _)| value.to_string().replace('`', "'")).unwrap_or_default()
}

/// Returns the default of a schema as a Rust expression, or `None` if only JSON text can represent it.
fn expression(plan: &TypePlan<'_>, id: SchemaId, ty: &Ty, value: &Json, direction: Direction) -> Option<DefaultValue> {
    let target = plan.contract.schemas.target(id);
    if plan.contract.schemas.get(target).holds_itself || matches!(ty, Ty::Boxed(_)) || plan.custom_type(id).is_some() {
        return None;
    }
    match (plan.contract.schemas.kind(id), value) {
        (Kind::Boolean, Json::Bool(truth)) => Some(DefaultValue::Constant(truth.to_string())),
        (Kind::Integer(shape), Json::Number(number)) => {
            let integer = number
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
            let fits = integer >= shape.min.unwrap_or(low).max(low) && integer <= shape.max.unwrap_or(high).min(high);
            fits.then(|| DefaultValue::Constant(integer.to_string()))
        }
        (Kind::Number(_), Json::Number(number)) => match plan.structure(plan.contract.schemas.target(id), direction) {
            Ty::F32 | Ty::F64 => Some(DefaultValue::Constant(float(number.as_f64()?))),
            _ => None,
        },
        (Kind::String(_), Json::String(text))
            if plan.structure(plan.contract.schemas.target(id), direction) == Ty::String =>
        {
            Some(DefaultValue::Expression(format!("String::from({})", literal(text))))
        }
        (Kind::Strings(names), Json::String(text)) if !names.open => {
            let at = names.values.iter().position(|known| known == text)?;
            let (variants, _) = enum_variants(names);
            let Ty::Named(name) = ty else { return None };
            Some(DefaultValue::Constant(format!("{}::{}", contract(name), variants.get(at)?)))
        }
        (Kind::Array(array), Json::Array(values)) => {
            if values.is_empty() {
                return Some(EMPTY_LIST);
            }
            let element = plan.ty(array.items, direction);
            let all: Option<Vec<DefaultValue>> =
                values.iter().map(|value| expression(plan, array.items, &element, value, direction)).collect();
            let all = all.filter(|_| !plan.is_nullable(array.items))?;
            let list =
                format!("vec![{}]", all.iter().filter_map(DefaultValue::expression).collect::<Vec<_>>().join(", "));
            let constant = all.iter().all(|value| matches!(value, DefaultValue::Constant(_)));
            Some(if constant { DefaultValue::Constant(list) } else { DefaultValue::Expression(list) })
        }
        (Kind::Object(object), Json::Object(values)) if values.is_empty() && object.is_map() => Some(EMPTY_MAP),
        _ => None,
    }
}
