//! Strings and numbers in an error schema: the slot for a role that satisfies the constraints of the schema.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::choice;
use super::template::{ErrorText, ErrorValue};
use crate::model::schema::{ErrorRole, Format, IntegerShape, IntegerWidth, NumberShape, StringEnum, StringShape};

/// The error codes of problems by their status codes. Those of automatic refusals are among them.
const CODES: &[(u16, &str)] = &[
    (400, "BAD_REQUEST"),
    (401, "UNAUTHORIZED"),
    (402, "PAYMENT_REQUIRED"),
    (403, "FORBIDDEN"),
    (404, "NOT_FOUND"),
    (405, "METHOD_NOT_ALLOWED"),
    (406, "NOT_ACCEPTABLE"),
    (408, "REQUEST_TIMEOUT"),
    (409, "CONFLICT"),
    (410, "GONE"),
    (412, "PRECONDITION_FAILED"),
    (413, "PAYLOAD_TOO_LARGE"),
    (415, "UNSUPPORTED_MEDIA_TYPE"),
    (422, "VALIDATION_ERROR"),
    (428, "PRECONDITION_REQUIRED"),
    (429, "RATE_LIMITED"),
    (500, "INTERNAL_ERROR"),
    (501, "NOT_IMPLEMENTED"),
    (502, "BAD_GATEWAY"),
    (503, "SERVICE_UNAVAILABLE"),
    (504, "TIMEOUT"),
];

/// The reason why a schema cannot be filled from a problem, as the end of a sentence about the schema.
pub(super) type Reason = String;

/// Returns the slot of a string schema for a role. `nullable` is true if null is a valid value too.
pub(super) fn text(shape: &StringShape, role: Option<ErrorRole>, nullable: bool) -> Result<ErrorValue, Reason> {
    let Some(role) = role else { return Err("receives no part of a problem".to_owned()) };
    if role == ErrorRole::Code && !shape.patterns.is_empty() {
        return code_with_pattern(shape);
    }
    let plain = shape.format == Format::Plain;
    let uri = matches!(shape.format, Format::Plain | Format::Uri | Format::UriReference);
    let (text, shortest, fits) = match role {
        ErrorRole::Code => (ErrorText::Code, 1, plain),
        ErrorRole::LowerCode => (ErrorText::LowerCode, 1, plain),
        ErrorRole::Message | ErrorRole::Details => (ErrorText::Message, 1, plain),
        ErrorRole::Title => (ErrorText::Title, 1, plain),
        ErrorRole::Status => (ErrorText::Status, 3, plain && shape.max.is_none_or(|max| max >= 3)),
        ErrorRole::Type | ErrorRole::Rejected => return constant(shape, role, nullable),
        ErrorRole::Instance => (ErrorText::Instance, 1, uri && shape.max.is_none()),
        ErrorRole::RequestId if shape.format == Format::Uuid => (ErrorText::Uuid, 36, true),
        ErrorRole::RequestId => (ErrorText::RequestId, 1, plain),
        ErrorRole::Timestamp if shape.format == Format::Date => (ErrorText::Date, 10, true),
        ErrorRole::Timestamp => {
            (ErrorText::Timestamp, 20, matches!(shape.format, Format::Plain | Format::DateTime) && shape.max.is_none())
        }
        ErrorRole::Field if nullable => (ErrorText::FieldOrNull, 0, plain),
        ErrorRole::Field if shape.min.is_some_and(|min| min > 0) => (ErrorText::FieldOrLocation, 1, plain),
        ErrorRole::Field => (ErrorText::Field, 0, plain),
        ErrorRole::Parameter => (ErrorText::Parameter, 0, plain),
        ErrorRole::Pointer => (ErrorText::Pointer, 0, plain || shape.format == Format::UriReference),
        ErrorRole::Location => (ErrorText::Location, 4, plain),
    };
    if !fits {
        return Err(match plain {
            true => "has a `maxLength` that its values exceed".to_owned(),
            false => "has a `format` that its values do not have".to_owned(),
        });
    }
    unpatterned(shape)?;
    if shape.min.is_some_and(|min| min > shortest) {
        return Err(format!(
            "has a `minLength` of {}, which shorter values do not reach",
            shape.min.unwrap_or_default()
        ));
    }
    Ok(ErrorValue::Text(text, shape.max))
}

