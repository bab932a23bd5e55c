//! The names of a union's variants: the name of the branch in the contract, otherwise a word for the kind,
//! format or property that distinguishes the branch.

use std::collections::{HashMap, HashSet};

use writ_contract::model::SchemaId;
use writ_contract::model::schema::{Additional, Format, Kind, ObjectShape, Schemas};

use crate::rust::names::distinct::{Collision, distinct};
use crate::rust::names::ident::type_name;
use crate::rust::names::spelling::spelling;

/// The greatest number of nested lists that the name of a variant describes. A list may contain itself.
const DEEPEST_LIST: usize = 4;

/// The number of a union's branches that have each property, and of those that require it. Unions may have thousands of
/// branches.
type KnownBy<'s> = HashMap<&'s str, Known>;

/// The number of a union's branches that have a property, and of those that require it.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    branches: usize,
    requiring: usize,
}

/// Returns the names of a union's variants in the order of its branches, and the first collision of two names.
pub fn union_variants(schemas: &Schemas, id: SchemaId) -> (Vec<String>, Option<Collision>) {
    let Kind::Union(union) = &schemas.get(id).kind else { return (Vec::new(), None) };
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
    // If branches share a kind, a more specific word distinguishes them.
    let mut counts: HashMap<&str, usize> = HashMap::new();
    raw.iter().for_each(|name| *counts.entry(name).or_default() += 1);
    let known = known_by(schemas, &union.branches);
    let specific = raw.iter().zip(&union.branches).map(|(name, branch)| match counts[name.as_str()] > 1 {
        true => specific_name(schemas, *branch, &known, 0).unwrap_or_else(|| name.clone()),
        false => name.clone(),
    });
    let raw: Vec<String> = specific.collect();
    // `NewOrder::FromCart` reads better than `NewOrder::NewOrderFromCart`.
    let short: Option<Vec<String>> = raw
        .iter()
        .map(|name| {
            name.strip_prefix(own.as_str())
                .filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase()))
                .map(str::to_owned)
        })
        .collect();
    let names = match short {
        Some(short) if !own.is_empty() => short,
        _ => raw,
    };
    distinct(names.into_iter().zip(&union.branches).map(|(name, branch)| {
        let spelled = named(*branch).and_then(|text| spelling(&text)).map(|word| format!("{name}{}", type_name(word)));
        let member = member_name(schemas, *branch).filter(|_| spelled.is_none());
        [name].into_iter().chain(spelled).chain(member).collect::<Vec<_>>()
    }))
}

/// Returns a word for the kind of a schema, for the name of a variant.
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

/// Returns a word for the format, value, item or property of a union's branch, which is more specific than the
/// kind of its schema.
fn specific_name(schemas: &Schemas, branch: SchemaId, known: &KnownBy<'_>, depth: usize) -> Option<String> {
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
            let named =
                |schema: &writ_contract::model::Schema| schema.component.clone().or_else(|| schema.title.clone());
            let item = schemas.nearest(array.items, named).map(|name| type_name(&name));
            let item = item.or_else(|| match depth < DEEPEST_LIST {
                true => specific_name(schemas, array.items, &KnownBy::new(), depth + 1),
                false => None,
            });
            Some(format!("{}List", item.unwrap_or_else(|| kind_word(schemas.kind(array.items)).to_owned())))
        }
        Kind::Object(object) if object.is_map() => match object.additional {
            Additional::Kept(values) if !matches!(schemas.kind(values), Kind::Any) => {
                Some(format!("{}Map", kind_word(schemas.kind(values))))
            }
            _ => Some("Map".to_owned()),
        },
        Kind::Object(object) if object.max == Some(0) => Some("Empty".to_owned()),
        Kind::Object(object) => constant(schemas, object).or_else(|| property(object, known)),
        _ => None,
    }
}

/// Returns a word for the only value of a property of an object, or `None` if no property has a single value.
fn constant(schemas: &Schemas, object: &ObjectShape) -> Option<String> {
    object.properties.iter().find_map(|property| match schemas.kind(property.schema) {
        Kind::Strings(names) if names.values.len() == 1 && !names.open => Some(type_name(&names.values[0])),
        _ => None,
    })
}

/// Counts the branches of a union that have or require each property. A branch that occurs twice counts once.
fn known_by<'s>(schemas: &'s Schemas, branches: &[SchemaId]) -> KnownBy<'s> {
    let mut known = KnownBy::new();
    let mut met = HashSet::new();
    for branch in branches.iter().filter(|branch| met.insert(**branch)) {
        if let Kind::Object(object) = schemas.kind(*branch) {
            for property in &object.properties {
                let known = known.entry(&property.name).or_default();
                known.branches += 1;
                known.requiring += usize::from(property.required);
            }
        }
    }
    known
}

/// Returns a word for a property that no other branch of the union has, otherwise for one that no other requires. Required
/// properties take precedence.
fn property(object: &ObjectShape, known: &KnownBy<'_>) -> Option<String> {
    let own = |name: &str| known.get(name).is_none_or(|known| known.branches == 1);
    let required = object.properties.iter().filter(|property| property.required);
    let others = object.properties.iter().filter(|property| !property.required);
    let only_here = required.clone().chain(others).find(|property| own(&property.name));
    let required_here = || {
        required.clone().find(|property| known.get(property.name.as_str()).is_some_and(|known| known.requiring == 1))
    };
    only_here.or_else(required_here).map(|property| type_name(&property.name))
}

/// Returns a name from the first property of a branch and the kind of its value, such as `TextLabels`. It tells branches
/// with equal properties apart. Returns `None` if the branch has no property.
fn member_name(schemas: &Schemas, branch: SchemaId) -> Option<String> {
    let Kind::Object(object) = schemas.kind(branch) else { return None };
    let property = object.properties.first()?;
    let value = match schemas.kind(property.schema) {
        Kind::Array(array) => schemas.kind(array.items),
        other => other,
    };
    Some(format!("{}{}", kind_word(value), type_name(&property.name)))
}

/// Returns a word for the format of a string schema, or `None` for a plain string.
fn format_word(format: &Format) -> Option<String> {
    let word = match format {
        Format::Plain => return None,
        Format::DateTime => "DateTime",
        Format::Moment => "Moment",
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
