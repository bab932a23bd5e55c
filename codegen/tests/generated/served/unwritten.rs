//! A service with only one handler: its other operations respond with 501.

use serde_json::json;

use super::shop::send;
use super::wire::Service;
use crate::workspace::UNWRITTEN;

#[test]
fn an_operation_without_a_handler_responds_with_501_in_the_error_envelope() {
    let service = Service::start(UNWRITTEN);
    assert_eq!(send(&service, "GET", "/pets/7", ""), (200, json!({ "name": "pet 7" })));
    let refusal = json!({ "code": "NOT_IMPLEMENTED", "message": "this operation is not implemented yet" });
    assert_eq!(send(&service, "GET", "/pets", ""), (501, refusal.clone()), "a method of the same trait");
    assert_eq!(send(&service, "POST", "/orders", r#"{"pet": 7}"#), (501, refusal), "an operation of another tag");
    assert_eq!(send(&service, "GET", "/orders", "").0, 405);
    assert_eq!(send(&service, "GET", "/nowhere", "").0, 404);
}

#[test]
fn an_invalid_request_is_rejected_even_if_its_operation_has_no_handler() {
    let service = Service::start(UNWRITTEN);
    assert_eq!(send(&service, "POST", "/pets", r#"{"name": ""}"#).0, 422);
    assert_eq!(send(&service, "POST", "/pets", r#"{"name": "Rex"}"#).0, 501);
}

#[test]
fn a_service_starts_before_its_authenticator_is_written_and_rejects_all_callers() {
    let service = Service::start(UNWRITTEN);
    assert_eq!(send(&service, "DELETE", "/orders", "").0, 401);
}

#[test]
fn a_service_lists_its_operations_without_a_handler() {
    let mut service = Service::start(UNWRITTEN);
    assert_eq!(service.next_line(), "listPets addPet placeOrder cancelOrders");
}
