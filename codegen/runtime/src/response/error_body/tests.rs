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
fn a_choice_of_numbers_is_written_without_quotes() {
    let choice = |strings| {
        let choice =
            ErrorChoice { values: &["1", "2"], strings, by_code: false, statuses: &[(409, 1)], client: 0, server: 0 };
        ErrorValue::Choice(Box::leak(Box::new(choice)))
    };
    assert_eq!(json_of(&choice(false), &problem()), 2);
    assert_eq!(json_of(&choice(true), &problem()), "2");
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

#[test]
fn each_text_of_a_problem_is_in_its_slot() {
    const ID: &str = "0b5f9d6c-6f0f-4d4a-9a55-6d4c9f0f5a11";
    let text = |text: ErrorText, id: &str| as_text(&ErrorValue::Text(text), &problem(), id);
    for (slot, expected) in [
        (ErrorText::Code, "NAME_TAKEN"),
        (ErrorText::LowerCode, "name_taken"),
        (ErrorText::UpperCode, "NAME_TAKEN"),
        (ErrorText::LowerSnakeCode, "name_taken"),
        (ErrorText::Message, "taken"),
        (ErrorText::Sentence, "taken: items[0].name is taken; q is odd"),
        (ErrorText::Title, "Conflict"),
        (ErrorText::Status, "409"),
        (ErrorText::RequestId, ID),
        (ErrorText::Uuid, ID),
        (ErrorText::Instance, &format!("urn:uuid:{ID}")),
        (ErrorText::Field, "items[0].name"),
        (ErrorText::FieldOrNull, "items[0].name"),
        (ErrorText::FieldOrLocation, "items[0].name"),
        (ErrorText::Parameter, ""),
        (ErrorText::Pointer, "/items/0/name"),
        (ErrorText::Location, "body"),
    ] {
        assert_eq!(text(slot, ID), expected, "{slot:?}");
    }
    assert_eq!(text(ErrorText::Instance, "r-1"), "urn:request-id:r-1");
    uuid::Uuid::try_parse(&text(ErrorText::Uuid, "r-1")).unwrap();
}

#[test]
fn a_problem_without_violations_leaves_the_slots_of_fields_empty() {
    let problem = Problem::new(StatusCode::NOT_FOUND, "");
    for (slot, expected) in [
        (ErrorText::Message, json!("Not Found")),
        (ErrorText::Sentence, json!("Not Found")),
        (ErrorText::Field, json!("")),
        (ErrorText::FieldOrNull, Value::Null),
        (ErrorText::FieldOrLocation, json!("body")),
        (ErrorText::Parameter, json!("")),
        (ErrorText::Pointer, json!("")),
        (ErrorText::Location, json!("body")),
    ] {
        assert_eq!(json_of(&ErrorValue::Text(slot), &problem), expected, "{slot:?}");
    }
    assert_eq!(json_of(&ErrorValue::Steps, &problem), json!([]));
}

#[test]
fn a_slot_of_the_time_has_the_current_time_in_its_unit() {
    let number = |slot: ErrorValue| json_of(&slot, &problem()).as_i64().unwrap();
    let text = |text: ErrorText| as_text(&ErrorValue::Text(text), &problem(), "r-1");
    let before = chrono::Utc::now();
    let (seconds, milliseconds) = (number(ErrorValue::Seconds), number(ErrorValue::Milliseconds));
    let (timestamp, date) = (text(ErrorText::Timestamp), text(ErrorText::Date));
    let after = chrono::Utc::now();
    assert!((before.timestamp()..=after.timestamp()).contains(&seconds), "{seconds}");
    assert!((before.timestamp_millis()..=after.timestamp_millis()).contains(&milliseconds), "{milliseconds}");
    let parsed = chrono::DateTime::parse_from_rfc3339(&timestamp).unwrap().timestamp_millis();
    assert!((before.timestamp_millis()..=after.timestamp_millis()).contains(&parsed), "{timestamp}");
    assert!(timestamp.ends_with('Z') && timestamp.len() == "2026-01-01T00:00:00.000Z".len(), "{timestamp}");
    assert!([before, after].map(|time| time.date_naive().to_string()).contains(&date), "{date}");
}

#[test]
fn the_steps_to_an_invalid_value_begin_with_its_location() {
    let list = ErrorValue::List(&ErrorList { item: ErrorValue::Steps, max: usize::MAX, or_problem: false });
    assert_eq!(json_of(&ErrorValue::Steps, &problem()), json!(["body", "items", "0", "name"]));
    assert_eq!(json_of(&list, &problem()), json!([["body", "items", "0", "name"], ["query", "q"]]));
}

#[test]
fn an_optional_member_is_omitted_if_the_problem_has_no_value_for_it() {
    const LIST: ErrorList = ErrorList { item: ErrorValue::Status, max: 1, or_problem: false };
    const MEMBERS: &[ErrorMember] = &[
        ErrorMember::Optional("code", ErrorValue::Text(ErrorText::Code)),
        ErrorMember::Optional("status", ErrorValue::Status),
        ErrorMember::Optional("constant", ErrorValue::Constant("1")),
        ErrorMember::Optional("field", ErrorValue::Text(ErrorText::Field)),
        ErrorMember::Optional("start", ErrorValue::Limited(ErrorText::Field, 2)),
        ErrorMember::Optional("nullable", ErrorValue::Text(ErrorText::FieldOrNull)),
        ErrorMember::Optional("place", ErrorValue::Text(ErrorText::FieldOrLocation)),
        ErrorMember::Optional("in", ErrorValue::Text(ErrorText::Location)),
        ErrorMember::Optional("pointer", ErrorValue::Text(ErrorText::Pointer)),
        ErrorMember::Optional("parameter", ErrorValue::Text(ErrorText::Parameter)),
        ErrorMember::Optional("steps", ErrorValue::Steps),
        ErrorMember::Optional("message", ErrorValue::MessageByField),
        ErrorMember::Optional("messages", ErrorValue::MessagesByField),
        ErrorMember::Optional("list", ErrorValue::List(&LIST)),
        ErrorMember::Optional("nested", ErrorValue::Object(&[ErrorMember::Required("steps", ErrorValue::Steps)])),
    ];
    let without = || Problem::new(StatusCode::CONFLICT, "taken");
    assert_eq!(json_of(&ErrorValue::Object(MEMBERS), &without()), json!({ "code": "CONFLICT", "status": 409 }));
    let in_body = without().with_violation(Violation::body("name", "is taken"));
    assert_eq!(
        json_of(&ErrorValue::Object(MEMBERS), &in_body),
        json!({
            "code": "CONFLICT", "status": 409, "field": "name", "start": "na", "nullable": "name", "place": "name",
            "in": "body", "pointer": "/name", "steps": ["body", "name"], "message": { "name": "is taken" },
            "messages": { "name": ["is taken"] }, "list": [409], "nested": { "steps": ["body", "name"] },
        })
    );
    let violation = Violation { location: InputLocation::Query, field: "q".to_owned(), message: "is odd".into() };
    let in_query = json_of(&ErrorValue::Object(MEMBERS), &without().with_violation(violation));
    assert_eq!((&in_query["pointer"], &in_query["parameter"]), (&Value::Null, &json!("q")));
}

#[test]
fn a_list_has_at_most_the_declared_number_of_elements() {
    let list =
        |max| ErrorValue::List(&*Box::leak(Box::new(ErrorList { item: ErrorValue::Status, max, or_problem: true })));
    for max in 0..4 {
        let elements = json_of(&list(max), &problem()).as_array().unwrap().len();
        assert_eq!(elements, max.min(problem().violations.len()), "{max}");
    }
}

#[test]
fn a_body_of_text_is_the_value_of_its_slot() {
    const CHOICE: ErrorChoice =
        ErrorChoice { values: &["a", "b"], strings: true, by_code: false, statuses: &[(409, 1)], client: 0, server: 0 };
    for (slot, expected) in [
        (ErrorValue::Text(ErrorText::Code), "NAME_TAKEN"),
        (ErrorValue::Limited(ErrorText::Code, 4), "NAME"),
        (ErrorValue::Limited(ErrorText::Code, 40), "NAME_TAKEN"),
        (ErrorValue::Choice(&CHOICE), "b"),
        (ErrorValue::Status, "409"),
        (ErrorValue::Constant("fixed"), "fixed"),
    ] {
        assert_eq!(as_text(&slot, &problem(), "r-1"), expected, "{slot:?}");
    }
}
