//! Tests of the selection of a version over requests to a router of two versions.

use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, Method as HttpMethod};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use super::*;
use crate::operation::{Method, Operation, Parameter, Version};
use crate::request::context::Context;
use crate::response::error_envelope::PROBLEM_JSON;
use crate::response::problem::Problem;
use crate::response::reply::Reply;
use crate::serve::authenticate::NoAuthentication;
use crate::serve::early_refusal::EarlyRefusal;
use crate::serve::gate::OpenGate;
use crate::serve::pipeline::{Pipeline, Timeouts};
use crate::serve::routes::nothing;

static VERSIONS: Versions = Versions {
    default: 2,
    media_type: "application/vnd.api+json",
    parameter: "version",
    all: &[
        Version {
            number: 1,
            prefix: "/v1",
            deprecated: Some(1_793_491_200),
            sunset: Some(1_825_027_200),
            ..Version::NONE
        },
        Version { number: 2, prefix: "/v2", ..Version::NONE },
    ],
};

const fn json(id: &'static str, method: Method, path: &'static str) -> Operation {
    Operation { id, method, path, statuses: &[200], produces: &["application/json"], ..Operation::NONE }
}

static GET_V1: Operation =
    Operation { parameters: &[Parameter::query("sort")], ..json("get", Method::GET, "/v1/users/{id}") };
static GET_V2: Operation =
    Operation { parameters: &[Parameter::query("sort")], ..json("get", Method::GET, "/v2/users/{userId}") };
static CREATE_V1: Operation = json("create", Method::POST, "/v1/users");
static CREATE_V2: Operation = json("create", Method::POST, "/v2/users");
static REMOVED: Operation = json("removed", Method::GET, "/v1/old/{id}");
static MOVED_V1: Operation = json("moved", Method::GET, "/v1/users/{id}/cards/{card}");
static MOVED_V2: Operation = json("moved", Method::GET, "/v2/cards/{card}");
static HEALTH_V1: Operation = json("health", Method::GET, "/health");
static HEALTH_V2: Operation = json("health", Method::GET, "/health");
static EXPORT_V2: Operation = Operation { produces: &["text/csv"], ..json("export", Method::GET, "/v2/export") };

/// Responds with the path template of its operation and the query of the request, and with the latest `Location`.
async fn describe(_: &(), cx: &Context<()>) -> Result<Reply, Problem> {
    let reply = Reply::status(200).header("location", "/v2/users/7?a=b#c").header("content-location", "/v2/nothing");
    Ok(reply.bytes("application/json", format!("\"{}\"", cx.operation().path)))
}

fn version(operations: &[&'static Operation]) -> VersionEndpoints {
    let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, OpenGate, Timeouts::default());
    let mut endpoints = Vec::new();
    let mut routes = pipeline.routes((), &mut endpoints);
    for operation in operations {
        routes.public_bare(operation, nothing, describe);
    }
    VersionEndpoints { envelope: &PROBLEM_JSON, endpoints }
}

fn api(base: &str) -> Router {
    let newer = version(&[&GET_V2, &CREATE_V2, &MOVED_V2, &HEALTH_V2, &EXPORT_V2]);
    let older = version(&[&GET_V1, &CREATE_V1, &MOVED_V1, &REMOVED, &HEALTH_V1]);
    versioned_router_at(base, &VERSIONS, [older, newer])
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn send_to(router: Router, method: HttpMethod, uri: &str, accept: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(uri).header("x-request-id", "r1");
    if !accept.is_empty() {
        request = request.header("accept", accept);
    }
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(head.headers["x-request-id"], "r1");
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    }
}

async fn get(uri: &str, accept: &str) -> Answer {
    send_to(api(""), HttpMethod::GET, uri, accept).await
}

const V1: &str = "application/vnd.api+json;version=1";
const V2: &str = "application/vnd.api+json; version=2";
const V9: &str = "application/vnd.api+json;version=9";

