//! Tests of the checks of a sweep: each passes for the responses of a service that is right, and fails for those of one
//! that is not.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::StatusCode;
use http::request::Parts;
use writ_runtime::{
    Body, ErrorBody, ErrorContent, ErrorResponse, ErrorValue, Media, Method, PROBLEM_JSON, Requirement, Scheme,
    SchemeKind,
};

use super::*;

pub(super) static KEY: Scheme = Scheme { name: "key", kind: SchemeKind::Bearer };

static LIST_EVENTS: Operation = Operation {
    id: "listEvents",
    path: "/events",
    tag: "events",
    statuses: &[200, 503],
    produces: &["application/json"],
    rate_limits: &[RateLimit { requests: 5, window: Duration::from_secs(60), by: LimitBy::Caller }],
    ..Operation::NONE
};

static PUT_EVENT: Operation = Operation {
    id: "putEvent",
    method: Method::PUT,
    path: "/events/{eventId}",
    tag: "events",
    parameters: &[Parameter::path("eventId").required(), Parameter::header("If-Match").required()],
    body: Some(Body {
        required: true,
        limit: 100,
        media: &[Media { essence: "application/json", kind: writ_runtime::MediaKind::Json }],
    }),
    security: &[&[Requirement { scheme: &KEY, scopes: &["events:write"] }]],
    ..Operation::NONE
};

static GET_EVENT: Operation = Operation {
    id: "getEvent",
    path: "/events/{eventId}",
    tag: "events",
    parameters: &[Parameter::path("eventId").required()],
    security: &[&[Requirement { scheme: &KEY, scopes: &[] }]],
    ..Operation::NONE
};

/// The headers of every refusal of a service that is right.
const HEADERS: [(&str, &str); 5] = [
    ("content-type", "application/problem+json"),
    ("x-request-id", "r-1"),
    ("x-ratelimit-limit", "5"),
    ("x-ratelimit-remaining", "0"),
    ("x-ratelimit-reset", "60"),
];

