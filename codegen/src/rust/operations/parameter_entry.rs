//! The parameters of an operation in the generated operation table: location, name, style and kind of value.

use std::collections::BTreeSet;

use writ_contract::model::operation::{Parameter, ParameterLocation, SchemeKind, Style};
use writ_contract::model::parameter_shape::{ParameterShape, parameter_shape, property_names};
use writ_contract::model::schema::Schemas;
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
        text.push_str(&form(contract, parameter));
        return text;
    }
    let shape = parameter_shape(schemas, parameter.schema).filter(|_| parameter.style != Style::Text);
    if shape == Some(ParameterShape::Object) {
        text.push_str(&names(contract, parameter));
    }
    if shape.is_some() {
        text.push_str(&value_kind(schemas, parameter.schema, parameter.style == Style::Json));
        if is_divided(parameter) && never_contains(schemas, parameter.schema, delimiters(parameter.style)) {
            text.push_str(".encoded_delimiters()");
        }
    }
    text
}

/// Returns the calls that describe a parameter for the complete query string: the fields that need a description, and
/// the names of API keys, which are no fields.
fn form(contract: &Contract, parameter: &Parameter) -> String {
    if parameter.style != Style::Form {
        return String::new();
    }
    let fields = form_fields(&contract.schemas, &parameter.encoding, parameter.schema);
    let fields = if fields.is_empty() { String::new() } else { format!(".form(&[{}])", fields.join(", ")) };
    fields + &reserved(api_keys(contract, parameter.location))
}

/// Returns the calls that limit the names of the pairs which belong to an object parameter: to the properties of
/// the object, or to those names that are not of credentials.
fn names(contract: &Contract, parameter: &Parameter) -> String {
    let is_exploded = matches!(parameter.style, Style::Form | Style::Cookie) && parameter.explode;
    if !is_exploded && parameter.style != Style::DeepObject {
        return String::new();
    }
    if is_exploded && let Some(names) = property_names(&contract.schemas, parameter.schema) {
        return format!(".fields(&[{}])", literals(&names));
    }
    let can_take =
        |name: &&String| is_exploded || name.strip_prefix(&parameter.name).is_some_and(|rest| rest.starts_with('['));
    reserved(api_keys(contract, parameter.location).filter(can_take))
}

/// Iterates over the names of the API keys that the contract declares in the query or in cookies, by the location of a
/// parameter that could contain them.
fn api_keys(contract: &Contract, location: ParameterLocation) -> impl Iterator<Item = &String> {
    contract.schemes.iter().filter_map(move |scheme| match (&scheme.kind, location) {
        (SchemeKind::Query(name), ParameterLocation::Query | ParameterLocation::QueryString) => Some(name),
        (SchemeKind::Cookie(name), ParameterLocation::Cookie) => Some(name),
        _ => None,
    })
}

/// Returns the call that excludes the names of credentials from a parameter, if there are any.
fn reserved<'c>(names: impl Iterator<Item = &'c String>) -> String {
    let names: BTreeSet<&String> = names.collect();
    let names: Vec<String> = names.into_iter().cloned().collect();
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

/// Returns the calls that describe the shape of a parameter or header: an array or an object. A value that is written
/// as JSON has its type, so an array is not mistaken for a single value.
pub fn value_kind(schemas: &Schemas, schema: SchemaId, is_json: bool) -> String {
    let Some(shape) = parameter_shape(schemas, schema) else { return String::new() };
    let or_scalar = shape == ParameterShape::Array { or_scalar: true } && !is_json;
    let kind = format!(".kind({}::{})", runtime("ValueKind"), shape.kind());
    if or_scalar { kind + ".or_scalar()" } else { kind }
}
