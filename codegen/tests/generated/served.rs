//! A service against a small contract, compiled, run, and asked over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};

use crate::workspace::{COMPILED, OWN, SHOP, UNWRITTEN};

/// The running service. It ends when its input is closed, so that none is left behind.
struct Service {
    process: Child,
    address: String,
    output: BufReader<ChildStdout>,
}

impl Service {
    fn start(name: &str) -> Service {
        let compiled = &COMPILED[name];
        let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{compiled:#?}"));
        let mut process =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut address = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        output.read_line(&mut address).expect("its address");
        Service { process, address: address.trim().to_owned(), output }
    }

    /// Asks, and reads the status and the body.
    fn ask(&self, method: &str, target: &str, body: &str) -> (u16, Json) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-request-id: 0123456789abcdef\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        (status, serde_json::from_str(body).unwrap_or(Json::Null))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
fn a_handler_is_called_with_what_was_sent_and_its_answer_arrives() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "ABC-1234", "quantity": 2, "email": "user@example.com"}"#;
    let answer = service.ask("POST", "/orders", body);
    assert_eq!(answer, (201, json!({ "id": 1, "sku": "ABC-1234", "quantity": 2 })));
}

#[test]
fn a_domain_error_that_is_a_plain_enum_arrives_as_the_status_it_converts_to() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "OUT-0000", "quantity": 2, "email": "user@example.com"}"#;
    let (status, answer) = service.ask("POST", "/orders", body);
    assert_eq!(status, 409, "{answer}");
    assert_eq!(
        answer,
        json!({ "error": { "code": "OUT_OF_STOCK", "message": "OUT-0000 is sold out", "requestId": "0123456789abcdef", "details": [] } })
    );
}

#[test]
fn an_error_of_a_library_arrives_as_a_500_that_tells_nothing() {
    let service = Service::start(SHOP);
    let (status, answer) = service.ask("GET", "/orders/500", "");
    assert_eq!(status, 500, "{answer}");
    assert!(!answer.to_string().contains("the disk is gone"), "{answer}");
}

#[test]
fn a_query_and_a_body_that_are_wrong_in_five_ways_are_answered_once() {
    let service = Service::start(SHOP);
    let body = r#"{"sku": "abc", "quantity": "two", "note": "longer than ten"}"#;
    let (status, answer) = service.ask("POST", "/orders?dryRun=maybe", body);
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
    let (status, answer) = service.ask("GET", "/nowhere", "");
    assert_eq!((status, &answer["error"]["code"]), (404, &json!("NOT_FOUND")), "{answer}");
}

#[test]
fn what_nobody_has_written_is_answered_501_in_the_contracts_envelope() {
    let service = Service::start(UNWRITTEN);
    assert_eq!(service.ask("GET", "/pets/7", ""), (200, json!({ "name": "pet 7" })));
    let refusal = json!({ "code": "NOT_IMPLEMENTED", "message": "this operation is not implemented yet" });
    assert_eq!(service.ask("GET", "/pets", ""), (501, refusal.clone()), "a method of the same trait");
    assert_eq!(service.ask("POST", "/orders", r#"{"pet": 7}"#), (501, refusal), "an operation of another tag");
    assert_eq!(service.ask("GET", "/orders", "").0, 405);
    assert_eq!(service.ask("GET", "/nowhere", "").0, 404);
}

#[test]
fn a_request_that_is_wrong_is_told_so_before_its_operation_is_written() {
    let service = Service::start(UNWRITTEN);
    assert_eq!(service.ask("POST", "/pets", r#"{"name": ""}"#).0, 422);
    assert_eq!(service.ask("POST", "/pets", r#"{"name": "Rex"}"#).0, 501);
}

#[test]
fn a_service_knows_which_of_its_operations_nobody_has_written() {
    let mut service = Service::start(UNWRITTEN);
    let mut line = String::new();
    service.output.read_line(&mut line).expect("its operations");
    assert_eq!(line.trim(), "listPets addPet placeOrder");
}

#[test]
fn types_of_ones_own_arrive_from_every_place_and_leave_by_every_place() {
    let service = Service::start(OWN);
    let answer = service.ask("GET", "/items/AB-7?from=127.0.0.1&cents=5", "");
    let item = json!({
        "sku": "AB-7", "price": { "cents": 7 }, "oldPrice": null, "floor": { "cents": 5 }, "type": "local", "status": "A",
    });
    assert_eq!(answer, (200, item));
    let item = json!({
        "sku": "AB-7", "price": { "cents": 7 }, "oldPrice": { "cents": 9 }, "floor": { "cents": 100 },
        "replaces": ["AA-1", "AA-2"], "stock": { "here": { "cents": 1 } }, "related": "AB-8", "status": "D",
        "scale": "large", "since": "2024-02-29",
    });
    let mut sent = item.clone();
    sent.as_object_mut().expect("an object").remove("floor");
    assert_eq!(service.ask("PUT", "/items/AB-7", &sent.to_string()), (200, item), "with the default of the floor");
}

#[test]
fn what_a_type_of_ones_own_refuses_is_a_violation_at_its_field() {
    let service = Service::start(OWN);
    let (status, answer) = service.ask("GET", "/items/AB-0?from=300.1.1.1&cents=many", "");
    assert_eq!(status, 400, "{answer}");
    let details = json!([
        { "in": "path", "field": "sku", "message": "must have a number, not `0`" },
        { "in": "query", "field": "from", "message": "invalid IPv4 address syntax" },
        { "in": "query", "field": "price.cents", "message": "must be an integer" },
    ]);
    assert_eq!(answer["errors"], details, "{answer}");
}

#[test]
fn what_the_contract_says_of_a_text_is_checked_before_its_type_is_asked() {
    let service = Service::start(OWN);
    let body = json!({
        "sku": "ab", "price": { "cents": 1 }, "status": "A", "replaces": ["AB-1234567", "AB-0"],
        "scale": "medium", "since": "2023-02-29",
    });
    let (status, answer) = service.ask("PUT", "/items/AB-7", &body.to_string());
    assert_eq!(status, 400, "{answer}");
    let details = json!([
        { "in": "body", "field": "replaces[0]", "message": "must have at most 8 characters" },
        { "in": "body", "field": "replaces[1]", "message": "must have a number, not `0`" },
        { "in": "body", "field": "scale", "message": "must be one of small, large" },
        { "in": "body", "field": "since", "message": "must be a date as in `2024-05-31`" },
        { "in": "body", "field": "sku", "message": "must match the pattern `^[A-Z]+-[0-9]+$`" },
    ]);
    assert_eq!(answer["errors"], details, "{answer}");
}
