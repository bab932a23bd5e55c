//! What is too much: violations, depth, bytes, and text that is no JSON.

use serde_json::{Value as Json, json};

use super::wire::{Answer, EVERY};

fn post(target: &str, body: &[u8]) -> (u16, Json) {
    let json = [("content-type".to_owned(), "application/json".to_owned())];
    let Answer { status, body, .. } = EVERY.ask("POST", target, &json, body);
    (status, serde_json::from_slice(&body).unwrap_or(Json::Null))
}

#[test]
fn a_hundred_violations_are_told_and_no_more() {
    let texts = vec![json!(""); 250];
    let (status, answer) = post("/values/lists", json!({ "nested": [[""]], "objects": texts }).to_string().as_bytes());
    assert_eq!((status, answer["errors"].as_array().map(Vec::len)), (400, Some(100)), "{answer}");
    assert_eq!(answer["errors"][99]["field"], "objects[98]");
}

#[test]
fn arrays_may_be_64_deep_and_no_deeper() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(post("/bodies/anything", nested(64).as_bytes()).0, 200);
    let (status, answer) = post("/bodies/anything", nested(65).as_bytes());
    assert_eq!((status, &answer["code"]), (400, &json!("BAD_REQUEST")), "{answer}");
    let (status, _) = post("/bodies/anything", "[".repeat(1_000_000).as_bytes());
    assert_eq!(status, 400);
    let tree = |depth: usize| format!("{}{}{}", "{\"children\":[".repeat(depth), "", "]}".repeat(depth));
    assert_eq!(post("/recursion/trees", tree(32).as_bytes()).0, 200);
    assert_eq!(post("/recursion/trees", tree(33).as_bytes()).0, 400);
}

#[test]
fn a_body_may_be_as_large_as_the_contract_says_and_no_larger() {
    let note = |length: usize| json!({ "title": "a".repeat(length) }).to_string();
    let frame = note(0).len();
    assert_eq!(post("/bodies/notes", note(64 * 1024 - frame).as_bytes()).0, 200);
    let (status, answer) = post("/bodies/notes", note(64 * 1024 - frame + 1).as_bytes());
    assert_eq!((status, &answer["code"]), (413, &json!("PAYLOAD_TOO_LARGE")), "{answer}");
}

#[test]
fn a_body_that_comes_in_chunks_is_held_to_the_same_size() {
    let chunked = [
        ("content-type".to_owned(), "application/json".to_owned()),
        ("transfer-encoding".to_owned(), "chunked".to_owned()),
    ];
    let ask = |length: usize| {
        let body = json!({ "title": "a".repeat(length) }).to_string();
        let chunks: String = body
            .as_bytes()
            .chunks(1000)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)))
            .collect();
        EVERY.ask("POST", "/bodies/notes", &chunked, format!("{chunks}0\r\n\r\n").as_bytes()).status
    };
    assert_eq!((ask(1000), ask(70_000)), (200, 413));
}

#[test]
fn a_pattern_that_backtracks_is_tried_on_4096_characters_and_no_more() {
    let ask = |length: usize| post("/values/texts", json!({ "ahead": "a".repeat(length) }).to_string().as_bytes());
    assert_eq!(ask(4096).0, 200);
    let (status, answer) = ask(4097);
    assert_eq!((status, &answer["errors"][0]["field"]), (400, &json!("ahead")), "{answer}");
}
