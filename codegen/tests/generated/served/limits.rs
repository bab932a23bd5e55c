//! The limits of requests: the number of violations, nesting, and size.

use serde_json::{Value as Json, json};

use super::wire::{EVERY, Response};

fn post(target: &str, body: &[u8]) -> (u16, Json) {
    let json = [("content-type".to_owned(), "application/json".to_owned())];
    let Response { status, body, .. } = EVERY.send("POST", target, &json, body);
    (status, serde_json::from_slice(&body).unwrap_or(Json::Null))
}

#[test]
fn at_most_a_hundred_violations_are_reported() {
    let texts = vec![json!(""); 250];
    let (status, response) =
        post("/values/lists", json!({ "nested": [[""]], "objects": texts }).to_string().as_bytes());
    assert_eq!((status, response["errors"].as_array().map(Vec::len)), (400, Some(100)), "{response}");
    assert_eq!(response["errors"][99]["field"], "objects[98]");
}

#[test]
fn arrays_may_be_nested_64_levels_deep() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(post("/bodies/anything", nested(64).as_bytes()).0, 200);
    let (status, response) = post("/bodies/anything", nested(65).as_bytes());
    assert_eq!((status, &response["code"]), (400, &json!("BAD_REQUEST")), "{response}");
    let (status, _) = post("/bodies/anything", "[".repeat(1_000_000).as_bytes());
    assert_eq!(status, 400);
    let tree = |depth: usize| format!("{}{}{}", "{\"children\":[".repeat(depth), "", "]}".repeat(depth));
    assert_eq!(post("/recursion/trees", tree(32).as_bytes()).0, 200);
    assert_eq!(post("/recursion/trees", tree(33).as_bytes()).0, 400);
}

#[test]
fn a_body_may_be_as_large_as_the_contract_allows() {
    let note = |length: usize| json!({ "title": "a".repeat(length) }).to_string();
    let frame = note(0).len();
    assert_eq!(post("/bodies/notes", note(64 * 1024 - frame).as_bytes()).0, 200);
    let (status, response) = post("/bodies/notes", note(64 * 1024 - frame + 1).as_bytes());
    assert_eq!((status, &response["code"]), (413, &json!("PAYLOAD_TOO_LARGE")), "{response}");
}

#[test]
fn a_chunked_body_has_the_size_limit_of_other_bodies() {
    let chunked = [
        ("content-type".to_owned(), "application/json".to_owned()),
        ("transfer-encoding".to_owned(), "chunked".to_owned()),
    ];
    let send = |length: usize| {
        let body = json!({ "title": "a".repeat(length) }).to_string();
        let chunks: String = body
            .as_bytes()
            .chunks(1000)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)))
            .collect();
        EVERY.send("POST", "/bodies/notes", &chunked, format!("{chunks}0\r\n\r\n").as_bytes()).status
    };
    assert_eq!((send(1000), send(70_000)), (200, 413));
}

#[test]
fn a_pattern_with_backtracking_is_applied_to_at_most_4096_characters() {
    let send = |length: usize| post("/values/texts", json!({ "ahead": "a".repeat(length) }).to_string().as_bytes());
    assert_eq!(send(4096).0, 200);
    let (status, response) = send(4097);
    assert_eq!((status, &response["errors"][0]["field"]), (400, &json!("ahead")), "{response}");
}
