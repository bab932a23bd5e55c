//! Tests of error bodies: what the server writes, the client reads back.

use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{PROBLEM_DETAILS, as_json, as_text, read};
use crate::json::Writer;
use crate::operation::{ErrorBody, ErrorChoice, ErrorContent, ErrorList, ErrorMember, ErrorText, ErrorValue};
use crate::response::problem::Problem;
use crate::validate::violation::{InputLocation, Violation};

fn problem() -> Problem {
    Problem::new(StatusCode::CONFLICT, "taken")
        .with_code("NAME_TAKEN")
        .with_violation(Violation::body("items[0].name", "is taken"))
        .with_violation(Violation { location: InputLocation::Query, field: "q".to_owned(), message: "is odd".into() })
}

fn json_of(template: &ErrorValue, problem: &Problem) -> Value {
    let mut writer = Writer::new();
    as_json(template, problem, "r-1", &mut writer);
    serde_json::from_slice(&writer.finish().unwrap()).unwrap()
}

fn read_json(body: &ErrorBody, value: &Value) -> Problem {
    read(body, StatusCode::CONFLICT, &HeaderMap::new(), value.to_string().as_bytes())
}

const NESTED: ErrorBody = ErrorBody {
    media_type: "application/json",
    content: ErrorContent::Json(ErrorValue::Object(&[ErrorMember::Required(
        "error",
        ErrorValue::Object(&[
            ErrorMember::Required("code", ErrorValue::Text(ErrorText::Code)),
            ErrorMember::Required("text", ErrorValue::Limited(ErrorText::Message, 3)),
            ErrorMember::Optional(
                "fields",
                ErrorValue::List(&ErrorList {
                    item: ErrorValue::Object(&[
                        ErrorMember::Required("path", ErrorValue::Text(ErrorText::Field)),
                        ErrorMember::Required("reason", ErrorValue::Text(ErrorText::Message)),
                    ]),
                    max: usize::MAX,
                    or_problem: false,
                }),
            ),
            ErrorMember::Optional("trace", ErrorValue::Text(ErrorText::RequestId)),
        ]),
    )])),
};

const JSON_API: ErrorBody = ErrorBody {
    media_type: "application/vnd.api+json",
    content: ErrorContent::Json(ErrorValue::Object(&[ErrorMember::Required(
        "errors",
        ErrorValue::List(&ErrorList {
            item: ErrorValue::Object(&[
                ErrorMember::Required("status", ErrorValue::Text(ErrorText::Status)),
                ErrorMember::Required("detail", ErrorValue::Text(ErrorText::Message)),
                ErrorMember::Optional(
                    "source",
                    ErrorValue::Object(&[
                        ErrorMember::Optional("pointer", ErrorValue::Text(ErrorText::Pointer)),
                        ErrorMember::Optional("parameter", ErrorValue::Text(ErrorText::Parameter)),
                    ]),
                ),
            ]),
            max: usize::MAX,
            or_problem: true,
        }),
    )])),
};

fn template(body: &ErrorBody) -> &ErrorValue {
    match &body.content {
        ErrorContent::Json(template) | ErrorContent::Text(template) => template,
        ErrorContent::Converted(_) => panic!("the body has no template"),
    }
}

#[test]
fn a_nested_error_is_written_and_read() {
    let value = json_of(template(&NESTED), &problem());
    let fields = json!([{ "path": "items[0].name", "reason": "is taken" }, { "path": "q", "reason": "is odd" }]);
    assert_eq!(value, json!({ "error": { "code": "NAME_TAKEN", "text": "tak", "fields": fields, "trace": "r-1" } }));
    let read = read_json(&NESTED, &value);
    assert_eq!((&*read.code, &*read.message), ("NAME_TAKEN", "tak"));
    assert_eq!(read.violations, [Violation::body("items[0].name", "is taken"), Violation::body("q", "is odd")]);
    assert_eq!(read.header("x-request-id"), Some("r-1"));
}

#[test]
fn an_empty_optional_list_is_omitted() {
    let value = json_of(template(&NESTED), &Problem::new(StatusCode::NOT_FOUND, "no"));
    assert_eq!(value, json!({ "error": { "code": "NOT_FOUND", "text": "no", "trace": "r-1" } }));
}

