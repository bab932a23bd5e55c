//! A service of which one method is written: what is not is answered 501.

use serde_json::json;

use super::shop::ask;
use super::wire::Service;
use crate::workspace::UNWRITTEN;

#[test]
fn what_nobody_has_written_is_answered_501_in_the_contracts_envelope() {
    let service = Service::start(UNWRITTEN);
    assert_eq!(ask(&service, "GET", "/pets/7", ""), (200, json!({ "name": "pet 7" })));
    let refusal = json!({ "code": "NOT_IMPLEMENTED", "message": "this operation is not implemented yet" });
    assert_eq!(ask(&service, "GET", "/pets", ""), (501, refusal.clone()), "a method of the same trait");
    assert_eq!(ask(&service, "POST", "/orders", r#"{"pet": 7}"#), (501, refusal), "an operation of another tag");
    assert_eq!(ask(&service, "GET", "/orders", "").0, 405);
    assert_eq!(ask(&service, "GET", "/nowhere", "").0, 404);
}

#[test]
fn a_request_that_is_wrong_is_told_so_before_its_operation_is_written() {
    let service = Service::start(UNWRITTEN);
    assert_eq!(ask(&service, "POST", "/pets", r#"{"name": ""}"#).0, 422);
    assert_eq!(ask(&service, "POST", "/pets", r#"{"name": "Rex"}"#).0, 501);
}

#[test]
fn a_service_knows_which_of_its_operations_nobody_has_written() {
    let mut service = Service::start(UNWRITTEN);
    assert_eq!(service.says(), "listPets addPet placeOrder");
}