fn unpatterned(shape: &StringShape) -> Result<(), Reason> {
    match shape.patterns.is_empty() {
        true => Ok(()),
        false => Err("has a `pattern`, which a value may not match".to_owned()),
    }
}

/// Returns the constant of the type of a problem, or the empty value that replaces a rejected value.
fn constant(shape: &StringShape, role: ErrorRole, nullable: bool) -> Result<ErrorValue, Reason> {
    if role == ErrorRole::Rejected && nullable {
        return Ok(ErrorValue::Constant(Json::Null));
    }
    let (text, formats) = match role {
        // RFC 9457 § 4.2.1.
        ErrorRole::Type => ("about:blank", matches!(shape.format, Format::Plain | Format::Uri | Format::UriReference)),
        _ => ("", shape.format == Format::Plain),
    };
    let length = text.len() as u64;
    let fits = formats && shape.min.is_none_or(|min| min <= length) && shape.max.is_none_or(|max| max >= length);
    match fits && (shape.patterns.is_empty() || matcher(shape)(text)) {
        true => Ok(ErrorValue::Constant(json!(text))),
        false => Err(format!("does not allow the value `{text}`")),
    }
}

/// Returns the choice among the error codes of the usual problems, in the spelling that the patterns demand.
fn code_with_pattern(shape: &StringShape) -> Result<ErrorValue, Reason> {
    let spellings: [fn(&str) -> String; 6] = [
        str::to_owned,
        |code| code.to_lowercase(),
        |code| code.to_lowercase().replace('_', "-"),
        |code| code.replace('_', "-"),
        pascal_case,
        |code| {
            let pascal = pascal_case(code);
            pascal[..1].to_lowercase() + &pascal[1..]
        },
    ];
    let matches = matcher(shape);
    let fits = |code: &String| {
        let length = code.chars().count() as u64;
        shape.min.is_none_or(|min| length >= min) && shape.max.is_none_or(|max| length <= max) && matches(code)
    };
    // A pattern that allows identifiers of every kind allows the codes of handlers too.
    let identifiers = ["A", "AB", "A1", "AB_CD", "EMAIL_TAKEN", "X9_Y8_Z7"];
    let cut = shape.max.map(|_| "AB_");
    let open = |spelling: fn(&str) -> String| identifiers.into_iter().chain(cut).map(spelling).all(|code| fits(&code));
    if shape.format == Format::Plain && open(str::to_owned) {
        return Ok(ErrorValue::Text(ErrorText::UpperCode, shape.max));
    }
    if shape.format == Format::Plain && open(|code| code.to_lowercase()) {
        return Ok(ErrorValue::Text(ErrorText::LowerSnakeCode, shape.max));
    }
    for spelling in spellings {
        let codes: Vec<String> = CODES.iter().map(|(_, code)| spelling(code)).collect();
        if shape.format == Format::Plain && codes.iter().all(fits) {
            let statuses: Vec<u16> = CODES.iter().map(|(status, _)| *status).collect();
            return Ok(ErrorValue::Choice(choice::codes(codes, &statuses)));
        }
    }
    // Some contracts write the status code as a string.
    if CODES.iter().all(|(status, _)| fits(&status.to_string())) {
        return Ok(ErrorValue::Text(ErrorText::Status, None));
    }
    unpatterned(shape)?;
    Err("receives no part of a problem".to_owned())
}

fn pascal_case(code: &str) -> String {
    let words = code.split('_').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_owned() + &word[1..].to_lowercase()).collect()
}

/// Returns a predicate that is true for the texts that match every pattern (ECMA-262) of a string schema.
fn matcher(shape: &StringShape) -> impl Fn(&str) -> bool {
    let patterns: Vec<Json> = shape.patterns.iter().map(|(pattern, _)| json!({ "pattern": pattern })).collect();
    let validator = jsonschema::validator_for(&json!({ "allOf": patterns }));
    move |text| validator.as_ref().is_ok_and(|validator| validator.is_valid(&json!(text)))
}