/// A response with a status, headers and a body.
#[derive(Debug, Clone)]
pub(super) struct Canned(pub u16, pub Vec<(&'static str, String)>, pub &'static str);

/// Returns a refusal as a service that is right sends it.
pub(super) fn refusal(status: u16) -> Canned {
    Canned(status, HEADERS.map(|(name, value)| (name, value.to_owned())).to_vec(), "{}")
}

impl Canned {
    pub(super) fn with(self, name: &'static str, value: impl ToString) -> Canned {
        let mut response = self.without(name);
        response.1.push((name, value.to_string()));
        response
    }

    pub(super) fn without(mut self, name: &str) -> Canned {
        self.1.retain(|(known, _)| *known != name);
        self
    }

    fn body(self, body: &'static str) -> Canned {
        Canned(self.0, self.1, body)
    }
}

/// Starts a server with these responses, and returns a sweep of its operations.
pub(super) async fn sweep(
    operations: &[&'static Operation],
    respond: impl Fn(&Parts, &[u8]) -> Canned + Send + Sync + 'static,
) -> Sweep {
    let respond = Arc::new(respond);
    let app = Router::new().fallback(async move |request: Request| {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let Canned(status, headers, body) = respond(&parts, &body);
        let mut response = Response::new(HttpBody::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        response
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Sweep {
        address,
        envelope: &PROBLEM_JSON,
        base: String::new(),
        operations: operations.to_vec(),
        credentials: vec![("key".to_owned(), "mine".to_owned())],
        values: Vec::new(),
        bodies: vec![("putEvent".to_owned(), Value::Object(serde_json::Map::new()))],
        is_behind_gateway: false,
        refused: Vec::new(),
    }
}

/// Returns true if a check passes.
pub(super) async fn passes(check: impl Future<Output = ()>) -> bool {
    std::panic::AssertUnwindSafe(check).catch_unwind().await.is_ok()
}

/// Returns true if a check passes for a service that gives each request this response.
async fn passes_for(operation: &'static Operation, response: Canned, check: impl AsyncFn(&Sweep)) -> bool {
    let sweep = sweep(&[operation], move |_, _| response.clone()).await;
    passes(check(&sweep)).await
}

pub(super) fn header<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.headers.get(name).and_then(|value| value.to_str().ok())
}

#[tokio::test]
async fn a_refusal_has_the_status_the_media_type_and_the_headers_of_the_contract() {
    let accepts = async |response: Canned| {
        passes_for(&LIST_EVENTS, response, async |sweep| sweep.refuses_other_media_types().await).await
    };
    assert!(accepts(refusal(406)).await);
    assert!(!accepts(refusal(200)).await);
    assert!(!accepts(refusal(406).with("content-type", "text/plain")).await);
    assert!(!accepts(refusal(406).body("not JSON")).await);
    for (name, _) in HEADERS {
        assert!(!accepts(refusal(406).without(name)).await, "{name}");
    }
}

#[tokio::test]
async fn a_refusal_of_an_unlimited_operation_needs_no_headers_of_a_limit() {
    let mut response = refusal(406);
    for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
        response = response.without(name);
    }
    static UNLIMITED: Operation = Operation { id: "unlimited", produces: &["application/json"], ..Operation::NONE };
    assert!(passes_for(&UNLIMITED, response, async |sweep| sweep.refuses_other_media_types().await).await);
}

#[tokio::test]
async fn a_check_that_concerns_no_operation_fails() {
    let sweep = sweep(&[&LIST_EVENTS], |_, _| refusal(401)).await;
    assert!(!passes(sweep.requires_credentials(&["listEvents"])).await);
    assert!(!passes(sweep.refuses_invalid_path_parameters()).await);
    assert!(!passes(sweep.clone().of_tags(&["visitors"]).is_unavailable()).await);
}

#[tokio::test]
async fn only_listed_operations_need_no_credentials() {
    static READ_EVENT: Operation = Operation {
        id: "readEvent",
        path: "/open",
        security: &[&[], &[Requirement { scheme: &KEY, scopes: &["events:read"] }]],
        ..Operation::NONE
    };
    let sweep = sweep(&[&LIST_EVENTS, &READ_EVENT, &PUT_EVENT], |parts, _| {
        match (parts.uri.path(), header(parts, "authorization")) {
            ("/events" | "/open", _) => refusal(200),
            (_, Some("Bearer mine")) => refusal(403),
            _ => refusal(401).with("www-authenticate", "Bearer"),
        }
    })
    .await;
    assert!(passes(sweep.requires_credentials(&["listEvents", "readEvent"])).await);
    for other in [
        &["listEvents"][..],
        &["readEvent"],
        &["listEvents", "readEvent", "putEvent"],
        &["listEvents", "readEvent", "none"],
    ] {
        assert!(!passes(sweep.requires_credentials(other)).await, "{other:?}");
    }
    assert!(passes(sweep.requires_scopes()).await);
}

#[tokio::test]
async fn another_method_is_refused_with_those_of_the_path() {
    for (allow, expected) in [("GET, PUT", true), ("PUT, GET, HEAD", true), ("GET", false), ("", false)] {
        let sweep = sweep(&[&GET_EVENT, &PUT_EVENT], move |_, _| refusal(405).with("allow", allow)).await;
        assert_eq!(passes(sweep.refuses_other_methods()).await, expected, "{allow}");
    }
}

#[tokio::test]
async fn missing_and_wrong_credentials_are_refused_with_a_challenge() {
    let check = async |sweep: &Sweep| sweep.requires_credentials(&[]).await;
    let challenge = || refusal(401).with("www-authenticate", "Bearer");
    assert!(passes_for(&GET_EVENT, challenge(), check).await);
    assert!(!passes_for(&GET_EVENT, refusal(401), check).await);
    assert!(!passes_for(&GET_EVENT, challenge().without("x-request-id"), check).await);
    assert!(!passes_for(&GET_EVENT, refusal(200), check).await);
    // Each credential that the service accepts by mistake is found: one of all sweeps, and one of this sweep.
    for accepted in ["Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.", "Bearer expired"] {
        let respond = move |parts: &Parts, _: &[u8]| match header(parts, "authorization") {
            Some(sent) if sent == accepted => refusal(200),
            _ => challenge(),
        };
        let sweep = sweep(&[&GET_EVENT], respond).await.refuses("key", "is expired", "expired");
        assert!(!passes(sweep.requires_credentials(&[])).await, "{accepted}");
    }
}

#[tokio::test]
async fn only_the_refusals_of_a_gateway_need_no_rate_limit() {
    static LIMITED: Operation = Operation {
        id: "limited",
        path: "/limited",
        rate_limits: &[RateLimit { requests: 5, window: Duration::from_secs(60), by: LimitBy::Caller }],
        security: &[&[Requirement { scheme: &KEY, scopes: &["events:read"] }]],
        ..Operation::NONE
    };
    let unlimited = |status| refusal(status).with("www-authenticate", "Bearer").without("x-ratelimit-limit");
    let credentials = async |sweep: &Sweep| sweep.requires_credentials(&[]).await;
    let gateway = async |sweep: &Sweep| sweep.clone().behind_gateway().requires_credentials(&[]).await;
    assert!(!passes_for(&LIMITED, unlimited(401), credentials).await);
    assert!(passes_for(&LIMITED, unlimited(401), gateway).await);
    assert!(!passes_for(&LIMITED, unlimited(401).without("x-request-id"), gateway).await);
    let scopes = async |sweep: &Sweep| sweep.clone().behind_gateway().requires_scopes().await;
    assert!(!passes_for(&LIMITED, unlimited(403), scopes).await);
}

#[tokio::test]
async fn a_caller_without_the_scopes_is_refused() {
    let check = async |sweep: &Sweep| sweep.requires_scopes().await;
    assert!(passes_for(&PUT_EVENT, refusal(403), check).await);
    assert!(!passes_for(&PUT_EVENT, refusal(200), check).await);
    assert!(!passes_for(&PUT_EVENT, refusal(401), check).await);
    // No operation has a scope beyond those that the caller holds.
    let beyond = async |sweep: &Sweep| sweep.requires_scopes_beyond(&["events:write"]).await;
    assert!(!passes_for(&PUT_EVENT, refusal(403), beyond).await);
}

#[tokio::test]
async fn a_caller_who_lacks_one_of_the_scopes_is_refused() {
    static MOVE_EVENT: Operation = Operation {
        id: "moveEvent",
        path: "/moved",
        security: &[&[Requirement { scheme: &KEY, scopes: &["events:read", "events:write"] }]],
        ..Operation::NONE
    };
    /// Returns true if the check passes for a service that requires these scopes for `moveEvent`.
    async fn passes_with(required: &'static [&'static str]) -> bool {
        let respond = move |parts: &Parts, _: &[u8]| {
            let required = if parts.uri.path() == "/moved" { required } else { &["events:write"] };
            let held: Vec<&str> = header(parts, "authorization").unwrap()["Bearer ".len()..].split(',').collect();
            refusal(if required.iter().all(|scope| held.contains(scope)) { 400 } else { 403 })
        };
        let sweep = sweep(&[&PUT_EVENT, &MOVE_EVENT, &GET_EVENT], respond).await;
        passes(sweep.requires_each_scope(async |_, scopes| scopes.join(","))).await
    }
    assert!(passes_with(&["events:read", "events:write"]).await);
    assert!(!passes_with(&["events:read"]).await);
    assert!(!passes_with(&["events:write"]).await);
    assert!(!passes_with(&["events:read", "events:write", "events:admin"]).await);
}

#[tokio::test]
async fn the_data_of_a_caller_is_hidden_from_others_alone() {
    /// Returns the sweeps of a caller and of another one, who receive these responses.
    async fn sweeps(own: Canned, other: Canned) -> (Sweep, Sweep) {
        let respond = move |parts: &Parts, _: &[u8]| match header(parts, "authorization") {
            Some("Bearer mine") => own.clone(),
            _ => other.clone(),
        };
        let sweep = sweep(&[&GET_EVENT, &PUT_EVENT], respond).await;
        let stranger = Sweep { credentials: vec![("key".to_owned(), "theirs".to_owned())], ..sweep.clone() };
        (sweep, stranger)
    }
    for (own, other, expected) in [
        (refusal(200), refusal(404), true),
        (refusal(200), refusal(403), true),
        (refusal(200), refusal(200), false),
        (refusal(200), refusal(404).without("x-request-id"), false),
        (refusal(404), refusal(404), false),
    ] {
        let (sweep, stranger) = sweeps(own.clone(), other.clone()).await;
        assert_eq!(passes(sweep.refuses_other_callers(&stranger, &[])).await, expected, "{own:?} {other:?}");
    }
    let (sweep, stranger) = sweeps(refusal(200), refusal(404)).await;
    assert!(passes(sweep.refuses_other_callers(&stranger, &["putEvent"])).await);
    assert!(!passes(sweep.refuses_other_callers(&stranger, &["listEvents"])).await);
    let (sweep, stranger) = sweeps(refusal(200), refusal(200)).await;
    assert!(passes(sweep.refuses_other_callers(&stranger, &["getEvent", "putEvent"])).await);
}

#[tokio::test]
async fn an_invalid_path_parameter_is_refused_by_its_name() {
    let check = async |sweep: &Sweep| sweep.refuses_invalid_path_parameters().await;
    let named = refusal(400).body(r#"{"errors":[{"field":"eventId"}]}"#);
    assert!(passes_for(&GET_EVENT, named.clone(), check).await);
    assert!(!passes_for(&GET_EVENT, refusal(400), check).await);
    assert!(!passes_for(&GET_EVENT, Canned(404, named.1, named.2), check).await);
    let sent = sweep(&[&GET_EVENT], |parts, _| match parts.uri.path() {
        "/events/~" => refusal(400).body(r#"{"field":"eventId"}"#),
        _ => refusal(200),
    })
    .await;
    assert!(passes(sent.refuses_invalid_path_parameters()).await);
}

#[tokio::test]
async fn each_kind_of_unreadable_body_is_refused() {
    fn right(parts: &Parts, body: &[u8]) -> u16 {
        match header(parts, "content-type") {
            Some("application/json") if body.len() > 100 => 413,
            Some("application/json") if serde_json::from_slice::<Value>(body).is_err() => 400,
            Some("application/json") => 200,
            _ => 415,
        }
    }
    let service = sweep(&[&PUT_EVENT], |parts, body| refusal(right(parts, body))).await;
    assert!(passes(service.refuses_unreadable_bodies()).await);
    for accepted in [400, 413, 415] {
        let respond = move |parts: &Parts, body: &[u8]| match right(parts, body) {
            status if status == accepted => refusal(200),
            status => refusal(status),
        };
        assert!(!passes(sweep(&[&PUT_EVENT], respond).await.refuses_unreadable_bodies()).await, "{accepted}");
    }
}

#[tokio::test]
async fn a_request_without_a_required_precondition_is_refused() {
    let respond = |parts: &Parts, body: &[u8]| match (header(parts, "if-match"), body) {
        (None, b"{}") => refusal(428),
        _ => refusal(400),
    };
    assert!(passes(sweep(&[&PUT_EVENT], respond).await.requires_preconditions()).await);
    let check = async |sweep: &Sweep| sweep.requires_preconditions().await;
    assert!(!passes_for(&PUT_EVENT, refusal(200), check).await);
    assert!(!passes_for(&GET_EVENT, refusal(428), check).await);
}

#[tokio::test]
async fn a_rate_limit_admits_as_many_requests_as_it_declares() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Returns true if the check passes for a service that admits this number of requests, and refuses others so.
    async fn limited(admitted: usize, refused: Canned) -> bool {
        let received = AtomicUsize::new(0);
        let respond = move |_: &Parts, _: &[u8]| match received.fetch_add(1, Ordering::SeqCst) < admitted {
            true => refusal(200),
            false => refused.clone(),
        };
        passes(sweep(&[&LIST_EVENTS], respond).await.limits_requests()).await
    }
    let refused = || refusal(429).with("retry-after", 60);
    // The setup of a test may have used a part of the limit.
    for (admitted, expected) in [(5, true), (3, true), (2, false), (0, false), (6, true), (1000, false)] {
        assert_eq!(limited(admitted, refused()).await, expected, "{admitted}");
    }
    for (name, value, expected) in [
        ("retry-after", 1, true),
        ("retry-after", 0, false),
        ("retry-after", 61, false),
        ("x-ratelimit-limit", 6, false),
        ("x-ratelimit-remaining", 1, false),
    ] {
        assert_eq!(limited(5, refused().with(name, value)).await, expected, "{name} {value}");
    }
    assert!(!limited(5, refused().without("retry-after")).await);
}

#[tokio::test]
async fn an_outage_is_a_503_that_says_when_to_try_again() {
    let check = async |sweep: &Sweep| sweep.is_unavailable().await;
    assert!(passes_for(&LIST_EVENTS, refusal(503).with("retry-after", 5), check).await);
    assert!(!passes_for(&LIST_EVENTS, refusal(503).with("retry-after", 0), check).await);
    assert!(!passes_for(&LIST_EVENTS, refusal(503), check).await);
    assert!(!passes_for(&LIST_EVENTS, refusal(500).with("retry-after", 5), check).await);
    static HEALTH: Operation = Operation {
        id: "health",
        statuses: &[200, 503],
        errors: &[ErrorResponse { low: 503, high: 503, body: &REPORT }],
        ..Operation::NONE
    };
    static REPORT: ErrorBody =
        ErrorBody { media_type: "application/json", content: ErrorContent::Json(ErrorValue::Constant("{}")) };
    assert!(passes_for(&HEALTH, refusal(503).with("content-type", "application/json"), check).await);
    assert!(!passes_for(&HEALTH, refusal(200).with("content-type", "application/json"), check).await);
    // An operation that declares no 503 is not concerned.
    assert!(!passes_for(&GET_EVENT, refusal(503).with("retry-after", 5), check).await);
}

#[tokio::test]
async fn requests_have_the_values_the_base_path_and_the_credentials_of_their_sweep() {
    static SEARCH: Operation = Operation {
        id: "search",
        path: "/halls/{hallId}/events/{eventId}",
        query: "all=true",
        statuses: &[503],
        security: &[&[Requirement { scheme: &QUERY_KEY, scopes: &[] }], &[Requirement { scheme: &KEY, scopes: &[] }]],
        ..Operation::NONE
    };
    static QUERY_KEY: Scheme = Scheme { name: "query", kind: SchemeKind::Query("api_key") };
    let respond = |expected: &'static str, authorization: Option<&'static str>| {
        move |parts: &Parts, _: &[u8]| match parts.uri == *expected && header(parts, "authorization") == authorization {
            true => refusal(503).with("retry-after", 1),
            false => refusal(400),
        }
    };
    let by_header = respond("/v1/halls/h%201/events/7?all=true", Some("Bearer mine"));
    let by_header = sweep(&[&SEARCH], by_header).await.below("/v1").value("hallId", "h 1");
    by_header.is_unavailable().await;
    let by_query = respond("/halls/7/events/7?all=true&api_key=secret", None);
    let by_query = sweep(&[&SEARCH], by_query).await.credential("query", "secret");
    by_query.is_unavailable().await;
}
