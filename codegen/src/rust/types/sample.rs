//! Sample values: expressions of valid error bodies, with which a new service begins.

use writ_contract::model::schema::{Additional, Format, IntegerShape, Kind, NumberShape, StringShape};
use writ_contract::model::{Direction, SchemaId};

use writ_contract::diagnostic::Diagnostics;

use crate::rust::code::literal;
use crate::rust::expr::rule::float;
use crate::rust::names::enum_variants::enum_variants;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::{TypeKey, TypePlan};
use crate::rust::types::fields::{Presence, fields};

/// The greatest depth of nested values in a sample.
const DEEPEST: usize = 8;

/// Returns the expression of a sample value of an error schema, or `None` if there is none, for example for a custom type.
///
/// The expression calls the generated crate `api`, and may use the variables `problem` and `request_id`.
pub fn sample(plan: &TypePlan<'_>, id: SchemaId) -> Option<String> {
    let named = matches!(plan.element(id, Direction::Outbound), Ty::Named(_));
    named.then(|| value(plan, id, "", DEEPEST))?
}

/// Returns the expression of a sample value for the property `name`.
fn value(plan: &TypePlan<'_>, id: SchemaId, name: &str, depth: usize) -> Option<String> {
    let (target, depth) = (plan.contract.schemas.target(id), depth.checked_sub(1)?);
    if plan.custom_type(id).is_some() || plan.contract.schemas.get(target).holds_itself {
        return None;
    }
    match plan.contract.schemas.kind(id) {
        Kind::Boolean => Some("false".to_owned()),
        Kind::Integer(shape) => Some(integer(shape, name)),
        Kind::Number(shape) => match plan.structure(target, Direction::Outbound) {
            Ty::F32 | Ty::F64 => Some(float(number(shape))),
            _ => Some("Default::default()".to_owned()),
        },
        Kind::String(shape) => string(plan, target, shape, name),
        Kind::Strings(names) => {
            let variants = enum_variants(names).0;
            Some(format!("{}::{}", path(plan, target)?, variants.first()?))
        }
        Kind::Any | Kind::Null | Kind::Values(_) => Some("Default::default()".to_owned()),
        Kind::Array(array) => match usize::try_from(array.min.unwrap_or_default()).ok()? {
            0 => Some("Vec::new()".to_owned()),
            1 if !plan.is_nullable(array.items) => Some(format!("vec![{}]", value(plan, array.items, name, depth)?)),
            _ => None,
        },
        Kind::Object(object) if object.is_map() => Some("Default::default()".to_owned()),
        Kind::Object(object) if plan.page_of(object).is_some() => None,
        Kind::Object(object) => {
            let keeps = matches!(object.additional, Additional::Kept(_));
            structure(plan, plan.key_of(target, Direction::Outbound)?, keeps, depth)
        }
        Kind::Union(union) => {
            let variants = plan.variant_names(target);
            let key = plan.key_of(target, Direction::Outbound)?;
            union.branches.iter().zip(variants).find_map(|(branch, variant)| {
                let plain = !plan.is_nullable(*branch) && !plan.is_boxed(key, *branch, Direction::Outbound);
                let inner = plain.then(|| value(plan, *branch, name, depth))??;
                Some(format!("{}::{variant}({inner})", path(plan, target)?))
            })
        }
        Kind::Alias(_) => None,
    }
}

/// Returns the path of a declared type in the crate `api`.
fn path(plan: &TypePlan<'_>, target: SchemaId) -> Option<String> {
    let name = plan.name_of(plan.key_of(target, Direction::Outbound)?)?;
    Some(format!("api::{name}"))
}

/// Returns the expression of a struct whose required fields have sample values.
fn structure(plan: &TypePlan<'_>, key: TypeKey, keeps: bool, depth: usize) -> Option<String> {
    // A collision of the names of fields is reported where the struct is declared. The undeclared fields of a struct that
    // keeps them have a name that depends on its view, so it has no sample.
    let found = fields(plan, key, &mut Diagnostics::new());
    if keeps {
        return None;
    }
    let mut values = Vec::new();
    for field in found {
        let sample = || value(plan, field.property.schema, &field.property.name, depth);
        let value = match field.presence {
            Presence::Tag => continue,
            Presence::Optional | Presence::RequiredNullable | Presence::DefaultedNullable => "None".to_owned(),
            Presence::Patch => "writ_runtime::Patch::Absent".to_owned(),
            Presence::Required | Presence::Defaulted if field.boxed => format!("Box::new({})", sample()?),
            Presence::Required | Presence::Defaulted => sample()?,
        };
        values.push(format!("{}: {value}", field.name));
    }
    Some(format!("api::{} {{ {} }}", plan.name_of(key)?, values.join(", ")))
}

fn integer(shape: &IntegerShape, name: &str) -> String {
    let (low, high) = shape.width.range();
    let (low, high) = (shape.min.unwrap_or(low).max(low), shape.max.unwrap_or(high).min(high));
    match name.to_ascii_lowercase().contains("status") && low <= 100 && high >= 599 {
        true => "problem.status.as_u16().into()".to_owned(),
        false => 0.clamp(low, high.max(low)).to_string(),
    }
}

fn number(shape: &NumberShape) -> f64 {
    let (low, high) = (shape.min.unwrap_or(f64::MIN), shape.max.unwrap_or(f64::MAX));
    0.0_f64.max(low).min(high)
}

/// Returns the expression of a sample string, which follows from the format of the schema or the name of the property.
fn string(plan: &TypePlan<'_>, target: SchemaId, shape: &StringShape, name: &str) -> Option<String> {
    let text = |text: &str| Some(format!("{}.to_owned()", literal(text)));
    match plan.structure(target, Direction::Outbound) {
        Ty::String => {}
        Ty::DateTime => return Some("writ_runtime::Utc::now()".to_owned()),
        Ty::Date => return Some("writ_runtime::Utc::now().date_naive()".to_owned()),
        Ty::Uuid => return Some("writ_runtime::Uuid::now_v7()".to_owned()),
        _ if matches!(shape.format, Format::Id(_)) => return Some(format!("{}::generate()", path(plan, target)?)),
        _ => return Some("Default::default()".to_owned()),
    }
    match shape.format {
        Format::Uri | Format::UriReference => return text("about:blank"),
        Format::Email => return text("nobody@example.com"),
        Format::Hostname => return text("localhost"),
        Format::Ipv4 => return text("127.0.0.1"),
        Format::Ipv6 => return text("::1"),
        _ => {}
    }
    let name = name.to_ascii_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| name.contains(word));
    Some(match () {
        () if is(&["trace", "tracking", "request", "correlation"]) => "request_id.to_owned()".to_owned(),
        () if is(&["url", "uri", "href", "link"]) => return text("about:blank"),
        () if is(&["code", "type", "kind"]) => "problem.code.clone().into_owned()".to_owned(),
        () if is(&["status"]) => "problem.status.as_str().to_owned()".to_owned(),
        () => "problem.message.clone().into_owned()".to_owned(),
    })
}
