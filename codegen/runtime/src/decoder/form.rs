//! Taking a form apart (`application/x-www-form-urlencoded`), each field as its encoding says.

use std::borrow::Cow;

use crate::json::TextValue;
use crate::operation::{Parameter, Shape, Style};
use crate::parameters::Found;
use crate::percent;
use crate::query::{self, Tree};
use crate::styles::{Coding, ENCODING, one_or_more};
use crate::violation::Violation;

const JSON: &str = "must be JSON";

/// The fields of a form, and those that are not written as they must be. An error where the whole
/// cannot be read.
pub(super) fn read<'a>(
    text: &'a str,
    fields: &'static [Parameter],
) -> Result<(TextValue<'a>, Vec<Violation>), &'static str> {
    let mut tree = Tree::default();
    let mut encoded: Vec<Vec<&'a str>> = vec![Vec::new(); fields.len()];
    for pair in query::pairs(text) {
        match fields.iter().position(|field| field.name == pair.name) {
            Some(index) => encoded[index].push(pair.raw),
            None => tree.insert(pair.name, percent::decode_form(pair.raw).ok_or(ENCODING)?),
        }
    }
    let mut wrong = Vec::new();
    let TextValue::Map(mut entries) = tree.into_map() else { return Err(ENCODING) };
    for (field, values) in fields.iter().zip(encoded).filter(|(_, values)| !values.is_empty()) {
        match one(field, &values) {
            Ok(value) => entries.push((Cow::Borrowed(field.name), value)),
            Err(message) => wrong.push(Violation::body(field.name, message)),
        }
    }
    Ok((TextValue::Map(entries), wrong))
}

fn one<'a>(field: &Parameter, values: &[&'a str]) -> Result<TextValue<'a>, &'static str> {
    if field.style == Style::Json && field.shape == Shape::Array {
        // A list is one JSON text, or one for each element.
        let mut all = Vec::new();
        for raw in values {
            match json(&percent::decode_form(raw).ok_or(ENCODING)?)? {
                TextValue::List(list) if values.len() == 1 => all.extend(list),
                element => all.push(element),
            }
        }
        return Ok(TextValue::List(all));
    }
    match one_or_more(field, values, Coding::Query)? {
        Found::Text(value) => Ok(value),
        Found::Json(text) => json(&text),
        Found::Wrong(message) => Err(message),
        Found::Absent => Ok(TextValue::List(Vec::new())),
    }
}

/// A JSON text as what a form would have said of it.
fn json<'a>(text: &str) -> Result<TextValue<'a>, &'static str> {
    serde_json::from_str(text).map(TextValue::of_json).map_err(|_| JSON)
}
