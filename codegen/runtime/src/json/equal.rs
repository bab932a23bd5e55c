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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_nested_too_deep_has_no_canonical_form() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let nested = |levels| format!("{}1{}", open.repeat(levels), close.repeat(levels));
            assert!(canonical(&nested(DEEPEST)).is_some());
            assert_eq!(canonical(&nested(DEEPEST + 1)), None);
        }
    }

    #[test]
    fn a_text_is_equal_to_a_constant_of_its_json_type() {
        let scalar = |text: &'static str| TextValue::Scalar(text.into());
        for (value, json, expected) in [
            (scalar("a"), r#""a""#, true),
            (scalar("b"), r#""a""#, false),
            (scalar("1"), r#""1""#, true),
            (scalar(""), "null", true),
            (scalar("null"), "null", false),
            (scalar("true"), "true", true),
            (scalar("true"), "false", false),
            (scalar("false"), "false", true),
            (scalar("1.0"), "1", true),
            (scalar("1e0"), "1", true),
            (scalar("2"), "1", false),
            (scalar("one"), "1", false),
            (TextValue::Null, "null", true),
            (TextValue::List(vec![scalar("a")]), r#"["a"]"#, true),
            (TextValue::List(vec![scalar("a")]), r#"["b"]"#, false),
            (TextValue::List(vec![scalar("a")]), "[", false),
            (TextValue::Map(vec![("b".into(), scalar("2")), ("a".into(), scalar("1"))]), r#"{"a":"1","b":"2"}"#, true),
        ] {
            assert_eq!(text_equals(&value, json), expected, "{value:?} {json}");
        }
    }

    #[test]
    fn the_first_pair_of_equal_elements_is_found() {
        let pair = |json: &str| match canonical(json) {
            Some(Canonical::Array(elements)) => equal_pair(&elements),
            other => panic!("{other:?}"),
        };
        assert_eq!(pair("[]"), None);
        assert_eq!(pair("[1,2,3]"), None);
        assert_eq!(pair("[3,1,2,1,3]"), Some((1, 3)));
        assert_eq!(pair(r#"[{"a":1,"b":2},0,{"b":2,"a":1.0}]"#), Some((0, 2)));
    }
}