#[tokio::test]
async fn each_selector_reaches_its_version() {
    for (uri, accept, path) in [
        ("/v1/users/7", "", "/v1/users/{id}"),
        ("/v2/users/7", "", "/v2/users/{userId}"),
        ("/%76%31/users/7", "", "/v1/users/{id}"),
        ("/users/7", "", "/v2/users/{userId}"),
        ("/users/7", "*/*", "/v2/users/{userId}"),
        ("/users/7", "application/json", "/v2/users/{userId}"),
        ("/users/7", "application/vnd.api+json", "/v2/users/{userId}"),
        ("/users/7", V1, "/v1/users/{id}"),
        ("/users/7", V2, "/v2/users/{userId}"),
        ("/users/7?version=1", "", "/v1/users/{id}"),
        ("/users/7?version=2", "", "/v2/users/{userId}"),
        ("/users/7?version=1&version=1", "", "/v1/users/{id}"),
        ("/users/7?sort=a&%76ersion=%31", "", "/v1/users/{id}"),
        ("/users/7?version=1", V1, "/v1/users/{id}"),
        ("/v1/users/7?version=1", V1, "/v1/users/{id}"),
        (
            "/v1/users/7",
            "application/vnd.api+json;version=1, application/vnd.api+json;version=2;q=0.9",
            "/v1/users/{id}",
        ),
        (
            "/users/7",
            "application/vnd.api+json;version=1;q=0.8, application/vnd.api+json;version=2;q=0.9",
            "/v2/users/{userId}",
        ),
        ("/old/3?version=1", "", "/v1/old/{id}"),
        ("/health", "", "/health"),
        ("/health?version=1", V2, "/health"),
        ("/health?version=9", V9, "/health"),
    ] {
        let answer = get(uri, accept).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, Some(path)), "{uri} {accept}");
    }
}

#[tokio::test]
async fn selectors_that_disagree_or_are_unknown_are_refused() {
    for (uri, accept, status, message) in [
        ("/v1/users/7?version=2", "", 400, "the path selects version 1 of the API, but `version` selects version 2"),
        ("/v1/users/7", V2, 400, "the path selects version 1 of the API, but `Accept` selects version 2"),
        ("/users/7?version=1", V2, 400, "`version` selects version 1 of the API, but `Accept` selects version 2"),
        ("/users/7?version=1&version=2", "", 400, "`version` selects version 1 of the API and also version 2"),
        (
            "/users/7",
            "application/vnd.api+json;version=1, application/vnd.api+json;version=2",
            400,
            "`Accept` prefers the versions 1 and 2 of the API equally",
        ),
        ("/users/7?version=9", "", 400, "the API does not have the requested version"),
        ("/v1/users/7?version=9", "", 400, "the API does not have the requested version"),
        ("/users/7?version=", "", 400, "the API does not have the requested version"),
        ("/users/7?version", "", 400, "the API does not have the requested version"),
        ("/users/7?version=02", "", 400, "the API does not have the requested version"),
        ("/users/7?version=v2", "", 400, "the API does not have the requested version"),
        ("/users/7", V9, 406, "application/vnd.api+json is only available in the versions 1 and 2"),
        ("/v1/users/7", V9, 406, "application/vnd.api+json is only available in the versions 1 and 2"),
        ("/v9/users/7", "", 404, "the API has no version with the prefix of this path"),
        ("/v01/users/7", "", 404, "the API has no version with the prefix of this path"),
        ("/v9/users/7?version=1", V2, 404, "the API has no version with the prefix of this path"),
        (
            "/users/7",
            "application/vnd.api+json;version=2;q=0",
            406,
            "the response is only available as application/json",
        ),
        ("/export", V2, 406, "the response is only available as text/csv"),
        ("/old/3", "", 404, "the requested path does not exist"),
        ("/v1", "", 404, "the requested path does not exist"),
        ("/nothing", "", 404, "the requested path does not exist"),
        ("/v1/nothing", "", 404, "the requested path does not exist"),
    ] {
        let answer = get(uri, accept).await;
        let found = (answer.status, answer.body["detail"].as_str());
        assert_eq!(found, (status, Some(message)), "{uri} {accept}");
        assert_eq!(answer.body["requestId"], "r1", "{uri} {accept}");
    }
    let answer = get("/users?version=9", "").await;
    assert_eq!(answer.body["errors"][0]["in"], "query");
    assert_eq!(answer.body["errors"][0]["field"], "version");
    assert_eq!(answer.body["errors"][0]["message"], "must be 1 or 2");
}

#[tokio::test]
async fn the_content_type_is_the_accepted_media_type() {
    for (uri, accept, content_type) in [
        ("/users/7", "", "application/json"),
        ("/users/7", "application/json", "application/json"),
        ("/users/7", V2, "application/vnd.api+json;version=2"),
        ("/v1/users/7", V1, "application/vnd.api+json;version=1"),
        ("/v1/users/7", "application/vnd.api+json", "application/vnd.api+json"),
        ("/users/7", "application/json, application/vnd.api+json;version=1;q=0.5", "application/json"),
        ("/health", V2, "application/vnd.api+json"),
        ("/health", V9, "application/vnd.api+json"),
        // A refusal of this contract has its own media type.
        ("/nothing", V2, "application/problem+json"),
    ] {
        let answer = get(uri, accept).await;
        assert_eq!(answer.header("content-type"), content_type, "{uri} {accept}");
    }
}

