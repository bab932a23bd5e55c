//! What the interpreter finds, told in the words of the other violations.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::formats::FORMATS;
use crate::json::check::{Count, OneOf};

/// How much of a schema a message quotes, in characters.
const LONGEST_QUOTE: usize = 200;

/// Each field that an error is about, below `field`, with a clause.
pub(super) fn of(error: &ValidationError<'_>, field: Vec<String>) -> Vec<(Vec<String>, String)> {
    let below = |name: &str| field.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
    match error.kind() {
        Kind::Required { property } => vec![(below(property.as_str().unwrap_or_default()), "is required".to_owned())],
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|name| (below(name), "is not a known field".to_owned())).collect()
        }
        Kind::PropertyNames { error } => {
            let name = error.instance().as_str().unwrap_or_default();
            vec![(below(name), format!("is not a name that is allowed: it {}", clause(error)))]
        }
        _ => vec![(field, clause(error))],
    }
}

fn clause(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::AdditionalItems { limit } => format!("must have at most {}", Count(*limit, "element")),
        Kind::UnevaluatedItems { .. } => "must not have elements that no part of its schema speaks of".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => "must be one of the forms that are allowed".to_owned(),
        Kind::OneOfMultipleValid { .. } => "must fit one form only, but fits several".to_owned(),
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
            None => format!("must be of the format `{format}`"),
        },
        Kind::MaxItems { limit } => format!("must have at most {}", count(*limit, "element")),
        Kind::MinItems { limit } => format!("must have at least {}", count(*limit, "element")),
        Kind::MaxLength { limit } => format!("must have at most {}", count(*limit, "character")),
        Kind::MinLength { limit } => format!("must have at least {}", count(*limit, "character")),
        Kind::MaxProperties { limit } => format!("must have at most {}", count(*limit, "field")),
        Kind::MinProperties { limit } => format!("must have at least {}", count(*limit, "field")),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::Not { schema } => format!("must not fit {}", quote(&schema.to_string())),
        Kind::Pattern { pattern } => format!("must match the pattern `{pattern}`"),
        Kind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => with_article(&kind.to_string()),
                TypeKind::Multiple(kinds) => {
                    // Null is what is left.
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

/// `minContains` and `maxContains` are told apart by the place in the schema.
fn contains(error: &ValidationError<'_>) -> &'static str {
    match error.schema_path().as_str().rsplit('/').next() {
        Some("maxContains") => "must have fewer of the elements that `contains` speaks of",
        Some("minContains") => "must have more of the elements that `contains` speaks of",
        _ => "must have an element that `contains` speaks of",
    }
}

fn count(limit: u64, what: &str) -> String {
    Count(usize::try_from(limit).unwrap_or(usize::MAX), what).to_string()
}

/// Text as it is, other values as JSON.
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
