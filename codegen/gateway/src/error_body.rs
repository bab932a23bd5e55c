//! The error responses that a gateway sends itself, in the error envelope of the contract.
//!
//! The template of an error body is filled for each status as a service fills it. Values that only a gateway knows, such
//! as the id of the request, stay placeholders.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use writ_contract::diagnostic::Diagnostic;
use writ_contract::model::Contract;
use writ_contract::model::envelope::{
    ErrorBody, ErrorChoice, ErrorContent, ErrorList, ErrorText, ErrorValue, problem_details,
};
use writ_contract::model::version_number;
use writ_contract::source::{FileId, Span};

use crate::collect::Member;
use crate::routes::ErrorReplies;

/// The media type of RFC 9457 problem details.
const PROBLEM_JSON: &str = "application/problem+json";

/// A status of the gateway's own responses, with its usual error code, its reason phrase and its message for people.
struct Failure {
    status: u16,
    code: &'static str,
    title: &'static str,
    message: &'static str,
}

/// The statuses of a gateway's own responses. The last one stands for all others.
const FAILURES: &[Failure] = &[
    failure(400, "BAD_REQUEST", "Bad Request", "the request is malformed"),
    failure(401, "UNAUTHORIZED", "Unauthorized", "valid credentials are required"),
    failure(403, "FORBIDDEN", "Forbidden", "the request is not permitted"),
    failure(404, "NOT_FOUND", "Not Found", "the requested path does not exist"),
    failure(405, "METHOD_NOT_ALLOWED", "Method Not Allowed", "the method is not allowed for this path"),
    failure(408, "REQUEST_TIMEOUT", "Request Timeout", "the request did not arrive in time"),
    failure(413, "PAYLOAD_TOO_LARGE", "Payload Too Large", "the request body is too large"),
    failure(426, "CLIENT_ERROR", "Upgrade Required", "the version of HTTP is not supported"),
    failure(429, "RATE_LIMITED", "Too Many Requests", "too many requests; try again later"),
    failure(431, "CLIENT_ERROR", "Request Header Fields Too Large", "the headers of the request are too large"),
    failure(502, "BAD_GATEWAY", "Bad Gateway", "the service sent an invalid response"),
    failure(503, "SERVICE_UNAVAILABLE", "Service Unavailable", "the service is unavailable at the moment"),
    failure(504, "TIMEOUT", "Gateway Timeout", "the service did not respond in time"),
    failure(500, "INTERNAL_ERROR", "Internal Server Error", "an internal error occurred"),
];

const fn failure(status: u16, code: &'static str, title: &'static str, message: &'static str) -> Failure {
    Failure { status, code, title, message }
}

/// An error response for a status. Its body contains [`Placeholder`]s.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The status code of the response.
    pub status: u16,
    /// The body of the response.
    pub body: Value,
}

/// A JSON value in the body of an error response.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A value that is known when the configuration is rendered.
    Known(Json),
    /// A value that the gateway knows when it responds.
    Placeholder(Placeholder),
    /// An object with these members.
    Object(BTreeMap<String, Value>),
    /// An array with these elements.
    Array(Vec<Value>),
}

/// A string in the body of an error response that the gateway knows when it responds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// The id of the request, with its greatest length.
    RequestId(usize),
    /// A URI of the id of the request.
    RequestUri,
    /// A new UUID.
    Uuid,
    /// The time of the request (RFC 3339).
    Time,
    /// The date of the request (RFC 3339).
    Date,
}

/// The greatest length of a request id.
const LONGEST_ID: usize = 64;