#[tokio::test]
async fn responses_describe_their_version() {
    for (uri, accept, link) in [
        ("/v1/users/7", "", "</v2/users/7>; rel=\"successor-version\""),
        ("/users/a%2Fb?sort=a", V1, "</v2/users/a%2Fb>; rel=\"successor-version\""),
        ("/v1/users/7/cards/9", "", "</v2/cards/9>; rel=\"successor-version\""),
        ("/v1/old/7", "", ""),
        ("/v1/nothing", "", ""),
    ] {
        let answer = get(uri, accept).await;
        assert_eq!(answer.header("deprecation"), "@1793491200", "{uri}");
        assert_eq!(answer.header("sunset"), "Mon, 01 Nov 2027 00:00:00 GMT", "{uri}");
        assert_eq!(answer.header("vary"), "accept", "{uri}");
        assert_eq!(answer.header("link"), link, "{uri}");
    }
    for (uri, vary) in
        [("/v2/users/7", "accept"), ("/users/7", "accept"), ("/users/7?version=9", "accept"), ("/health", "")]
    {
        let answer = get(uri, "").await;
        assert_eq!(answer.header("vary"), vary, "{uri}");
        for absent in ["deprecation", "sunset", "link"] {
            assert_eq!(answer.header(absent), "", "{uri} {absent}");
        }
    }
}

#[tokio::test]
async fn a_location_is_that_of_the_version_of_the_request() {
    for (uri, location) in [
        ("/v1/users/7", "/v1/users/7?a=b#c"),
        ("/users/7?version=1", "/v1/users/7?a=b#c"),
        ("/v2/users/7", "/v2/users/7?a=b#c"),
        ("/users/7", "/v2/users/7?a=b#c"),
        ("/health", "/v2/users/7?a=b#c"),
    ] {
        let answer = get(uri, "").await;
        assert_eq!(answer.header("location"), location, "{uri}");
        assert_eq!(answer.header("content-location"), "/v2/nothing", "{uri}: version 1 has no such resource");
    }
}

#[tokio::test]
async fn other_methods_are_answered_in_the_selected_version() {
    for uri in ["/users", "/v1/users", "/users?version=1"] {
        let answer = send_to(api(""), HttpMethod::DELETE, uri, "").await;
        assert_eq!((answer.status, answer.header("allow")), (405, "OPTIONS, POST"), "{uri}");
        let answer = send_to(api(""), HttpMethod::OPTIONS, uri, "").await;
        assert_eq!((answer.status, answer.header("allow")), (204, "OPTIONS, POST"), "{uri}");
    }
    let answer = send_to(api(""), HttpMethod::HEAD, "/users/7?version=1", "").await;
    assert_eq!((answer.status, answer.header("sunset")), (200, "Mon, 01 Nov 2027 00:00:00 GMT"));
}

#[tokio::test]
async fn versions_are_served_below_a_base_path() {
    for (uri, path) in [
        ("/api/v1/users/7", "/v1/users/{id}"),
        ("/api/users/7?version=1", "/v1/users/{id}"),
        ("/api/users/7", "/v2/users/{userId}"),
        ("/api/health", "/health"),
    ] {
        let answer = send_to(api("/api"), HttpMethod::GET, uri, "").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, Some(path)), "{uri}");
    }
    let answer = send_to(api("/api"), HttpMethod::GET, "/api/v1/users/7", "").await;
    assert_eq!(answer.header("link"), "</api/v2/users/7>; rel=\"successor-version\"");
    assert_eq!(answer.header("location"), "/v1/users/7?a=b#c");
    for uri in ["/users/7", "/v1/users/7", "/apiv1/users/7", "/api"] {
        assert_eq!(send_to(api("/api"), HttpMethod::GET, uri, "").await.status, 404, "{uri}");
    }
}

#[tokio::test]
async fn an_early_refusal_precedes_the_selection() {
    let mut request = Request::get("/users?version=9").body(Body::empty()).unwrap();
    let (status, message) = (http::StatusCode::SERVICE_UNAVAILABLE, "too many connections");
    request.extensions_mut().insert(EarlyRefusal { status, message, retry_after: 1 });
    let response = api("").oneshot(request).await.unwrap();
    assert_eq!(response.status(), status);
}
