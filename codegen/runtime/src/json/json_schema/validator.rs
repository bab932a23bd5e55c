//! Validation of a value by the JSON Schema interpreter, before the value is read.

use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::formats::FORMATS;
use super::messages;
use crate::json::reader::Source;
use crate::json::violations::ViolationSink;
use crate::json::{Reader, TextValue};
use crate::validate::format;

/// A schema that the JSON Schema interpreter checks, since it has keywords that no rule expresses. It is
/// compiled on first use.
///
/// Generated code declares a validator as a `static` and passes it to [`Reader::validated`]:
///
/// ```
/// use writ_runtime::{Dialect, Read, Reader, SchemaValidator};
///
/// static SCHEMA: SchemaValidator = SchemaValidator::new(Dialect::Draft202012, r#"{"not":{"const":"root"}}"#);
///
/// let mut reader = Reader::json(br#""ann""#);
/// assert_eq!(reader.validated(&SCHEMA, String::read).as_deref(), Some("ann"));
/// let mut reader = Reader::json(br#""root""#);
/// assert_eq!(reader.validated(&SCHEMA, String::read), None);
/// ```
#[derive(Debug)]
pub struct SchemaValidator {
    draft: Dialect,
    schema: &'static str,
    compiled: OnceLock<Option<Validator>>,
}

/// A violation that the JSON Schema interpreter found: the path to the invalid value, and the message.
type Found = (Vec<String>, String);

/// The dialect of JSON Schema in which a schema is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// JSON Schema Draft 4, the dialect of OpenAPI 3.0.
    Draft4,
    /// JSON Schema Draft 2020-12, the dialect of OpenAPI 3.1.
    Draft202012,
}

impl SchemaValidator {
    /// Creates a validator, which checks values by the JSON Schema interpreter. `schema` is a JSON text that
    /// contains all schemas it refers to.
    pub const fn new(draft: Dialect, schema: &'static str) -> SchemaValidator {
        SchemaValidator { draft, schema, compiled: OnceLock::new() }
    }

    /// Returns the schema in the compiled form of the JSON Schema interpreter, or `None` if it does not compile.
    /// In that case every value is rejected.
    ///
    /// The result is never `None` in practice, since the generator has already compiled the schema.
    fn validator(&self) -> Option<&Validator> {
        let compile = || {
            let schema: Value = serde_json::from_str(self.schema).ok()?;
            let draft = match self.draft {
                Dialect::Draft4 => Draft::Draft4,
                Dialect::Draft202012 => Draft::Draft202012,
            };
            let options = jsonschema::options().with_draft(draft).should_validate_formats(true);
            // The interpreter checks formats by the same functions as the reader.
            let options = FORMATS.iter().fold(options, |options, (name, format)| {
                options.with_format(*name, |text: &str| format::check(*format, text))
            });
            options.build(&schema).ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    /// Returns the violations that the JSON Schema interpreter finds in a value, ordered by their paths.
    ///
    /// The interpreter's own order depends on hash maps, so it is not stable.
    fn violations(&self, value: &Value) -> Vec<Found> {
        let Some(validator) = self.validator() else {
            return vec![(Vec::new(), "cannot be validated".to_owned())];
        };
        // In draft 4, `1.0` is no integer. OpenAPI 3.0 has data types instead, so its integers are those of any draft.
        let whole = (self.draft == Dialect::Draft4).then(|| with_whole_numbers(value));
        let value = whole.as_ref().unwrap_or(value);
        let found = validator.iter_errors(value).take(crate::validate::violation::MOST_VIOLATIONS);
        let found = found.flat_map(|error| messages::describe(&error, steps(error.instance_path().as_str())));
        let mut found: Vec<Found> = found.collect();
        found.sort_by_cached_key(|(steps, _)| sort_key(steps));
        found
    }
}

impl SchemaValidator {
    /// Records the violations of a JSON text at the current path of the sink.
    pub(crate) fn record_violations(&self, json: &[u8], sink: &mut ViolationSink<'_>) {
        let value = serde_json::from_slice(json).unwrap_or_default();
        for (steps, message) in &self.violations(&value) {
            sink.record_below(steps, format_args!("{message}"));
        }
    }
}

impl Reader<'_> {
    /// Checks a value by the JSON Schema interpreter, then reads it by `read`. If the value is not valid, only
    /// the violations of the schema are recorded.
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

/// Validates the value of a parameter, whose scalars can be strings or numbers, and returns the violations of
/// the interpretation that has fewer.
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

/// Converts the value of a parameter to JSON. If `typed` is true, a scalar that is valid JSON is parsed; other
/// scalars become strings.
fn value(text: &TextValue<'_>, typed: bool) -> Value {
    match text {
        TextValue::Null => Value::Null,
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

/// Returns a value in which every number with an integral value is an integer.
fn with_whole_numbers(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0) {
            Some(float) if float.abs() < 9e15 => Value::from(float as i64),
            _ => value.clone(),
        },
        Value::Array(elements) => elements.iter().map(with_whole_numbers).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), with_whole_numbers(field))).collect())
        }
        other => other.clone(),
    }
}

