//! The shop, asked case by case: what handlers return, and what is made of their errors.

use serde_json::{Value as Json, json};

use super::wire::Service;
use crate::workspace::SHOP;

/// Asks with a JSON body, and reads status and body.
pub fn ask(service: &Service, method: &str, target: &str, body: &str) -> (u16, Json) {
    let json = [("content-type".to_owned(), "application/json".to_owned())];
    let answer = service.ask(method, target, &json, body.as_bytes());
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Json::Null))
}

#[test]
fn a_handler_is_called_with_what_was_sent_and_its_answer_arrives() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "ABC-1234", "quantity": 2, "email": "user@example.com"}"#;
    let answer = ask(&service, "POST", "/orders", body);
    assert_eq!(answer, (201, json!({ "id": 1, "sku": "ABC-1234", "quantity": 2 })));
}

#[test]
fn a_domain_error_that_is_a_plain_enum_arrives_as_the_status_it_converts_to() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "OUT-0000", "quantity": 2, "email": "user@example.com"}"#;
    let (status, answer) = ask(&service, "POST", "/orders", body);
    assert_eq!(status, 409, "{answer}");
    assert_eq!(
        answer,
        json!({ "error": { "code": "OUT_OF_STOCK", "message": "OUT-0000 is sold out", "requestId": "0123456789abcdef", "details": [] } })
    );
}

#[test]
fn an_error_of_a_library_arrives_as_a_500_that_tells_nothing() {
    let service = Service::start(SHOP);
    let (status, answer) = ask(&service, "GET", "/orders/500", "");
    assert_eq!(status, 500, "{answer}");
    assert!(!answer.to_string().contains("the disk is gone"), "{answer}");
}

#[test]
fn a_query_and_a_body_that_are_wrong_in_five_ways_are_answered_once() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "abc", "quantity": "two", "note": "longer than ten"}"#;
    let (status, answer) = ask(&service, "POST", "/orders?dryRun=maybe", body);
    assert_eq!(status, 400, "{answer}");
    let details = json!([
        { "field": "dryRun", "message": "must be true or false" },
        { "field": "sku", "message": "must match the pattern `^[A-Z]{3}-[0-9]{4}$`" },
        { "field": "quantity", "message": "must be an integer, not a string" },
        { "field": "note", "message": "must have at most 10 characters" },
        { "field": "email", "message": "is required" },
    ]);
    let error = json!({
        "code": "VALIDATION_ERROR",
        "message": "the request is not valid",
        "requestId": "0123456789abcdef",
        "details": details,
    });
    assert_eq!(answer, json!({ "error": error }));
}

#[test]
fn a_route_that_is_not_in_the_contract_is_refused_in_the_contracts_envelope() {
    let service = Service::start(SHOP);
    let (status, answer) = ask(&service, "GET", "/nowhere", "");
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("NOT_FOUND")), "{answer}");
}
