//! Tests of the gate: the data that it receives, the time of its calls, and the responses that it sees.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body as HttpBody;
use http::{HeaderName, HeaderValue, StatusCode};
use writ_runtime::operation::Cache;
use writ_runtime::{
    Admission, ClientAddress, Context, Decoder, Entry, Gate, IntegerRule, Operation, PROBLEM_JSON, Parameter, Pipeline,
    Problem, Reply, ReplyBody, StringRule, Timeouts, router,
};

use crate::sample::{Caller, NEEDS_READ, TestResponse, Tokens, request, send, text};

static ITEM: Operation = Operation {
    id: "item",
    path: "/items/{itemId}",
    parameters: &[
        Parameter::path("itemId"),
        Parameter::query("b"),
        Parameter::query("a"),
        Parameter::header("X-Tenant"),
        Parameter::header("If-None-Match"),
    ],
    security: NEEDS_READ,
    produces: &["text/plain"],
    cache: Some(Cache { ttl: Duration::from_secs(60), tags: &["item:{itemId}:{principal}"], shared: false }),
    ..Operation::NONE
};

/// A gate that records its calls.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Gate<Caller> for Diary {
    type Pass = u32;

    fn approach(&self, entry: &Entry<'_, Caller>) -> Result<(), Problem> {
        match entry.headers.contains_key("x-block") {
            true => Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "blocked")),
            false => Ok(()),
        }
    }

    async fn deny(&self, entry: &Entry<'_, Caller>, refusal: Problem) -> Problem {
        let name = entry.principal.map_or("anonymous", |caller| &caller.name);
        self.note(format!("deny {name} {}", refusal.status.as_u16()));
        match entry.headers.contains_key("x-gate") {
            true => Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests"),
            false => refusal.with_header(HeaderName::from_static("x-ratelimit-remaining"), 2),
        }
    }

    async fn enter(&self, entry: &Entry<'_, Caller>) -> Result<Admission<u32>, Problem> {
        let name = entry.principal.map_or("anonymous", |caller| &caller.name);
        self.note(format!("enter {name} {:?} {}", entry.call.address, entry.cache_key));
        match entry.headers.get("x-gate").map(|value| value.as_bytes()) {
            Some(b"respond") => {
                let reply = text(entry.interpolate("item:{itemId}:{principal}", name));
                let headers = [(HeaderName::from_static("x-gate"), HeaderValue::from_static("replied"))];
                Ok(Admission::Reply { reply, headers: headers.into_iter().collect() })
            }
            Some(b"refuse") => Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests")),
            _ => Ok(Admission::Proceed(7)),
        }
    }

    async fn interrupted(&self, entry: &Entry<'_, Caller>) -> Problem {
        match entry.headers.get("x-gate").map(|value| value.as_bytes()) {
            Some(b"interrupt") => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the database is unavailable"),
            _ => std::future::pending().await,
        }
    }

    async fn leave(&self, pass: u32, _: &Entry<'_, Caller>, reply: &mut Reply) {
        let problem = matches!(reply.body, ReplyBody::Problem(_));
        self.note(format!("leave {pass} {} {problem}", reply.status.as_u16()));
        reply.headers.insert("x-ratelimit-remaining", 3.into());
    }
}

fn decode(input: &mut Decoder<'_>) -> Option<i32> {
    let id = input.required(0, |r| r.int32(&IntegerRule { min: Some(0), ..IntegerRule::NONE }));
    assert!(id != Some(666), "a custom type panics while it is decoded");
    let _ = input.optional(4, |r| r.string(&StringRule { max: Some(8), ..StringRule::NONE }));
    id
}

async fn item(_: &(), _: &Context<Caller>, id: i32) -> Result<Reply, Problem> {
    assert!(id != 13, "unlucky");
    match id {
        99 => std::future::pending().await,
        id => Ok(text(id)),
    }
}

