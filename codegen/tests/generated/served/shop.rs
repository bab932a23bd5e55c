//! The service of the shop: the responses to its handlers' results and errors.

use serde_json::{Value as Json, json};

use super::wire::Service;
use crate::workspace::SHOP;

/// Sends a JSON body, and returns the status and the JSON body of the response.
pub fn send(service: &Service, method: &str, target: &str, body: &str) -> (u16, Json) {
    let json = [("content-type".to_owned(), "application/json".to_owned())];
    let response = service.send(method, target, &json, body.as_bytes());
    (response.status, serde_json::from_slice(&response.body).unwrap_or(Json::Null))
}

#[test]
fn a_handler_receives_the_request_and_its_response_is_sent() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "ABC-1234", "quantity": 2, "email": "user@example.com"}"#;
    let response = send(&service, "POST", "/orders", body);
    assert_eq!(response, (201, json!({ "id": 1, "sku": "ABC-1234", "quantity": 2 })));
}

#[test]
fn a_domain_error_becomes_the_status_that_it_converts_to() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "OUT-0000", "quantity": 2, "email": "user@example.com"}"#;
    let (status, response) = send(&service, "POST", "/orders", body);
    assert_eq!(status, 409, "{response}");
    assert_eq!(
        response,
        json!({ "error": { "code": "OUT_OF_STOCK", "message": "OUT-0000 is sold out", "requestId": "0123456789abcdef", "details": [] } })
    );
}

#[test]
fn an_error_of_a_library_becomes_a_500_without_details() {
    let service = Service::start(SHOP);
    let (status, response) = send(&service, "GET", "/orders/500", "");
    assert_eq!(status, 500, "{response}");
    assert!(!response.to_string().contains("the disk is gone"), "{response}");
}

#[test]
fn five_violations_in_a_query_and_a_body_are_reported_in_one_response() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "abc", "quantity": "two", "note": "longer than ten"}"#;
    let (status, response) = send(&service, "POST", "/orders?dryRun=maybe", body);
    assert_eq!(status, 400, "{response}");
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
    assert_eq!(response, json!({ "error": error }));
}

#[test]
fn a_route_outside_of_the_contract_is_rejected_with_the_error_envelope() {
    let service = Service::start(SHOP);
    let (status, response) = send(&service, "GET", "/nowhere", "");
    assert_eq!((status, &response["error"]["code"]), (404, &json!("NOT_FOUND")), "{response}");
}