#[test]
fn a_list_of_errors_has_a_source_for_each_violation() {
    let value = json_of(template(&JSON_API), &problem());
    assert_eq!(
        value,
        json!({ "errors": [
            { "status": "409", "detail": "is taken", "source": { "pointer": "/items/0/name" } },
            { "status": "409", "detail": "is odd", "source": { "parameter": "q" } },
        ] })
    );
    let read = read_json(&JSON_API, &value);
    assert_eq!(read.violations, [Violation::body("/items/0/name", "is taken"), Violation::body("q", "is odd")]);
}

#[test]
fn a_list_of_errors_contains_a_problem_without_violations() {
    let value = json_of(template(&JSON_API), &Problem::new(StatusCode::NOT_FOUND, "no such page"));
    assert_eq!(value, json!({ "errors": [{ "status": "404", "detail": "no such page" }] }));
    let read = read_json(&JSON_API, &value);
    assert_eq!((&*read.message, read.violations.len()), ("no such page", 0));
}

#[test]
fn a_sentence_lists_at_most_ten_violations() {
    let many = (0..12).fold(Problem::new(StatusCode::BAD_REQUEST, "not valid"), |problem, index| {
        problem.with_violation(Violation::body(format!("a{index}"), "is wrong"))
    });
    let sentence = as_text(&ErrorValue::Text(ErrorText::Sentence), &many, "r-1");
    assert!(sentence.starts_with("not valid: a0 is wrong; a1 is wrong;"), "{sentence}");
    assert!(sentence.ends_with("a9 is wrong; and 2 more"), "{sentence}");
}

#[test]
fn messages_by_field_share_the_key_of_a_field() {
    let problem = Problem::new(StatusCode::BAD_REQUEST, "not valid")
        .with_violation(Violation::body("a", "is short"))
        .with_violation(Violation::body("", "is closed"))
        .with_violation(Violation::body("a", "is odd"));
    let value = json_of(&ErrorValue::MessagesByField, &problem);
    assert_eq!(value, json!({ "a": ["is short", "is odd"], "body": ["is closed"] }));
}

#[test]
fn a_choice_follows_the_code_then_the_status_then_the_class() {
    let choice = ErrorValue::Choice(&ErrorChoice {
        values: &["invalid", "not_found", "name-taken", "internal"],
        strings: true,
        by_code: true,
        statuses: &[(404, 1)],
        client: 0,
        server: 3,
    });
    let of = |problem: &Problem| json_of(&choice, problem);
    assert_eq!(of(&problem()), "name-taken");
    assert_eq!(of(&Problem::new(StatusCode::NOT_FOUND, "")), "not_found");
    assert_eq!(of(&Problem::new(StatusCode::GONE, "")), "invalid");
    assert_eq!(of(&Problem::new(StatusCode::BAD_GATEWAY, "")), "internal");
}

#[test]
fn problem_details_from_a_proxy_are_read_instead_of_the_error_schema() {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", "application/problem+json".parse().unwrap());
    let value = json_of(template(&PROBLEM_DETAILS), &problem());
    let read = read(&NESTED, StatusCode::CONFLICT, &headers, value.to_string().as_bytes());
    assert_eq!((&*read.code, &*read.message, read.violations.len()), ("NAME_TAKEN", "taken", 2));
}

#[test]
fn a_response_in_another_shape_becomes_its_status() {
    let read = read(&NESTED, StatusCode::BAD_GATEWAY, &HeaderMap::new(), b"<html>");
    assert_eq!((&*read.code, &*read.message), ("BAD_GATEWAY", "Bad Gateway"));
}

#[test]
fn a_code_that_is_no_identifier_is_replaced_by_that_of_the_status() {
    let code =
        |code: &'static str| as_text(&ErrorValue::Text(ErrorText::LowerSnakeCode), &problem().with_code(code), "r-1");
    assert_eq!(code("NAME_TAKEN"), "name_taken");
    assert_eq!(code("name taken"), "conflict");
}
