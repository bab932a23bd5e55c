//! Checking a value against a schema before it is read.

use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::formats::FORMATS;
use super::messages;
use crate::json::reader::Source;
use crate::json::{Reader, TextValue};
use crate::validate::format;

/// A schema with keywords that no rule expresses, compiled on its first use.
#[derive(Debug)]
pub struct SchemaValidator {
    draft: Dialect,
    schema: &'static str,
    compiled: OnceLock<Option<Validator>>,
}

/// The way to a place below the value, and a clause.
type Found = (Vec<String>, String);

/// The dialect of JSON Schema that a schema is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Of OpenAPI 3.0.
    Draft4,
    /// Of OpenAPI 3.1.
    Draft202012,
}

impl SchemaValidator {
    /// Returns the validator of the JSON text of a schema, which holds all that it refers to.
    pub const fn new(draft: Dialect, schema: &'static str) -> SchemaValidator {
        SchemaValidator { draft, schema, compiled: OnceLock::new() }
    }

    /// Never `None` in practice: the generator has already compiled this schema. `None` refuses every value.
    fn validator(&self) -> Option<&Validator> {
        let compile = || {
            let schema: Value = serde_json::from_str(self.schema).ok()?;
            let draft = match self.draft {
                Dialect::Draft4 => Draft::Draft4,
                Dialect::Draft202012 => Draft::Draft202012,
            };
            let options = jsonschema::options().with_draft(draft).should_validate_formats(true);
            // A format means the same wherever it is checked.
            let options = FORMATS.iter().fold(options, |options, (name, format)| {
                options.with_format(*name, |text: &str| format::check(*format, text))
            });
            options.build(&schema).ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    /// What is wrong with a value: the way to each place, and a clause. In the order of the places, which is
    /// the same whatever the interpreter asks first and however its maps are ordered.
    fn violations(&self, value: &Value) -> Vec<Found> {
        let Some(validator) = self.validator() else {
            return vec![(Vec::new(), "cannot be checked".to_owned())];
        };
        let found = validator.iter_errors(value).take(crate::validate::violation::MOST_VIOLATIONS);
        let told = found.flat_map(|error| messages::of(&error, steps(error.instance_path().as_str())));
        let mut told: Vec<Found> = told.collect();
        told.sort_by_cached_key(|(steps, _)| place(steps));
        told
    }
}

impl Reader<'_> {
    /// Reads a value that fits the schema. Of any other, the violations of the schema alone are recorded.
    pub fn validated<T>(
        &mut self,
        validator: &SchemaValidator,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let probe = self.probe(false)?;
        let found = match &self.source {
            Source::Json(_) => {
                self.go_to(&probe.start);
                let value = serde_json::from_slice(self.raw()?).unwrap_or_default();
                validator.violations(&value)
            }
            Source::Text(_) => probe.text_value().map(|text| readings(validator, text)).unwrap_or_default(),
        };
        for (steps, message) in &found {
            self.violations.record_below(steps, format_args!("{message}"));
        }
        self.go_to(&probe.start);
        if found.is_empty() {
            return read(self);
        }
        self.skip();
        None
    }
}

/// Text means what fits: `5` may be a number or a string.
fn readings(validator: &SchemaValidator, text: &TextValue<'_>) -> Vec<Found> {
    let strict = validator.violations(&value(text, false));
    match strict.is_empty() {
        true => strict,
        false => {
            let typed = validator.violations(&value(text, true));
            if typed.len() < strict.len() { typed } else { strict }
        }
    }
}

/// A tree of text as JSON; with `typed`, a scalar that is JSON by itself is taken for it.
fn value(text: &TextValue<'_>, typed: bool) -> Value {
    match text {
        TextValue::Scalar(scalar) => {
            let parsed = typed.then(|| serde_json::from_str(scalar).ok()).flatten();
            parsed
                .filter(|value: &Value| !value.is_array() && !value.is_object())
                .unwrap_or_else(|| Value::from(scalar.as_ref()))
        }
        TextValue::List(list) => list.iter().map(|element| value(element, typed)).collect(),
        TextValue::Map(map) => {
            Value::Object(map.iter().map(|(name, element)| (name.to_string(), value(element, typed))).collect())
        }
    }
}

/// The steps of a JSON pointer (RFC 6901).
fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

/// What orders a place among others: elements by number, fields by name, and a place before what is in it.
fn place(steps: &[String]) -> Vec<(u64, String)> {
    steps.iter().map(|step| (step.parse().unwrap_or(u64::MAX), step.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Read;

    static ODD: SchemaValidator =
        SchemaValidator::new(Dialect::Draft202012, r#"{"contains":{"type":"integer"},"not":{"maxItems":1}}"#);

    fn read(json: &str) -> (Option<Vec<i64>>, Vec<String>) {
        let mut reader = Reader::json(json.as_bytes());
        let value = reader.validated(&ODD, |r| Vec::<i64>::read(r));
        reader.finish();
        (value, reader.into_violations().list.into_iter().map(|one| one.field).collect())
    }

    #[test]
    fn a_value_that_passes_the_guard_is_read() {
        assert_eq!(read("[1, 2]"), (Some(vec![1, 2]), Vec::new()));
    }

    #[test]
    fn a_value_that_does_not_is_told_once() {
        let (value, fields) = read(r#"["a"]"#);
        assert_eq!(value, None);
        assert_eq!(fields.len(), 2);
    }

    #[test]
    fn what_is_wrong_is_told_in_the_order_of_its_places() {
        static MANY: SchemaValidator = SchemaValidator::new(
            Dialect::Draft202012,
            r#"{"required":["b"],"properties":{"a":{"items":{"type":"string"}}},"maxProperties":1,"not":{"required":["z"]}}"#,
        );
        let value = serde_json::json!({"z": 1, "a": ["", "", 2, "", "", "", "", "", "", "", 10]});
        let told: Vec<String> = MANY.violations(&value).into_iter().map(|(steps, _)| steps.join(".")).collect();
        assert_eq!(told, ["", "", "a.2", "a.10", "b"]);
    }

    #[test]
    fn a_format_is_checked_as_everywhere_else() {
        static DAY: SchemaValidator =
            SchemaValidator::new(Dialect::Draft202012, r#"{"not":{"const":""},"format":"date"}"#);
        for (text, fits) in [("2024-02-29", true), ("2023-02-29", false)] {
            assert_eq!(DAY.violations(&Value::from(text)).is_empty(), fits, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_at_its_own_place_in_the_words_of_all_violations() {
        static DEEP: SchemaValidator = SchemaValidator::new(
            Dialect::Draft202012,
            r#"{"properties":{"a/b":{"items":{"properties":{"c.d":{"type":["integer","null"]}},"required":["e"]}}}}"#,
        );
        let mut reader = Reader::json(br#"{"a/b": [{"c.d": "x"}]}"#);
        assert_eq!(reader.validated(&DEEP, |r| r.any()), None);
        let told: Vec<String> =
            reader.into_violations().list.into_iter().map(|one| format!("{}: {}", one.field, one.message)).collect();
        assert_eq!(
            told,
            [r#"a/b[0]["c.d"]: must be an integer or null, not a string"#, "a/b[0].e: is required"],
            "{told:?}"
        );
    }
}
