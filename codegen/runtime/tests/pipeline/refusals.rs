//! Tests of preconditions and idempotency keys of requests that change a resource.

use std::time::Duration;

use axum::Router;
use writ_runtime::{
    Body, Context, Decoder, Idempotency, IfMatch, IntegerRule, Media, MediaKind, Method, Operation, PROBLEM_JSON,
    Parameter, Problem, Read, Reply, nothing, router,
};

use crate::sample::{call, public, request, send, show, text};

const JSON: Media = Media { essence: "application/json", kind: MediaKind::Json };

static REPLACE: Operation = Operation {
    id: "replace",
    method: Method::PUT,
    path: "/{id}",
    parameters: &[Parameter::path("id"), Parameter::header("If-Match").required()],
    body: Some(Body { required: true, limit: 100, media: &[JSON] }),
    statuses: &[200, 412, 422, 428],
    ..Operation::NONE
};

fn decode(input: &mut Decoder<'_>) -> Option<(i32, IfMatch, i32)> {
    let id = input.required(0, |r| r.int32(&IntegerRule::NONE));
    let condition = input.required(1, IfMatch::read);
    let body = input.body(|r| r.int32(&IntegerRule::NONE));
    Some((id?, condition?, body?))
}

async fn put(uri: &str, headers: &[&str], body: &'static str) -> crate::sample::TestResponse {
    let mut all = vec!["content-type: application/json"];
    all.extend(headers);
    let router = router(&PROBLEM_JSON, vec![public(&REPLACE, decode, show)]);
    send(&router, request("PUT", uri, &all, body.into())).await
}

#[tokio::test]
async fn a_missing_precondition_is_a_428() {
    let response = put("/1", &[], "1").await;
    assert_eq!((response.status, &response.json()["code"]), (428, &"PRECONDITION_REQUIRED".into()));
    assert_eq!(response.violations(), ["header If-Match: is required"]);
    assert_eq!(put("/1", &["if-match: \"v1\""], "1").await.status, 200);
    let two = put("/1", &["if-match: \"v1\"", "if-match: W/\"v2\""], "1").await;
    assert!(two.body.contains("v1") && two.body.contains("v2"), "{}", two.body);
}

#[tokio::test]
async fn a_missing_precondition_with_another_violation_is_a_400_that_lists_both() {
    let response = put("/x", &[], "1").await;
    assert_eq!((response.status, response.violations().len()), (400, 2));
    assert_eq!(put("/1", &[], "{").await.status, 400);
    assert_eq!(put("/1", &["if-match: v1"], "1").await.status, 400);
    assert_eq!(put("/1", &["if-match: *"], "\"x\"").await.status, 422);
}

static MATCH: Operation = Operation {
    id: "match",
    path: "/match",
    parameters: &[Parameter::query("If-Match").required(), Parameter::header("X-Part").required()],
    statuses: &[200, 428],
    ..Operation::NONE
};

#[tokio::test]
async fn only_a_missing_header_if_match_is_a_428() {
    let decode = |input: &mut Decoder<'_>| {
        let query = input.required(0, |r| r.int32(&IntegerRule::NONE));
        let part = input.required(1, |r| r.int32(&IntegerRule::NONE));
        Some((query?, part?))
    };
    let router = router(&PROBLEM_JSON, vec![public(&MATCH, decode, show)]);
    for (uri, headers, missing) in [
        ("/match", &["x-part: 1"][..], "query If-Match: is required"),
        ("/match?If-Match=1", &[], "header X-Part: is required"),
    ] {
        let response = send(&router, request("GET", uri, headers, "".into())).await;
        assert_eq!((response.status, response.violations()), (400, vec![missing.to_owned()]));
    }
}

static PAY: Operation = Operation {
    id: "pay",
    method: Method::POST,
    path: "/pay",
    body: Some(Body { required: false, limit: 100, media: &[JSON] }),
    idempotency: Some(Idempotency { retention: Duration::from_secs(3600) }),
    ..Operation::NONE
};

async fn pay(_: &(), cx: &Context<()>, (): ()) -> Result<Reply, Problem> {
    let key = cx.idempotency().map(|key| format!("{} {:02x?}", key.key, key.request_hash));
    Ok(text(key.unwrap_or_default()))
}

async fn paid(uri: &str, headers: &[&str], body: &'static str) -> crate::sample::TestResponse {
    let mut all = vec!["content-type: application/json"];
    all.extend(headers);
    let router: Router = router(&PROBLEM_JSON, vec![public(&PAY, nothing, pay)]);
    send(&router, request("POST", uri, &all, body.into())).await
}

#[tokio::test]
async fn equal_requests_have_equal_hashes_and_others_differ() {
    let key = ["idempotency-key: k1"];
    let first = paid("/pay?a=1&b=2", &key, "{}").await.body;
    assert!(first.starts_with("k1 ["), "{first}");
    assert_eq!(paid("/pay?b=2&a=1", &key, "{}").await.body, first);
    assert_ne!(paid("/pay?a=1", &key, "{}").await.body, first);
    assert_ne!(paid("/pay?a=1&b=2", &key, "{ }").await.body, first);
    assert_eq!(paid("/pay", &[], "{}").await.body, "");
}

#[tokio::test]
async fn an_invalid_idempotency_key_is_a_violation() {
    let long = format!("idempotency-key: {}", "k".repeat(256));
    for bad in [vec!["idempotency-key: "], vec!["idempotency-key: a", "idempotency-key: b"], vec![&*long]] {
        let response = paid("/pay", &bad, "{}").await;
        assert_eq!(response.status, 400);
        assert_eq!(response.violations(), ["header Idempotency-Key: must be one key of 1 to 255 ASCII characters"]);
    }
    let router = router(&PROBLEM_JSON, vec![public(&PAY, nothing, pay)]);
    assert_eq!(call(&router, "POST", "/pay", &[]).await.status, 200);
}