async fn get(diary: &Diary, uri: &str, headers: &[&str]) -> TestResponse {
    let pipeline = Pipeline::new(&PROBLEM_JSON, Tokens, diary.clone(), Timeouts::default());
    let mut endpoints = Vec::new();
    pipeline.routes((), &mut endpoints).secured(&ITEM, decode, item);
    let router: Router = router(&PROBLEM_JSON, endpoints);
    let mut request = request("GET", uri, headers, HttpBody::empty());
    request.extensions_mut().insert(ClientAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
    send(&router, request).await
}

const ANN: &str = "authorization: Bearer ann.read";

#[tokio::test]
async fn the_gate_receives_the_principal_and_sees_the_response() {
    let diary = Diary::default();
    let response = get(&diary, "/items/1?a=x%20y&z=9&b=%2F&a=2", &[ANN, "x-tenant: t|1", "if-none-match: \"x\""]).await;
    assert_eq!((response.status, response.header("x-ratelimit-remaining")), (200, "3"));
    let key = "/items/{itemId}/1&b=%2F&a=x%20y&a=2&X-Tenant:t%7C1|text/plain";
    assert_eq!(diary.lines(), [format!("enter ann Some(127.0.0.1) {key}"), "leave 7 200 false".to_owned()]);
}

#[tokio::test]
async fn a_response_of_the_gate_requires_valid_headers_that_the_cache_key_omits() {
    let respond = ["x-gate: respond", ANN];
    assert_eq!(get(&Diary::default(), "/items/1", &respond).await.status, 200);
    for (tag, status) in [("if-none-match: \"123456\"", 200), ("if-none-match: \"1234567\"", 400)] {
        let response = get(&Diary::default(), "/items/1", &[respond[0], respond[1], tag]).await;
        assert_eq!((response.status, response.header("x-gate")), (status, "replied"), "{tag}");
    }
}

#[tokio::test]
async fn the_gate_sees_refusals_and_panics_of_admitted_requests() {
    let diary = Diary::default();
    let invalid = get(&diary, "/items/x", &[ANN]).await;
    assert_eq!((invalid.status, invalid.header("x-ratelimit-remaining")), (400, "3"));
    for panics in ["/items/13", "/items/666"] {
        let panicked = get(&diary, panics, &[ANN]).await;
        assert_eq!((panicked.status, panicked.header("x-ratelimit-remaining")), (500, "3"));
    }
    let unacceptable = get(&diary, "/items/1", &[ANN, "accept: text/html"]).await;
    assert_eq!(unacceptable.status, 406);
    let left: Vec<String> = diary.lines().into_iter().filter(|line| line.starts_with("leave")).collect();
    assert_eq!(left, ["leave 7 400 true", "leave 7 500 true", "leave 7 500 true", "leave 7 406 true"]);
}

#[tokio::test]
async fn the_gate_can_respond_or_refuse() {
    let diary = Diary::default();
    let known = get(&diary, "/items/a%2Fb", &[ANN, "x-gate: respond"]).await;
    assert_eq!((known.status, &*known.body), (200, "item:a/b:ann"));
    let refused = get(&diary, "/items/1", &[ANN, "x-gate: refuse"]).await;
    assert_eq!((refused.status, &refused.json()["code"]), (429, &"RATE_LIMITED".into()));
    assert!(diary.lines().iter().all(|line| line.starts_with("enter")));
}

#[tokio::test]
async fn the_gate_can_end_a_running_handler_and_sees_its_own_problem() {
    let diary = Diary::default();
    let ended = get(&diary, "/items/99", &[ANN, "x-gate: interrupt"]).await;
    assert_eq!((ended.status, ended.header("x-ratelimit-remaining")), (503, "3"));
    assert_eq!(diary.lines()[1], "leave 7 503 true");
    // A handler that is ready has its own outcome.
    assert_eq!(get(&diary, "/items/1", &[ANN, "x-gate: interrupt"]).await.status, 200);
}

#[tokio::test]
async fn the_gate_sees_refusals_of_authentication_and_can_replace_them() {
    let diary = Diary::default();
    let missing = get(&diary, "/items/1", &[]).await;
    let wrong = get(&diary, "/items/1", &["authorization: Bearer forged"]).await;
    let insufficient = get(&diary, "/items/1", &["authorization: Bearer ann"]).await;
    for (response, status) in [(&missing, 401), (&wrong, 401), (&insufficient, 403)] {
        assert_eq!((response.status, response.header("x-ratelimit-remaining")), (status, "2"));
    }
    assert_eq!(diary.lines(), ["deny anonymous 401", "deny anonymous 401", "deny ann 403"]);
    assert_eq!(get(&diary, "/items/1", &["x-gate: refuse"]).await.status, 429);
    assert_eq!(diary.lines(), ["deny anonymous 401"]);
}

#[tokio::test]
async fn the_gate_can_refuse_credentials_before_they_are_verified() {
    let diary = Diary::default();
    assert_eq!(get(&diary, "/items/1", &[ANN, "x-block: 1"]).await.status, 429);
    assert_eq!(get(&diary, "/items/1", &["authorization: Bearer panic", "x-block: 1"]).await.status, 429);
    assert!(diary.lines().is_empty());
    // Without credentials there is nothing to verify.
    assert_eq!(get(&diary, "/items/1", &["x-block: 1"]).await.status, 401);
}

#[tokio::test]
async fn the_gate_sees_the_refusal_of_a_path_that_cannot_be_decoded() {
    let diary = Diary::default();
    let refused = get(&diary, "/items/%FF", &[ANN]).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (400, "3"));
    assert_eq!(diary.lines(), ["enter ann Some(127.0.0.1) ", "leave 7 400 true"]);
}
