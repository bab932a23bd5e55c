//! Tests of responses: negotiation, conditional requests, sparse fieldsets, request ids, panics and timeouts.

use std::time::Duration;

use axum::Router;
use writ_runtime::{
    ArrayRule, Context, Decoder, ETag, Method, OpenGate, Operation, PROBLEM_JSON, Parameter, Pipeline, Problem, Reply,
    Respond, Responder, StringRule, Style, Timeouts, ValueKind, Write, Writer, router,
};

use crate::sample::{Tokens, call, public, text};

writ_runtime::statuses! { NotFound = 404, Conflict = 409 }

const READ: Operation = Operation {
    id: "user",
    path: "/user",
    parameters: &[Parameter::query("fields").style(Style::Form, false).kind(ValueKind::Array)],
    statuses: &[200, 304],
    produces: &["application/json", "text/csv"],
    conditional: true,
    sparse_fieldset: Some("fields"),
    ..Operation::NONE
};

static USER: Operation = READ;

struct User;

impl Write for User {
    fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        writer.field("id", &1_i64);
        writer.field("name", &"Ann".to_owned());
        writer.end_object();
    }
}

/// A response whose media type is negotiated.
struct UserResponse;

impl Respond for UserResponse {
    fn respond(self, responder: &Responder) -> Reply {
        let reply = Reply::status(200).header("etag", ETag::strong("v1")).header("cache-control", "private");
        match responder.accept.best(USER.produces) {
            Some(0) => reply.json("application/json", &User, responder),
            _ => reply.bytes("text/csv", "id,name\n1,Ann\n"),
        }
    }
}

fn decode_user(input: &mut Decoder<'_>) -> Option<()> {
    input.optional(0, |r| r.array(&ArrayRule::NONE, |r| r.string(&StringRule::NONE)));
    Some(())
}

async fn user(_: &(), _: &Context<()>, (): ()) -> Result<UserResponse, Problem> {
    Ok(UserResponse)
}

fn service() -> Router {
    router(&PROBLEM_JSON, vec![public(&USER, decode_user, user)])
}

