//! Tests of the time limit of a request, which all of its stages share.

use std::time::Duration;

use axum::Router;
use axum::body::Body as HttpBody;
use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};
use writ_runtime::operation::{Body, Media, MediaKind};
use writ_runtime::{
    Admission, Context, Deadline, Decoder, Entry, Gate, Method, NoAuthentication, Operation, PROBLEM_JSON, Pipeline,
    Problem, Reply, Timeouts, router,
};

use crate::sample::{TestResponse, request, send, text};

static NOTE: Operation = Operation {
    id: "note",
    method: Method::POST,
    path: "/notes",
    body: Some(Body { required: true, limit: 100, media: &[Media { essence: "text/plain", kind: MediaKind::Text }] }),
    statuses: &[200, 503],
    ..Operation::NONE
};

/// An operation whose contract declares a time limit.
static BRIEF: Operation = Operation {
    id: "brief",
    method: Method::POST,
    path: "/notes",
    body: Some(Body { required: true, limit: 100, media: &[Media { essence: "text/plain", kind: MediaKind::Text }] }),
    timeout: Some(Duration::from_secs(12)),
    ..Operation::NONE
};

/// The times that the stages of a request take.
#[derive(Clone, Copy)]
struct Stages {
    enter: u64,
    body: u64,
    handler: u64,
    leave: u64,
}

impl<P: Send + Sync + 'static> Gate<P> for Stages {
    type Pass = ();

    async fn enter(&self, _: &Entry<'_, P>) -> Result<Admission<()>, Problem> {
        sleep(Duration::from_secs(self.enter)).await;
        Ok(Admission::Proceed(()))
    }

    async fn leave(&self, (): (), _: &Entry<'_, P>, reply: &mut Reply) {
        sleep(Duration::from_secs(self.leave)).await;
        reply.headers.insert("x-gate", 1.into());
    }
}

async fn note(stages: &Stages, _: &Context<()>, note: String) -> Result<Reply, Problem> {
    let remaining = Deadline::current().map(|deadline| deadline.remaining().as_secs());
    sleep(Duration::from_secs(stages.handler)).await;
    let mut reply = text(note);
    reply.headers.insert("x-remaining", remaining.unwrap_or_default().into());
    Ok(reply)
}

/// Sends a request whose stages take these times, and returns the response with its latency in seconds.
async fn post(stages: Stages, timeouts: Timeouts) -> (TestResponse, u64) {
    post_to(&NOTE, stages, timeouts).await
}

async fn post_to(operation: &'static Operation, stages: Stages, timeouts: Timeouts) -> (TestResponse, u64) {
    let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, stages, timeouts);
    let mut endpoints = Vec::new();
    pipeline.routes(stages, &mut endpoints).public(operation, |input: &mut Decoder<'_>| input.text_body(), note);
    let app: Router = router(&PROBLEM_JSON, endpoints);
    let late = stream::once(async move {
        sleep(Duration::from_secs(stages.body)).await;
        Ok::<_, std::io::Error>("written")
    });
    let body = HttpBody::from_stream(stream::iter([Ok("well ")]).chain(late.boxed()));
    let started = Instant::now();
    let response = send(&app, request("POST", "/notes", &["content-type: text/plain"], body)).await;
    (response, started.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn stages_within_the_limit_have_no_limit_of_their_own() {
    let (response, latency) = post(Stages { enter: 9, body: 9, handler: 9, leave: 0 }, Timeouts::default()).await;
    assert_eq!((response.status, &*response.body, latency), (200, "well written", 27));
}

#[tokio::test(start_paused = true)]
async fn the_times_of_all_stages_count_together() {
    let (response, latency) = post(Stages { enter: 10, body: 10, handler: 20, leave: 0 }, Timeouts::default()).await;
    assert_eq!((response.status, &response.json()["code"], latency), (503, &"TIMEOUT".into(), 30));
    assert_eq!(response.header("x-gate"), "1");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_arrives_after_the_deadline_of_its_request_is_a_408() {
    let (response, latency) = post(Stages { enter: 20, body: 20, handler: 0, leave: 0 }, Timeouts::default()).await;
    assert_eq!((response.status, latency), (408, 30));
    let body = Timeouts { body: Duration::from_secs(5), ..Timeouts::default() };
    let (response, latency) = post(Stages { enter: 20, body: 20, handler: 0, leave: 0 }, body).await;
    assert_eq!((response.status, latency), (408, 25));
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_hangs_is_a_503() {
    let (response, latency) = post(Stages { enter: 99, body: 0, handler: 0, leave: 0 }, Timeouts::default()).await;
    assert_eq!((response.status, latency), (503, 31));
    let (response, latency) = post(Stages { enter: 0, body: 0, handler: 99, leave: 99 }, Timeouts::default()).await;
    assert_eq!((response.status, latency), (503, 31));
}

#[tokio::test(start_paused = true)]
async fn a_handler_knows_the_time_that_its_request_has_left() {
    let (response, _) = post(Stages { enter: 10, body: 5, handler: 1, leave: 0 }, Timeouts::default()).await;
    assert_eq!((response.status, response.header("x-remaining")), (200, "15"));
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_an_operation_precedes_a_longer_one_of_the_service() {
    let slow = Stages { enter: 1, body: 1, handler: 20, leave: 0 };
    let (response, latency) = post_to(&BRIEF, slow, Timeouts::default()).await;
    assert_eq!((response.status, latency), (503, 12));
    let short = Timeouts { request: Duration::from_secs(7), ..Timeouts::default() };
    assert_eq!(post_to(&BRIEF, slow, short).await.1, 7);
    let quick = Stages { handler: 2, ..slow };
    let (response, _) = post_to(&BRIEF, quick, Timeouts::default()).await;
    assert_eq!((response.status, response.header("x-remaining")), (200, "10"));
}
