//! Equality of JSON values as JSON Schema defines it: numbers are equal by value, objects in any order of their
//! fields.

use std::collections::HashSet;

use super::number::{self, Parts};
use super::object::next_key;
use super::reader::{Reader, Source};
use super::scan::Scan;
use super::text::TextValue;
use super::token::Kind;
use super::violations::DEEPEST;

/// A JSON value in a canonical form, in which equal values have equal representations.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Canonical {
    Null,
    Bool(bool),
    Number(Parts),
    String(String),
    Array(Vec<Canonical>),
    Object(Vec<(String, Canonical)>),
}

impl Canonical {
    /// Converts the text of a number into the number.
    pub(crate) fn become_number(&mut self) {
        if let Canonical::String(text) = self {
            *self = Canonical::Number(number::parts(text));
        }
    }
}

/// Returns the indices of the first two elements of an array that are equal as JSON values, or `None` if all
/// differ.
pub(super) fn equal_pair(values: &[Canonical]) -> Option<(usize, usize)> {
    let mut seen: HashSet<&Canonical> = HashSet::with_capacity(values.len());
    let second = values.iter().position(|element| !seen.insert(element))?;
    let first = values.iter().position(|element| *element == values[second])?;
    Some((first, second))
}

/// Converts a JSON text into its canonical form, or returns `None` if it is not valid JSON.
pub(crate) fn canonical(text: &str) -> Option<Canonical> {
    canonical_at(&mut Scan::new(text), 0)
}

fn canonical_at(scan: &mut Scan<'_>, depth: usize) -> Option<Canonical> {
    // The reader has already rejected deeper values.
    if depth > DEEPEST {
        return None;
    }
    Some(match scan.peek().ok()? {
        Kind::Null => scan.null().map(|()| Canonical::Null).ok()?,
        Kind::Bool => Canonical::Bool(scan.bool().ok()?),
        Kind::Number => Canonical::Number(number::parts(scan.number().ok()?)),
        Kind::String => Canonical::String(scan.string().ok()?.to_owned()),
        Kind::Array => {
            let mut elements = Vec::new();
            let mut more = scan.array_first().ok()?;
            while more {
                elements.push(canonical_at(scan, depth + 1)?);
                more = scan.array_step().ok()?;
            }
            Canonical::Array(elements)
        }
        Kind::Object => {
            let mut fields = Vec::new();
            while let Some(key) = next_key(scan, fields.is_empty()).ok()?.map(str::to_owned) {
                fields.push((key, canonical_at(scan, depth + 1)?));
            }
            fields.sort();
            Canonical::Object(fields)
        }
    })
}

/// Converts the value of a parameter or form, whose scalars are strings, into its canonical form.
pub(crate) fn canonical_text(value: &TextValue<'_>) -> Canonical {
    match value {
        TextValue::Null => Canonical::Null,
        TextValue::Scalar(text) => Canonical::String(text.clone().into_owned()),
        TextValue::List(list) => Canonical::Array(list.iter().map(canonical_text).collect()),
        TextValue::Map(map) => {
            let mut fields: Vec<_> =
                map.iter().map(|(key, value)| (key.clone().into_owned(), canonical_text(value))).collect();
            fields.sort();
            Canonical::Object(fields)
        }
    }
}

/// Returns true if the value of a parameter or form is equal to the constant `json`: a string by its
/// characters, any other scalar by its JSON text.
pub(crate) fn text_equals(value: &TextValue<'_>, json: &str) -> bool {
    let Some(wanted) = canonical(json) else {
        return false;
    };
    match (value, &wanted) {
        (TextValue::Scalar(text), Canonical::String(wanted)) => text == wanted,
        (TextValue::Scalar(text), Canonical::Null) => text.is_empty(),
        (TextValue::Scalar(text), Canonical::Bool(wanted)) => text == if *wanted { "true" } else { "false" },
        (TextValue::Scalar(text), Canonical::Number(wanted)) => {
            number::is_number(text) && number::parts(text) == *wanted
        }
        (value, wanted) => canonical_text(value) == *wanted,
    }
}

impl Reader<'_> {
    /// Reads a value that must be equal to an element of `values`, which are JSON texts of an `enum` or
    /// `const`, and returns the index of that element.
    pub fn one_of_values(&mut self, values: &[&str]) -> Option<usize> {
        let index = match &mut self.source {
            Source::Json(scan) => match scan.skip(self.violations.room()) {
                Ok(text) => {
                    let value = canonical(text);
                    values.iter().position(|known| value.is_some() && canonical(known) == value)
                }
                Err(fault) => {
                    self.broken(fault);
                    return None;
                }
            },
            Source::Text(text) => {
                let value = text.current.take();
                values.iter().position(|known| value.as_ref().is_some_and(|value| text_equals(value, known)))
            }
        };
        if index.is_none() {
            self.violations.record(format_args!("must be {}", super::check::OneOf(values)));
        }
        index
    }
}
