//! Reading and writing of forms (`application/x-www-form-urlencoded`) by the styles of their fields.

use std::borrow::Cow;

use crate::http::percent;
use crate::http::query;
use crate::json::TextValue;
use crate::operation::{Parameter, Style, ValueKind};
use crate::style::brackets::Tree;
use crate::style::coding::{Coding, ENCODING};
use crate::style::parse::{Found, parse_list};
#[cfg(feature = "client")]
use crate::style::{
    pairs::{Pairs, bracketed, check_key, pairs},
    value::{fields as field_texts, text_value},
    write::encoded,
};

/// The name of a field of a form that does not match its declared encoding, and the message of the violation.
pub(crate) type WrongField = (&'static str, &'static str);

const JSON: &str = "must be valid JSON";

/// Parses a form into a map of its fields. Also returns the name of each field that does not match its declared
/// encoding, with the message of the violation.
///
/// # Errors
/// Returns a message if the form cannot be parsed at all.
pub(crate) fn parse_form<'a>(
    text: &'a str,
    fields: &'static [Parameter],
) -> Result<(TextValue<'a>, Vec<WrongField>), &'static str> {
    let mut tree = Tree::default();
    let mut encoded: Vec<Vec<&'a str>> = vec![Vec::new(); fields.len()];
    for pair in query::pairs(text) {
        match fields.iter().position(|field| field.name == pair.name) {
            Some(index) => encoded[index].push(pair.raw),
            // An invalid name would be that of another field.
            None if percent::decode_form(pair.raw_name).is_none() => return Err(ENCODING),
            None => tree.insert(&pair, percent::decode_form(pair.raw).ok_or(ENCODING)?),
        }
    }
    let mut wrong = Vec::new();
    let TextValue::Map(mut entries) = tree.into_map() else { return Err(ENCODING) };
    for (field, values) in fields.iter().zip(encoded).filter(|(_, values)| !values.is_empty()) {
        match parse_field(field, &values) {
            Ok(value) => entries.push((Cow::Borrowed(field.name), value)),
            Err(message) => wrong.push((field.name, message)),
        }
    }
    Ok((TextValue::Map(entries), wrong))
}

fn parse_field<'a>(field: &Parameter, values: &[&'a str]) -> Result<TextValue<'a>, &'static str> {
    if field.style == Style::Json && field.kind == ValueKind::Array {
        // A client sends a list as one JSON text, or as one JSON text for each element.
        let mut all = Vec::new();
        for raw in values {
            match json(&percent::decode_form(raw).ok_or(ENCODING)?)? {
                TextValue::List(list) if values.len() == 1 => all.extend(list),
                element => all.push(element),
            }
        }
        return Ok(TextValue::List(all));
    }
    match parse_list(field, values, Coding::Query)? {
        Found::Text(value) => Ok(value),
        Found::Json(text) => json(&text),
        Found::Wrong(message) | Found::WrongField(_, message) => Err(message),
        Found::Absent => Ok(TextValue::List(Vec::new())),
    }
}

/// Parses a form field that is encoded as JSON. Numbers in it become strings, as in plain form fields.
fn json<'a>(text: &str) -> Result<TextValue<'a>, &'static str> {
    serde_json::from_str(text).map(TextValue::from_json).map_err(|_| JSON)
}

/// Writes an object, given as JSON text, as a form: the request body of a client.
///
/// # Errors
/// Returns a message if the value is not an object, or if the style of a field cannot express its value.
#[cfg(feature = "client")]
pub(crate) fn write_form(json: &[u8], fields: &[Parameter]) -> Result<String, String> {
    // A field that is encoded as JSON is sent as its JSON text, any other field by its value.
    let (Some(TextValue::Map(map)), Some(texts)) = (text_value(json), field_texts(json)) else {
        return Err("only an object can be sent as a form".to_owned());
    };
    let mut all: Pairs = Vec::new();
    for ((name, value), (_, text)) in map.iter().zip(&texts) {
        match fields.iter().find(|field| field.name == name) {
            Some(field) if field.style == Style::Json => {
                all.push((encoded(name, Coding::Query), encoded(text, Coding::Query)));
            }
            Some(field) => {
                let written = pairs(field, value, Coding::Query);
                all.extend(written.map_err(|message| format!("the field `{name}` cannot be written: {message}"))?);
            }
            None => {
                let written = if name.is_empty() { Ok(()) } else { check_key(name) };
                let written = written.and_then(|()| bracketed(&encoded(name, Coding::Query), value, 1, &mut all));
                written.map_err(|message| format!("the field `{name}` cannot be written: {message}"))?;
            }
        }
    }
    Ok(all.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"))
}

#[cfg(all(test, feature = "client"))]
mod tests {
    use super::*;

    #[test]
    fn each_field_of_a_form_is_written_in_its_style() {
        let json = br#"{"a b": "x&y", "tags": ["1", "2"], "deep": {"k": [true]}, "list": [1, 2], "json": {"z": 1.50}}"#;
        const FIELDS: &[Parameter] = &[
            Parameter::query("list").style(Style::Form, false).kind(ValueKind::Array),
            Parameter::query("json").style(Style::Json, false).kind(ValueKind::Object),
        ];
        let written = "a%20b=x%26y&tags=1&tags=2&deep%5Bk%5D=true&list=1,2&json=%7B%22z%22%3A%201.50%7D";
        assert_eq!(write_form(json, FIELDS).as_deref(), Ok(written));
        assert!(write_form(b"[1]", &[]).is_err());
    }
}
