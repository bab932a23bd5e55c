//! Conversion of the errors of the JSON Schema interpreter to messages in the wording of all other violations.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::formats::FORMATS;
use crate::json::check::{Count, OneOf};

/// The maximum length, in characters, of a schema or a JSON value that a message quotes.
const LONGEST_QUOTE: usize = 200;

/// Returns the path and the message of each violation that an error of the JSON Schema interpreter describes.
/// `field` is the path of the invalid value.
pub(super) fn describe(error: &ValidationError<'_>, field: Vec<String>) -> Vec<(Vec<String>, String)> {
    let below = |name: &str| field.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
    match error.kind() {
        Kind::Required { property } => vec![(below(property.as_str().unwrap_or_default()), "is required".to_owned())],
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| (below(name), "is not a known field".to_owned())).collect()
        }
        Kind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            vec![(below(name), format!("is not an allowed name: it {}", clause(error)))]
        }
        _ => vec![(field, clause(error))],
    }
}

fn clause(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::AdditionalItems { limit } => format!("must have at most {}", Count(*limit, "element")),
        Kind::UnevaluatedItems { .. } => "must have only elements that its schema describes".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => "must match one of the allowed alternatives".to_owned(),
        Kind::OneOfMultipleValid { .. } => "must match only one of the alternatives, but matches several".to_owned(),
        Kind::Constant { expected_value } => format!("must be {}", plain(expected_value)),
        Kind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            format!("must be {}", OneOf(&options))
        }
        Kind::Contains => contains(error).to_owned(),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be greater than {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::FalseSchema => "is not allowed".to_owned(),
        Kind::Format { format } => match FORMATS.iter().find(|(name, _)| name == format) {
            Some((_, format)) => format!("must be {}", format.with_article()),
            None => format!("must have the format `{format}`"),
        },
        Kind::MaxItems { limit } => format!("must have at most {}", count(*limit, "element")),
        Kind::MinItems { limit } => format!("must have at least {}", count(*limit, "element")),
        Kind::MaxLength { limit } => format!("must have at most {}", count(*limit, "character")),
        Kind::MinLength { limit } => format!("must have at least {}", count(*limit, "character")),
        Kind::MaxProperties { limit } => format!("must have at most {}", count(*limit, "field")),
        Kind::MinProperties { limit } => format!("must have at least {}", count(*limit, "field")),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::Not { schema } => format!("must not match the schema {}", quote(&schema.to_string())),
        Kind::Pattern { pattern } => format!("must match the pattern `{pattern}`"),
        Kind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => with_article(&kind.to_string()),
                TypeKind::Multiple(kinds) => {
                    // `null` comes last in the list of types.
                    let (null, others): (Vec<_>, Vec<_>) = kinds.iter().partition(|kind| *kind == JsonType::Null);
                    let all = others.iter().chain(&null).map(|kind| with_article(&kind.to_string()));
                    all.collect::<Vec<_>>().join(" or ")
                }
            };
            let found = type_of(error.instance());
            if expected.ends_with("an integer") && found == "a number" {
                return format!("must be {expected}");
            }
            format!("must be {expected}, not {found}")
        }
        Kind::UniqueItems => "must not have equal elements".to_owned(),
        _ => error.masked().to_string(),
    }
}

/// Returns the message of a `contains` error. The last step of its schema path is the keyword that failed.
fn contains(error: &ValidationError<'_>) -> &'static str {
    match error.schema_path().as_str().rsplit('/').next() {
        Some("maxContains") => "must have fewer elements that match the `contains` of its schema",
        Some("minContains") => "must have more elements that match the `contains` of its schema",
        _ => "must have an element that matches the `contains` of its schema",
    }
}

fn count(limit: u64, noun: &str) -> String {
    Count(usize::try_from(limit).unwrap_or(usize::MAX), noun).to_string()
}

/// Returns a JSON value for a message: a string as it is, and any other value as JSON text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| quote(&value.to_string()), str::to_owned)
}

fn quote(text: &str) -> String {
    match text.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn with_article(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        "integer" | "array" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