/// Splits a JSON pointer (RFC 6901) into its reference tokens.
fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

/// Returns the sort key of a violation's path: elements are ordered by index, fields by name, and a value comes
/// before its parts.
fn sort_key(steps: &[String]) -> Vec<(u64, String)> {
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
    fn a_valid_value_is_read() {
        assert_eq!(read("[1, 2]"), (Some(vec![1, 2]), Vec::new()));
    }

    #[test]
    fn the_violations_of_an_invalid_value_are_recorded_once() {
        let (value, fields) = read(r#"["a"]"#);
        assert_eq!(value, None);
        assert_eq!(fields.len(), 2);
    }

    #[test]
    fn an_integer_may_be_spelled_with_a_fraction_or_an_exponent_in_every_draft() {
        const SCHEMA: &str = r#"{"properties":{"a":{"type":"integer","maximum":100}},"not":{"required":["z"]}}"#;
        static OLD: SchemaValidator = SchemaValidator::new(Dialect::Draft4, SCHEMA);
        static NEW: SchemaValidator = SchemaValidator::new(Dialect::Draft202012, SCHEMA);
        for validator in [&OLD, &NEW] {
            for (text, valid) in [("1.0", true), ("1e2", true), ("10E-1", true), ("1.5", false), ("1.01e2", false)] {
                let value = serde_json::from_str(&format!(r#"{{"a":{text}}}"#)).unwrap();
                assert_eq!(validator.violations(&value).is_empty(), valid, "{text}");
            }
        }
    }

    #[test]
    fn violations_are_ordered_by_their_paths() {
        static MANY: SchemaValidator = SchemaValidator::new(
            Dialect::Draft202012,
            r#"{"required":["b"],"properties":{"a":{"items":{"type":"string"}}},"maxProperties":1,"not":{"required":["z"]}}"#,
        );
        let value = serde_json::json!({"z": 1, "a": ["", "", 2, "", "", "", "", "", "", "", 10]});
        let paths: Vec<String> = MANY.violations(&value).into_iter().map(|(steps, _)| steps.join(".")).collect();
        assert_eq!(paths, ["", "", "a.2", "a.10", "b"]);
    }

    #[test]
    fn a_format_is_checked_in_the_interpreter_too() {
        static DAY: SchemaValidator =
            SchemaValidator::new(Dialect::Draft202012, r#"{"not":{"const":""},"format":"date"}"#);
        for (text, valid) in [("2024-02-29", true), ("2023-02-29", false)] {
            assert_eq!(DAY.violations(&Value::from(text)).is_empty(), valid, "{text}");
        }
    }

    #[test]
    fn a_violation_of_the_interpreter_has_its_path_and_the_common_wording() {
        static DEEP: SchemaValidator = SchemaValidator::new(
            Dialect::Draft202012,
            r#"{"properties":{"a/b":{"items":{"properties":{"c.d":{"type":["integer","null"]}},"required":["e"]}}}}"#,
        );
        let mut reader = Reader::json(br#"{"a/b": [{"c.d": "x"}]}"#);
        assert_eq!(reader.validated(&DEEP, |r| r.any()), None);
        let violations: Vec<String> =
            reader.into_violations().list.into_iter().map(|one| format!("{}: {}", one.field, one.message)).collect();
        assert_eq!(
            violations,
            [r#"a/b[0]["c.d"]: must be an integer or null, not a string"#, "a/b[0].e: is required"],
            "{violations:?}"
        );
    }
}
