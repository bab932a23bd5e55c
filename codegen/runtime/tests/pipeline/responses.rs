//! Tests of the settings of a router: the check of responses against the contract, and the size limit of bodies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use futures_util::stream;
use http_body_util::BodyExt;
use tower::ServiceExt;
use writ_runtime::{
    ArrayRule, Body, Breach, CheckMode, Context, Decoder, EventStream, Items, JsonLines, Media, MediaKind, Method,
    NumberRule, OpenGate, Operation, PROBLEM_JSON, Pipeline, Problem, Reply, Respond, Responder, ResponseChecks,
    ServeOptions, StringRule, nothing, router,
};

use crate::sample::{TestResponse, Tokens, call, post, request, text};

writ_runtime::statuses! { NotFound = 404 }

static LIST: Operation = Operation { id: "list", path: "/list", statuses: &[200], ..Operation::NONE };
static LINES: Operation = Operation { id: "lines", path: "/lines", statuses: &[200], ..Operation::NONE };
static EVENTS: Operation = Operation { id: "events", path: "/events", statuses: &[200], ..Operation::NONE };
static MISSING: Operation = Operation { id: "missing", path: "/missing", statuses: &[404], ..Operation::NONE };
static UPLOAD: Operation =
    Operation { id: "upload", method: Method::POST, path: "/upload", body: Some(BYTES), ..Operation::NONE };
static SMALL: Operation = Operation {
    id: "small",
    method: Method::POST,
    path: "/small",
    body: Some(Body { limit: 1024, ..BYTES }),
    ..Operation::NONE
};

const BYTES: Body = Body {
    required: true,
    limit: Body::DEFAULT_LIMIT,
    media: &[Media { essence: "application/octet-stream", kind: MediaKind::Bytes }],
};

const PRICE: NumberRule = NumberRule { max: Some(0.7), ..NumberRule::NONE };

/// A response as generated code encodes it: a list of prices, and the name of the list in a header.
struct Prices {
    name: String,
    list: Vec<f32>,
}

impl Respond for Prices {
    fn respond(self, responder: &Responder) -> Reply {
        const LIST: Items<NumberRule> = Items { rule: ArrayRule { min: 3, ..ArrayRule::NONE }, items: PRICE };
        Reply::status(200)
            .check(responder, &|c| {
                c.header("x-name", &self.name, &StringRule { max: Some(3), ..StringRule::NONE });
                c.check(&self.list, &LIST);
            })
            .header("x-name", self.name)
            .json("application/json", &self.list, responder)
    }
}

/// A response that is a stream of prices.
struct Stream(bool);

impl Respond for Stream {
    fn respond(self, responder: &Responder) -> Reply {
        let prices = stream::iter([0.7_f64, 0.8].map(Ok::<_, std::io::Error>));
        match self.0 {
            true => Reply::status(200)
                .events("text/event-stream", EventStream::new(prices).checked(&responder.check, PRICE)),
            false => {
                Reply::status(200).lines("application/jsonl", JsonLines::new(prices).checked(&responder.check, PRICE))
            }
        }
    }
}

async fn list(_: &(), _: &Context<()>) -> Result<Prices, Problem> {
    Ok(Prices { name: "long".to_owned(), list: vec![0.7, 0.71] })
}

async fn missing(_: &(), _: &Context<()>) -> Result<Prices, NotFound> {
    Err(NotFound::new("list"))
}

async fn lines(_: &(), _: &Context<()>) -> Result<Stream, Problem> {
    Ok(Stream(false))
}

async fn events(_: &(), _: &Context<()>) -> Result<Stream, Problem> {
    Ok(Stream(true))
}

async fn length(_: &(), _: &Context<()>, body: usize) -> Result<Reply, Problem> {
    Ok(text(body))
}

fn decode(input: &mut Decoder<'_>) -> Option<usize> {
    input.bytes_body().map(|bytes| bytes.len())
}

fn service(options: ServeOptions) -> Router {
    let pipeline = Pipeline::new(&PROBLEM_JSON, Tokens, OpenGate, options);
    let mut endpoints = Vec::new();
    let mut routes = pipeline.routes((), &mut endpoints);
    routes.public_bare(&LIST, nothing, list).public_bare(&MISSING, nothing, missing);
    routes.public_bare(&LINES, nothing, lines).public_bare(&EVENTS, nothing, events);
    routes.public(&UPLOAD, decode, length).public(&SMALL, decode, length);
    router(&PROBLEM_JSON, endpoints)
}

/// Returns a router that checks responses, and the number of breaches that it has observed.
fn checking(mode: CheckMode, rate: f64) -> (Router, Arc<AtomicUsize>) {
    let observed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&observed);
    let observer = move |breach: &Breach| {
        counter.fetch_add(breach.violations.len(), Ordering::Relaxed);
    };
    let responses = ResponseChecks { mode, rate, observer: Some(Arc::new(observer)) };
    (service(ServeOptions { responses, ..ServeOptions::default() }), observed)
}

async fn status(router: &Router, path: &str) -> u16 {
    call(router, "GET", path, &[]).await.status
}

#[tokio::test]
async fn a_response_that_breaks_the_contract_is_refused_in_a_debug_build() {
    let response: TestResponse = call(&service(ServeOptions::default()), "GET", "/list", &[]).await;
    assert_eq!((response.status, response.header("x-name")), (500, ""));
    assert!(!response.body.contains("0.7"), "{}", response.body);
}

#[tokio::test]
async fn the_mode_decides_about_a_response_that_breaks_the_contract() {
    for (mode, expected, violations) in
        [(CheckMode::Off, 200, 0), (CheckMode::Log, 200, 3), (CheckMode::Refuse, 500, 3)]
    {
        let (router, observed) = checking(mode, 1.0);
        assert_eq!(status(&router, "/list").await, expected, "{mode:?}");
        assert_eq!(observed.load(Ordering::Relaxed), violations, "{mode:?}");
        assert_eq!(status(&router, "/missing").await, 404, "{mode:?}");
    }
}

#[tokio::test]
async fn only_a_share_of_the_responses_is_checked() {
    let (router, _) = checking(CheckMode::Refuse, 0.5);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(status(&router, "/list").await);
    }
    assert_eq!(statuses, [200, 500, 200, 500]);
}

#[tokio::test]
async fn a_stream_ends_before_an_item_that_breaks_the_contract() {
    for (path, first) in [("/lines", "0.7\n"), ("/events", "data: 0.7\n\n")] {
        let (router, _) = checking(CheckMode::Refuse, 1.0);
        let request = request("GET", path, &[], axum::body::Body::empty());
        let mut body = router.oneshot(request).await.unwrap().into_body();
        let data = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(data, first);
        assert!(body.frame().await.unwrap().is_err(), "{path}");
        let (router, observed) = checking(CheckMode::Log, 1.0);
        assert!(call(&router, "GET", path, &[]).await.body.contains("0.8"), "{path}");
        assert_eq!(observed.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test]
async fn a_setting_replaces_the_default_limit_of_bodies() {
    let two = vec![b'x'; 2 << 20];
    let octets = "application/octet-stream";
    assert_eq!(post(&service(ServeOptions::default()), "/upload", octets, two.clone()).await.status, 413);
    let router = service(ServeOptions { body_limit: 2 << 20, ..ServeOptions::default() });
    assert_eq!(post(&router, "/upload", octets, two.clone()).await.body, "2097152");
    assert_eq!(post(&router, "/upload", octets, [two, vec![b'x']].concat()).await.status, 413);
    assert_eq!(post(&router, "/small", octets, vec![b'x'; 1025]).await.status, 413);
}
