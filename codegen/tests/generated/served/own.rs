//! A service whose contract uses types of the implementer.

use serde_json::json;

use super::shop::send;
use super::wire::Service;
use crate::workspace::OWN;

#[test]
fn custom_types_are_decoded_from_and_encoded_to_every_location() {
    let service = Service::start(OWN);
    let response = send(&service, "GET", "/items/AB-7?from=127.0.0.1&cents=5", "");
    let item = json!({
        "sku": "AB-7", "price": { "cents": 7 }, "oldPrice": null, "floor": { "cents": 5 }, "type": "local", "status": "A",
    });
    assert_eq!(response, (200, item));
    let item = json!({
        "sku": "AB-7", "price": { "cents": 7 }, "oldPrice": { "cents": 9 }, "floor": { "cents": 100 },
        "replaces": ["AA-1", "AA-2"], "stock": { "here": { "cents": 1 } }, "related": "AB-8", "status": "D",
        "scale": "large", "since": "2024-02-29",
    });
    let mut sent = item.clone();
    sent.as_object_mut().expect("an object").remove("floor");
    assert_eq!(send(&service, "PUT", "/items/AB-7", &sent.to_string()), (200, item), "with the default of the floor");
}

#[test]
fn a_value_that_a_custom_type_rejects_is_a_violation_of_its_field() {
    let service = Service::start(OWN);
    let (status, response) = send(&service, "GET", "/items/AB-0?from=300.1.1.1&cents=many", "");
    assert_eq!(status, 400, "{response}");
    let details = json!([
        { "in": "path", "field": "sku", "message": "must have a number, not `0`" },
        { "in": "query", "field": "from", "message": "invalid IPv4 address syntax" },
        { "in": "query", "field": "price.cents", "message": "must be an integer" },
    ]);
    assert_eq!(response["errors"], details, "{response}");
}

#[test]
fn the_constraints_of_the_contract_are_checked_before_a_custom_type_parses_a_string() {
    let service = Service::start(OWN);
    let body = json!({
        "sku": "ab", "price": { "cents": 1 }, "status": "A", "replaces": ["AB-1234567", "AB-0"],
        "scale": "medium", "since": "2023-02-29",
    });
    let (status, response) = send(&service, "PUT", "/items/AB-7", &body.to_string());
    assert_eq!(status, 400, "{response}");
    let details = json!([
        { "in": "body", "field": "replaces[0]", "message": "must have at most 8 characters" },
        { "in": "body", "field": "replaces[1]", "message": "must have a number, not `0`" },
        { "in": "body", "field": "scale", "message": "must be one of small, large" },
        { "in": "body", "field": "since", "message": "must be a date as in `2024-05-31`" },
        { "in": "body", "field": "sku", "message": "must match the pattern `^[A-Z]+-[0-9]+$`" },
    ]);
    assert_eq!(response["errors"], details, "{response}");
}
