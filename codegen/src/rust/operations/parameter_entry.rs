//! The parameters of an operation in the generated operation table: location, name, style and kind of value.

use writ_contract::model::operation::{Parameter, ParameterLocation, SchemeKind, Style};
use writ_contract::model::schema::{Additional, Kind, Schemas};
use writ_contract::model::{Contract, SchemaId};

use crate::rust::code::{literal, literals};
use crate::rust::expr::delimiters::{delimiters, never_contains};
use crate::rust::expr::form_fields::form_fields;
use crate::rust::mention::runtime;

/// Returns a parameter of an operation as an expression of the runtime's `Parameter`.
pub fn parameter_entry(contract: &Contract, parameter: &Parameter) -> String {
    let schemas = &contract.schemas;
    let location = parameter.location.word();
    let mut text = format!("{}::{location}({})", runtime("Parameter"), literal(&parameter.name));
    if parameter.required && parameter.location != ParameterLocation::Path {
        text.push_str(".required()");
    }
    let usual = match parameter.location {
        ParameterLocation::Query | ParameterLocation::QueryString | ParameterLocation::Cookie => (Style::Form, true),
        ParameterLocation::Path | ParameterLocation::Header => (Style::Simple, false),
    };
    if (parameter.style, parameter.explode) != usual {
        text.push_str(&format!(".style({}::{:?}, {})", runtime("Style"), parameter.style, parameter.explode));
    }
    if parameter.may_be_empty {
        text.push_str(".may_be_empty()");
    }
    if parameter.location == ParameterLocation::QueryString {
        text.push_str(&form(schemas, parameter));
        return text;
    }
    let shape = shape(schemas, parameter.schema).filter(|_| parameter.style != Style::Text);
    if shape == Some("Object") {
        text.push_str(&names(contract, parameter));
    }
    if let Some(shape) = shape {
        text.push_str(&format!(".kind({}::{shape})", runtime("ValueKind")));
        if is_divided(parameter) && never_contains(schemas, parameter.schema, delimiters(parameter.style)) {
            text.push_str(".encoded_delimiters()");
        }
    }
    text
}

/// Returns the call that describes the fields of a parameter for the complete query string, if one needs a description.
fn form(schemas: &Schemas, parameter: &Parameter) -> String {
    let fields = match parameter.style {
        Style::Form => form_fields(schemas, &parameter.encoding, parameter.schema),
        _ => Vec::new(),
    };
    if fields.is_empty() { String::new() } else { format!(".form(&[{}])", fields.join(", ")) }
}

/// Returns the calls that limit the names of the pairs which belong to an object parameter: to the properties of
/// the object, or to those names that are not of credentials.
fn names(contract: &Contract, parameter: &Parameter) -> String {
    let is_exploded = matches!(parameter.style, Style::Form | Style::Cookie) && parameter.explode;
    if !is_exploded && parameter.style != Style::DeepObject {
        return String::new();
    }
    if is_exploded
        && let Kind::Object(object) = contract.schemas.kind(parameter.schema)
        && !matches!(object.additional, Additional::Kept(_))
    {
        let names: Vec<String> = object.properties.iter().map(|property| property.name.clone()).collect();
        return format!(".fields(&[{}])", literals(&names));
    }
    let can_take =
        |name: &String| is_exploded || name.strip_prefix(&parameter.name).is_some_and(|rest| rest.starts_with('['));
    let credentials = contract.schemes.iter().filter_map(|scheme| match (&scheme.kind, parameter.location) {
        (SchemeKind::Query(name), ParameterLocation::Query) => Some(name),
        (SchemeKind::Cookie(name), ParameterLocation::Cookie) => Some(name),
        _ => None,
    });
    let mut names: Vec<String> = credentials.filter(|name| can_take(name)).cloned().collect();
    names.sort();
    names.dedup();
    if names.is_empty() { String::new() } else { format!(".reserved(&[{}])", literals(&names)) }
}

/// Returns true if the elements of a parameter are in one string that is percent-encoded, with raw delimiters.
fn is_divided(parameter: &Parameter) -> bool {
    match parameter.style {
        Style::Simple => parameter.location == ParameterLocation::Path,
        Style::Label | Style::Matrix => true,
        Style::Form => !parameter.explode,
        Style::SpaceDelimited
        | Style::PipeDelimited
        | Style::TabDelimited
        | Style::DeepObject
        | Style::Cookie
        | Style::Json
        | Style::Text => false,
    }
}

/// Returns the variant of the runtime's `ValueKind` for a schema whose values are written in a parameter or
/// header: `Array`, `Object`, or `None` for a scalar.
pub fn shape(schemas: &Schemas, schema: SchemaId) -> Option<&'static str> {
    match schemas.kind(schema) {
        Kind::Array(_) => Some("Array"),
        Kind::Object(_) => Some("Object"),
        Kind::Union(union) => match union
            .branches
            .iter()
            .map(|branch| schemas.kind(*branch))
            .find(|kind| matches!(kind, Kind::Array(_) | Kind::Object(_)))
        {
            Some(Kind::Array(_)) => Some("Array"),
            Some(_) => Some("Object"),
            None => None,
        },
        _ => None,
    }
}