#[tokio::test]
async fn the_caller_chooses_the_media_type() {
    let json = call(&service(), "GET", "/user", &[]).await;
    assert_eq!((json.header("content-type"), json.header("vary")), ("application/json", "accept"));
    assert_eq!(json.body, r#"{"id":1,"name":"Ann"}"#);
    let csv = call(&service(), "GET", "/user", &["accept: text/csv"]).await;
    assert_eq!(csv.header("content-type"), "text/csv");
    let neither = call(&service(), "GET", "/user", &["accept: text/html"]).await;
    assert_eq!((neither.status, &neither.json()["code"]), (406, &"NOT_ACCEPTABLE".into()));
}

#[tokio::test]
async fn only_the_requested_fields_are_in_the_response() {
    assert_eq!(call(&service(), "GET", "/user?fields=name", &[]).await.body, r#"{"name":"Ann"}"#);
    assert_eq!(call(&service(), "GET", "/user?fields=name,id", &[]).await.body, r#"{"id":1,"name":"Ann"}"#);
    assert_eq!(call(&service(), "GET", "/user?fields=", &[]).await.body, r#"{"id":1,"name":"Ann"}"#);
}

#[tokio::test]
async fn a_matching_if_none_match_is_a_304() {
    for known in ["\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*"] {
        let response = call(&service(), "GET", "/user", &[&format!("if-none-match: {known}")]).await;
        assert_eq!((response.status, &*response.body), (304, ""), "{known}");
        assert_eq!((response.header("etag"), response.header("cache-control")), ("\"v1\"", "private"));
        assert_eq!((response.header("content-type"), response.header("content-length")), ("", "21"));
        assert!(!response.header("x-request-id").is_empty());
    }
    let two = call(&service(), "GET", "/user", &["if-none-match: \"v0\"", "if-none-match: \"v1\""]).await;
    assert_eq!(two.status, 304);
    assert_eq!(call(&service(), "HEAD", "/user", &["if-none-match: \"v1\""]).await.status, 304);
    assert_eq!(call(&service(), "GET", "/user", &["if-none-match: \"v2\""]).await.status, 200);
}

static SEARCH: Operation = Operation { id: "search", method: Method::QUERY, path: "/search", ..READ };
static SAVE: Operation = Operation { id: "save", method: Method::POST, path: "/save", ..READ };
static PLAIN: Operation = Operation { id: "plain", path: "/plain", conditional: false, ..READ };
static LOST: Operation = Operation { id: "lost", path: "/lost", statuses: &[200, 304, 404], ..READ };

#[tokio::test]
async fn only_a_success_of_a_conditional_read_becomes_a_304() {
    async fn lost(_: &(), _: &Context<()>, (): ()) -> Result<Reply, Problem> {
        Err(NotFound::new("user").header("etag", "\"v1\"").into())
    }
    let endpoints = [&SEARCH, &SAVE, &PLAIN].map(|operation| public(operation, decode_user, user));
    let router = router(&PROBLEM_JSON, endpoints.into_iter().chain([public(&LOST, decode_user, lost)]).collect());
    for (method, path, condition, status) in [
        ("QUERY", "/search", "\"v1\"", 304),
        ("QUERY", "/search", "\"v2\"", 200),
        ("POST", "/save", "\"v1\"", 200),
        ("GET", "/plain", "\"v1\"", 200),
        ("GET", "/lost", "\"v1\"", 404),
    ] {
        let response = call(&router, method, path, &[&format!("if-none-match: {condition}")]).await;
        assert_eq!(response.status, status, "{method} {path} {condition}");
    }
}

#[tokio::test]
async fn a_condition_that_is_no_list_of_entity_tags_is_ignored() {
    for condition in ["v1", "\"v1", "\"v0\" \"v1\"", "\"v\u{e9}\""] {
        let response = call(&service(), "GET", "/user", &[&format!("if-none-match: {condition}")]).await;
        assert_eq!(response.status, 200, "{condition}");
    }
}

#[tokio::test]
async fn a_request_id_is_returned_or_generated() {
    assert_eq!(call(&service(), "GET", "/user", &["x-request-id: req-1"]).await.header("x-request-id"), "req-1");
    assert_eq!(call(&service(), "GET", "/user", &[]).await.header("x-request-id").len(), 36);
}

static FATE: Operation = Operation {
    id: "fate",
    method: Method::POST,
    path: "/{fate}",
    parameters: &[Parameter::path("fate")],
    statuses: &[200, 404, 409, 503],
    ..Operation::NONE
};

fn decode_fate(input: &mut Decoder<'_>) -> Option<String> {
    input.required(0, |r| r.string(&StringRule::NONE))
}

async fn fate(_: &(), cx: &Context<()>, fate: String) -> Result<Reply, Problem> {
    match &*fate {
        "panic" => panic!("a secret detail"),
        "hang" => std::future::pending().await,
        "internal" => Err(Problem::internal("a secret detail")),
        "missing" => Err(NotFound::new("user").into()),
        "taken" => {
            let conflict = Conflict::new("the email is taken").code("EMAIL_TAKEN");
            Err(conflict.detail("email", "is taken").header("retry-after", 1).into())
        }
        _ => Ok(text(cx.request_id())),
    }
}

fn fates() -> Router {
    let timeouts = Timeouts { request: Duration::from_secs(2), ..Timeouts::default() };
    let pipeline = Pipeline::new(&PROBLEM_JSON, Tokens, OpenGate, timeouts);
    let mut endpoints = Vec::new();
    pipeline.routes((), &mut endpoints).public(&FATE, decode_fate, fate);
    router(&PROBLEM_JSON, endpoints)
}

#[tokio::test]
async fn a_panic_or_an_internal_error_is_a_500_without_details() {
    for fate in ["/panic", "/internal"] {
        let response = call(&fates(), "POST", fate, &["x-request-id: r1"]).await;
        assert_eq!((response.status, &response.json()["code"]), (500, &"INTERNAL_ERROR".into()));
        assert_eq!(response.json()["requestId"], "r1");
        assert!(!response.body.contains("secret"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_exceeds_its_timeout_is_a_503() {
    let response = call(&fates(), "POST", "/hang", &[]).await;
    assert_eq!((response.status, &response.json()["code"]), (503, &"TIMEOUT".into()));
}

#[tokio::test]
async fn an_error_of_the_handler_is_sent_in_the_error_envelope() {
    let missing = call(&fates(), "POST", "/missing", &[]).await;
    assert_eq!((missing.status, &missing.json()["detail"]), (404, &"user not found".into()));
    let taken = call(&fates(), "POST", "/taken", &[]).await;
    assert_eq!((taken.status, taken.header("retry-after")), (409, "1"));
    assert_eq!(taken.json()["code"], "EMAIL_TAKEN");
    assert_eq!(taken.violations(), ["body email: is taken"]);
    assert_eq!(taken.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn the_context_has_the_request_id_of_the_response() {
    let response = call(&fates(), "POST", "/fine", &[]).await;
    assert_eq!(response.body, response.header("x-request-id"));
}

static TOKEN: Operation = Operation {
    id: "token",
    path: "/token",
    statuses: &[200, 304],
    produces: &["application/json", "text/csv"],
    conditional: true,
    secret: true,
    ..Operation::NONE
};

#[tokio::test]
async fn a_response_with_a_secret_is_stored_by_no_cache() {
    async fn cacheable(_: &(), _: &Context<()>, (): ()) -> Result<Reply, Problem> {
        Ok(text("secret").header("cache-control", "public, max-age=60").header("etag", "\"1\""))
    }
    async fn refused(_: &(), _: &Context<()>, (): ()) -> Result<Reply, Problem> {
        Err(Problem::new(http::StatusCode::NOT_FOUND, "no token"))
    }
    fn nothing(_: &mut Decoder<'_>) -> Option<()> {
        Some(())
    }
    let router = router(&PROBLEM_JSON, vec![public(&TOKEN, nothing, cacheable)]);
    assert_eq!(call(&router, "GET", "/token", &[]).await.header("cache-control"), "no-store");
    let missing = writ_runtime::router(&PROBLEM_JSON, vec![public(&TOKEN, nothing, refused)]);
    assert_eq!(call(&missing, "GET", "/token", &[]).await.header("cache-control"), "");
}