/// Returns the choice among the strings of an enumeration.
pub(super) fn string_enum(
    shape: &StringEnum,
    role: Option<ErrorRole>,
    statuses: &BTreeSet<u16>,
) -> Result<ErrorValue, Reason> {
    let identifies = matches!(role, Some(ErrorRole::Code | ErrorRole::LowerCode | ErrorRole::Status));
    match (shape.values.as_slice(), role) {
        ([only], _) if !identifies => Ok(ErrorValue::Constant(json!(only))),
        (values, Some(ErrorRole::Location)) => {
            let all = ["path", "query", "header", "cookie", "body"];
            match all.iter().all(|location| values.iter().any(|value| value == location)) {
                true => Ok(ErrorValue::Text(ErrorText::Location, None)),
                false => Err("does not list every location: `path`, `query`, `header`, `cookie` and `body`".to_owned()),
            }
        }
        (values, _) => match choice::strings(values, statuses, identifies || role.is_none()) {
            Ok(_) if values.len() == 1 => Ok(ErrorValue::Constant(json!(values[0]))),
            Ok(choice) => Ok(ErrorValue::Choice(choice)),
            Err(_) if role.is_none() => Err("receives no part of a problem".to_owned()),
            Err(_) if shape.open => text(&StringShape::default(), role, false),
            Err(status) => Err(format!("lists no value for the status {status}")),
        },
    }
}

/// Returns the choice among the values of an enumeration that are not strings.
pub(super) fn values(
    values: &[Json],
    role: Option<ErrorRole>,
    outcome: Option<bool>,
    statuses: &BTreeSet<u16>,
) -> Result<ErrorValue, Reason> {
    if let Some(value) = outcome.map(Json::Bool).filter(|value| values.contains(value)) {
        return Ok(ErrorValue::Constant(value));
    }
    match values {
        [only] if role != Some(ErrorRole::Status) => Ok(ErrorValue::Constant(only.clone())),
        _ if role == Some(ErrorRole::Status) => {
            let texts: Vec<String> = values.iter().map(Json::to_string).collect();
            choice::numbers(&texts, statuses)
                .map(ErrorValue::Choice)
                .map_err(|status| format!("lists no value for the status {status}"))
        }
        _ => Err("receives no part of a problem".to_owned()),
    }
}

/// Returns the slot of an integer schema for a role.
pub(super) fn integer(
    shape: &IntegerShape,
    role: Option<ErrorRole>,
    statuses: &BTreeSet<u16>,
) -> Result<ErrorValue, Reason> {
    let valid = |status: u16| {
        let status = i128::from(status);
        shape.min.is_none_or(|min| status >= min)
            && shape.max.is_none_or(|max| status <= max)
            && shape.multiple_of.is_none_or(|step| status % step == 0)
    };
    match role {
        Some(ErrorRole::Status | ErrorRole::Code) => number_of(statuses, valid),
        Some(ErrorRole::Timestamp) if shape.multiple_of.is_none() && shape.max.is_none() => Ok(match shape.width {
            IntegerWidth::Int32 | IntegerWidth::Uint32 => ErrorValue::Seconds,
            IntegerWidth::Int64 | IntegerWidth::Uint64 => ErrorValue::Milliseconds,
        }),
        _ => Err("receives no part of a problem".to_owned()),
    }
}

/// Returns the slot of a number schema for a role.
pub(super) fn number(
    shape: &NumberShape,
    role: Option<ErrorRole>,
    statuses: &BTreeSet<u16>,
) -> Result<ErrorValue, Reason> {
    let valid = |status: u16| {
        let status = f64::from(status);
        shape.min.is_none_or(|min| status > min || (!shape.exclusive_min && status >= min))
            && shape.max.is_none_or(|max| status < max || (!shape.exclusive_max && status <= max))
            && shape.multiple_of.is_none_or(|step| status % step == 0.0)
    };
    match role {
        Some(ErrorRole::Status | ErrorRole::Code) => number_of(statuses, valid),
        Some(ErrorRole::Timestamp) if shape.multiple_of.is_none() && shape.max.is_none() => {
            Ok(ErrorValue::Milliseconds)
        }
        _ => Err("receives no part of a problem".to_owned()),
    }
}

fn number_of(statuses: &BTreeSet<u16>, valid: impl Fn(u16) -> bool) -> Result<ErrorValue, Reason> {
    match statuses.iter().find(|status| !valid(**status)) {
        Some(status) => Err(format!("does not allow the number {status}")),
        None => Ok(ErrorValue::Status),
    }
}
