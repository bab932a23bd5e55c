//! What the variants of a union are called: as the contract calls the branch, else by what sets it apart.

use crate::contract::SchemaId;
use crate::contract::schema::{Additional, Format, Kind, ObjectShape, Schemas};

use super::ident::type_name;
use super::names::distinct;
use super::types::is_map;

/// The names of a union's variants in the order of its branches, and whether a number tells two apart.
pub fn variant_names(schemas: &Schemas, id: SchemaId) -> (Vec<String>, bool) {
    let Kind::Union(union) = &schemas.get(id).kind else { return (Vec::new(), false) };
    let own = schemas.get(id).component.as_deref().map(type_name).unwrap_or_default();
    let named =
        |branch: SchemaId| schemas.nearest(branch, |schema| schema.component.clone().or_else(|| schema.title.clone()));
    let raw: Vec<String> = union
        .branches
        .iter()
        .map(|branch| match named(*branch) {
            Some(name) => type_name(&name),
            None => kind_word(schemas.kind(*branch)).to_owned(),
        })
        .collect();
    // Where the kind alone says too little, something narrower does.
    let alike = |name: &String| raw.iter().filter(|other| *other == name).count() > 1;
    let all = union.branches.as_slice();
    let telling = raw.iter().zip(all).map(|(name, branch)| match alike(name) {
        true => narrower(schemas, *branch, all).unwrap_or_else(|| name.clone()),
        false => name.clone(),
    });
    let raw: Vec<String> = telling.collect();
    // `NewOrder::FromCart` reads better than `NewOrder::NewOrderFromCart`.
    let short: Option<Vec<String>> = raw
        .iter()
        .map(|name| {
            name.strip_prefix(own.as_str())
                .filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase()))
                .map(str::to_owned)
        })
        .collect();
    distinct(match short {
        Some(short) if !own.is_empty() => short,
        _ => raw,
    })
}

fn kind_word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Any => "Any",
        Kind::Null => "Null",
        Kind::Boolean => "Boolean",
        Kind::Integer(_) => "Integer",
        Kind::Number(_) => "Number",
        Kind::String(_) => "Text",
        Kind::Strings(_) => "Name",
        Kind::Values(_) => "Constant",
        Kind::Array(_) => "List",
        Kind::Object(_) => "Object",
        Kind::Union(_) => "Union",
        Kind::Alias(_) => "Other",
    }
}

/// A name by format, value, element or property: what its kind does not say.
fn narrower(schemas: &Schemas, branch: SchemaId, all: &[SchemaId]) -> Option<String> {
    match schemas.kind(branch) {
        Kind::String(shape) => format_word(&shape.format),
        Kind::Strings(names) => match names.values.as_slice() {
            values @ ([_] | [_, _] | [_, _, _]) => {
                Some(values.iter().map(|value| type_name(value)).collect::<Vec<_>>().join("Or"))
            }
            _ => None,
        },
        Kind::Values(values) => match values.as_slice() {
            [one] => Some(type_name(&one.to_string())),
            _ => None,
        },
        Kind::Array(array) => {
            let named = |schema: &crate::contract::Schema| schema.component.clone().or_else(|| schema.title.clone());
            let item = schemas.nearest(array.items, named).map(|name| type_name(&name));
            let item = item.or_else(|| narrower(schemas, array.items, &[]));
            Some(format!("{}List", item.unwrap_or_else(|| kind_word(schemas.kind(array.items)).to_owned())))
        }
        Kind::Object(object) if is_map(object) => match object.additional {
            Additional::Kept(values) if !matches!(schemas.kind(values), Kind::Any) => {
                Some(format!("{}Map", kind_word(schemas.kind(values))))
            }
            _ => Some("Map".to_owned()),
        },
        Kind::Object(object) => constant(schemas, object).or_else(|| property(schemas, object, branch, all)),
        _ => None,
    }
}

/// The only value that a property of an object may have.
fn constant(schemas: &Schemas, object: &ObjectShape) -> Option<String> {
    object.properties.iter().find_map(|property| match schemas.kind(property.schema) {
        Kind::Strings(names) if names.values.len() == 1 && !names.open => Some(type_name(&names.values[0])),
        _ => None,
    })
}

/// A property that an object must have and that no other branch knows.
fn property(schemas: &Schemas, object: &ObjectShape, branch: SchemaId, all: &[SchemaId]) -> Option<String> {
    let known = |other: &SchemaId, name: &str| match schemas.kind(*other) {
        Kind::Object(other) => other.properties.iter().any(|property| property.name == name),
        _ => false,
    };
    let own = |name: &str| !all.iter().filter(|other| **other != branch).any(|other| known(other, name));
    let required = object.properties.iter().filter(|property| property.required);
    let others = object.properties.iter().filter(|property| !property.required);
    required.chain(others).find(|property| own(&property.name)).map(|property| type_name(&property.name))
}

fn format_word(format: &Format) -> Option<String> {
    let word = match format {
        Format::Plain => return None,
        Format::DateTime => "DateTime",
        Format::Date => "Date",
        Format::Time => "Time",
        Format::Duration => "Duration",
        Format::Uuid => "Uuid",
        Format::Email => "Email",
        Format::Uri => "Uri",
        Format::UriReference => "UriReference",
        Format::Hostname => "Hostname",
        Format::Ipv4 => "Ipv4",
        Format::Ipv6 => "Ipv6",
        Format::Byte => "Base64",
        Format::Binary => "Binary",
        Format::Decimal => "Decimal",
        Format::Id(prefix) => return Some(type_name(&format!("{prefix}-id"))),
    };
    Some(word.to_owned())
}