/// Returns the error responses of the newest contract, and of each older version that has others.
pub(crate) fn replies(members: &mut [Member<'_>], order: &[usize], has_versions: bool) -> Vec<ErrorReplies> {
    let mut all: Vec<ErrorReplies> = Vec::new();
    for at in order {
        let member = &mut members[*at];
        let is_version = has_versions && version_number(member.name).is_some();
        if !is_version && !all.is_empty() {
            continue;
        }
        let (media_type, replies) = of_contract(member);
        let differs = all.last().is_none_or(|newest| newest.media_type != media_type || newest.replies != replies);
        if differs {
            let prefix = (!all.is_empty()).then(|| format!("/{}/", member.name));
            all.insert(0, ErrorReplies { prefix, media_type, replies });
        }
    }
    all
}

/// Returns the media type and the error responses of a contract. Without an error envelope that a gateway can fill, they
/// are problem details.
fn of_contract(member: &mut Member<'_>) -> (String, Vec<Filled>) {
    let contract = member.contract;
    let body = contract.errors.fallback.map(|index| &contract.errors.bodies[index]);
    if let Some(body) = body {
        if let Some(replies) = filled(body) {
            return (body.media_type.clone(), replies);
        }
        member.diagnostics.push(not_filled(contract, body));
    }
    let details = problem_details();
    let replies =
        FAILURES.iter().filter_map(|failure| Some(Filled { status: failure.status, body: value(&details, failure)? }));
    (PROBLEM_JSON.to_owned(), replies.collect())
}

/// Returns the error responses with this body, or `None` if a gateway cannot fill it.
fn filled(body: &ErrorBody) -> Option<Vec<Filled>> {
    let ErrorContent::Json(template) = &body.content else { return None };
    FAILURES.iter().map(|failure| Some(Filled { status: failure.status, body: value(template, failure)? })).collect()
}

/// Returns the report of an error schema that a gateway cannot fill.
fn not_filled(contract: &Contract, body: &ErrorBody) -> Diagnostic {
    let span = body.schema.map_or(Span::start_of(FileId::ENTRY), |schema| contract.schemas.get(schema).span);
    let message = "a gateway cannot write errors in the error schema of the contract";
    let report = Diagnostic::warning("gateway-errors", span, message).label("has a part that only a service knows");
    report.help("its own errors, such as those for unknown paths, are problem details (RFC 9457)")
}

/// Fills a value of a template. Returns `None` if a gateway does not know the value.
fn value(template: &ErrorValue, failure: &Failure) -> Option<Value> {
    Some(match template {
        ErrorValue::Constant(constant) => Value::Known(constant.clone()),
        ErrorValue::Text(slot, max) => text(*slot, max.and_then(|max| usize::try_from(max).ok()), failure),
        ErrorValue::Status => Value::Known(failure.status.into()),
        // A gateway has no operator for the time as a number.
        ErrorValue::Seconds | ErrorValue::Milliseconds => return None,
        ErrorValue::Choice(choice) => Value::Known(chosen(choice, failure)),
        ErrorValue::Steps => Value::Array(Vec::new()),
        ErrorValue::MessagesByField | ErrorValue::MessageByField => Value::Object(BTreeMap::new()),
        ErrorValue::List(list) => Value::Array(elements(list, failure)?),
        ErrorValue::Object(members) => {
            let present = members.iter().filter(|member| member.required || has(&member.value));
            let member = |name: &String, of: &ErrorValue| Some((name.clone(), value(of, failure)?));
            Value::Object(present.map(|one| member(&one.name, &one.value)).collect::<Option<_>>()?)
        }
    })
}

/// Returns the elements of a list of violations, which only contains the problem itself, or nothing.
fn elements(list: &ErrorList, failure: &Failure) -> Option<Vec<Value>> {
    match list.or_problem && list.max != Some(0) {
        true => Some(vec![value(&list.item, failure)?]),
        false => Some(Vec::new()),
    }
}

/// Returns true if a problem without violations has a value for a slot, or for one within a container.
fn has(template: &ErrorValue) -> bool {
    match template {
        ErrorValue::Text(text, _) => !matches!(
            text,
            ErrorText::Field
                | ErrorText::FieldOrNull
                | ErrorText::FieldOrLocation
                | ErrorText::Location
                | ErrorText::Pointer
                | ErrorText::Parameter
        ),
        ErrorValue::Steps | ErrorValue::MessagesByField | ErrorValue::MessageByField | ErrorValue::Constant(_) => false,
        ErrorValue::List(list) => list.or_problem,
        ErrorValue::Object(members) => members.iter().any(|member| has(&member.value)),
        _ => true,
    }
}

/// Returns the text of a slot, with at most `max` code points.
fn text(slot: ErrorText, max: Option<usize>, failure: &Failure) -> Value {
    let known = |text: &str| {
        let text: String = text.chars().take(max.unwrap_or(usize::MAX)).collect();
        Value::Known(Json::from(text))
    };
    match slot {
        ErrorText::Code | ErrorText::UpperCode => known(failure.code),
        ErrorText::LowerCode | ErrorText::LowerSnakeCode => known(&failure.code.to_ascii_lowercase()),
        ErrorText::Message | ErrorText::Sentence => known(failure.message),
        ErrorText::Title => known(failure.title),
        ErrorText::Status => known(&failure.status.to_string()),
        ErrorText::RequestId => Value::Placeholder(Placeholder::RequestId(max.unwrap_or(LONGEST_ID).min(LONGEST_ID))),
        ErrorText::Instance => Value::Placeholder(Placeholder::RequestUri),
        ErrorText::Uuid => Value::Placeholder(Placeholder::Uuid),
        ErrorText::Timestamp => Value::Placeholder(Placeholder::Time),
        ErrorText::Date => Value::Placeholder(Placeholder::Date),
        ErrorText::Field | ErrorText::Parameter | ErrorText::Pointer => known(""),
        ErrorText::FieldOrNull => Value::Known(Json::Null),
        ErrorText::FieldOrLocation | ErrorText::Location => known("body"),
    }
}

/// Returns the value of an enumeration that fits a failure: by its code, by its status, or by the class of the status.
fn chosen(choice: &ErrorChoice, failure: &Failure) -> Json {
    let letters = |name: &str| {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_uppercase()).collect::<String>()
    };
    let named = choice.values.iter().position(|value| choice.by_code && letters(value) == letters(failure.code));
    let listed = || choice.statuses.iter().find(|(status, _)| *status == failure.status).map(|(_, index)| *index);
    let class = if failure.status >= 500 { choice.server } else { choice.client };
    let text = choice.values.get(named.or_else(listed).unwrap_or(class)).cloned().unwrap_or_default();
    match choice.strings {
        true => Json::from(text),
        false => serde_json::from_str(&text).unwrap_or(Json::Null),
    }
}
