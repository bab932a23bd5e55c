//! Tests of bodies that are sequences of items, which a handler reads one by one while they arrive.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body as HttpBody;
use futures_util::stream;
use http::Request;
use tower::ServiceExt;
use writ_runtime::{
    Body, Context, Idempotency, JsonLines, Media, MediaKind, Method, Operation, PROBLEM_JSON, Parameter, Problem, Read,
    Reply, Router, router,
};

use crate::sample::{post, public, text};

const LINES: &[Media] = &[Media { essence: "application/jsonl", kind: MediaKind::Stream }];

static ADD: Operation = Operation {
    id: "add",
    method: Method::POST,
    path: "/",
    body: Some(Body { required: true, limit: 4 * 1024 * 1024, media: LINES }),
    statuses: &[200, 422],
    ..Operation::NONE
};

static ADD_ONCE: Operation = Operation {
    id: "addOnce",
    method: Method::POST,
    path: "/once",
    parameters: &[Parameter::header("Idempotency-Key")],
    body: Some(Body { required: true, limit: 1000, media: LINES }),
    idempotency: Some(Idempotency { retention: Duration::from_secs(60) }),
    ..Operation::NONE
};

/// Returns the sum of the items, and the error of the first item that cannot be read.
async fn add(_: &(), _: &Context<()>, mut items: JsonLines<i64>) -> Result<Reply, Problem> {
    let mut sum = 0;
    while let Some(item) = items.next().await {
        sum += item.map_err(Problem::internal)?;
    }
    Ok(text(sum.to_string()))
}

fn service() -> Router {
    let bound = |operation| public(operation, |input| input.lines(i64::read), add);
    router(&PROBLEM_JSON, vec![bound(&ADD), bound(&ADD_ONCE)])
}

#[tokio::test]
async fn items_are_read_one_by_one() {
    let response = post(&service(), "/", "application/jsonl", "1\n2\n\n3".to_owned()).await;
    assert_eq!((response.status, response.body.as_str()), (200, "6"));
}

#[tokio::test]
async fn an_invalid_item_is_a_violation_with_its_index() {
    let response = post(&service(), "/", "application/jsonl", "1\nx\n".to_owned()).await;
    assert_eq!(response.status, 400, "{}", response.body);
    let response = post(&service(), "/", "application/jsonl", "1\n\"x\"\n".to_owned()).await;
    assert_eq!(response.status, 422, "{}", response.body);
    assert_eq!(response.violations(), ["body [1]: must be an integer, not a string"]);
}

#[tokio::test]
async fn an_item_that_arrived_completely_is_refused_too() {
    let response = post(&service(), "/once", "application/jsonl", "1\n\"x\"\n".to_owned()).await;
    assert_eq!(response.status, 400, "{}", response.body);
    assert_eq!(response.violations(), ["body [1]: must be an integer, not a string"]);
}

#[tokio::test]
async fn the_size_of_an_item_is_limited() {
    let long = format!("1\n{}", " ".repeat(2 * 1024 * 1024));
    let response = post(&service(), "/", "application/jsonl", long).await;
    assert_eq!(response.status, 413, "{}", response.body);
    assert!(response.body.contains("the item 1 of the body is too large"), "{}", response.body);
}

#[tokio::test]
async fn an_endless_body_is_refused_at_its_limit() {
    let endless = HttpBody::from_stream(stream::repeat_with(|| Ok::<_, Infallible>("1\n".repeat(1000))));
    let request = Request::post("/").header("content-type", "application/jsonl").body(endless).unwrap();
    let response = service().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 413);
}
