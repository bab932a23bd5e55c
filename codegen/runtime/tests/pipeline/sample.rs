//! Shared parts of the tests: a principal, an authenticator, and functions that send requests.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use writ_runtime::operation::{Requirement, Scheme, SchemeKind};
use writ_runtime::{
    Authenticate, BasicCredentials, Context, Credential, Decoder, Denied, Endpoint, Handler, OpenGate, Operation,
    PROBLEM_JSON, Pipeline, Problem, Reply, Timeouts, Unavailable, nothing, router,
};

pub static BEARER: Scheme = Scheme { name: "bearer", kind: SchemeKind::Bearer };
pub static BASIC: Scheme = Scheme { name: "basic", kind: SchemeKind::Basic };
pub static KEY: Scheme = Scheme { name: "key", kind: SchemeKind::Header("X-Api-Key") };
pub const NEEDS_READ: &[&[Requirement]] = &[&[Requirement { scheme: &BEARER, scopes: &["read"] }]];

/// The principal of the tests, with the scopes that its token contains.
#[derive(Debug, PartialEq, Eq)]
pub struct Caller {
    pub name: String,
    pub scopes: Vec<String>,
}

/// An authenticator of tokens of the form `name.scope.scope`. A few special tokens are rejected.
#[derive(Debug, Clone, Copy)]
pub struct Tokens;

impl Authenticate for Tokens {
    type Principal = Caller;

    async fn authenticate(
        &self,
        _: &'static Scheme,
        credential: Credential<'_>,
        _: &'static Operation,
    ) -> Result<Caller, Denied> {
        let secret = match &credential {
            Credential::Bearer(token) => token.as_str().to_owned(),
            Credential::Basic(BasicCredentials { user, password }) => format!("{user}:{password}"),
            Credential::Http(digest) => digest.credentials.to_owned(),
            Credential::ApiKey(key) => key.as_str().to_owned(),
            Credential::Certificate(certificate) => certificate.0.clone(),
        };
        match &*secret {
            "forged" => Err(Denied::Unauthenticated("the token is not valid".into())),
            "banned" => Err(Denied::Forbidden("the account is closed".into())),
            "outage" => Err(Denied::Unavailable("the keys cannot be fetched".into())),
            "busy" => Err(Denied::Unavailable(Unavailable::retry_after(Duration::from_secs(5)).into())),
            "panic" => panic!("the authenticator is broken"),
            _ => {
                let mut parts = secret.split('.').map(str::to_owned);
                Ok(Caller { name: parts.next().unwrap_or_default(), scopes: parts.collect() })
            }
        }
    }

    fn holds_scope(&self, principal: &Caller, _: &'static Scheme, scope: &str) -> bool {
        principal.scopes.iter().any(|held| held == scope)
    }

    fn combine(&self, first: Caller, second: Caller) -> Result<Caller, Denied> {
        if second.name == "stranger" {
            return Err(Denied::Forbidden("the two callers do not belong together".into()));
        }
        let scopes = first.scopes.into_iter().chain(second.scopes).collect();
        Ok(Caller { name: format!("{}+{}", first.name, second.name), scopes })
    }
}

pub fn pipeline() -> Pipeline<Tokens, OpenGate> {
    Pipeline::new(&PROBLEM_JSON, Tokens, OpenGate, Timeouts::default())
}

/// Binds a public operation to a method that takes the request which `decode` returns.
pub fn public<R, M>(operation: &'static Operation, decode: fn(&mut Decoder<'_>) -> Option<R>, method: M) -> Endpoint
where
    R: Send + 'static,
    M: for<'a> Handler<'a, (), (), (R,)>,
{
    let mut endpoints = Vec::new();
    pipeline().routes((), &mut endpoints).public(operation, decode, method);
    endpoints.remove(0)
}

/// Creates a router of public operations, each of which responds with its id.
pub fn naming(operations: &[&'static Operation]) -> Router {
    router(&PROBLEM_JSON, endpoints(operations))
}

/// Creates endpoints of public operations, each of which responds with its id.
pub fn endpoints(operations: &[&'static Operation]) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    let pipeline = pipeline();
    let mut routes = pipeline.routes((), &mut endpoints);
    for operation in operations {
        routes.public_bare(operation, nothing, name);
    }
    endpoints
}

async fn name(_: &(), cx: &Context<()>) -> Result<Reply, Problem> {
    Ok(text(cx.operation().id))
}

/// Returns a response with status 200 and this text.
pub fn text(body: impl std::fmt::Display) -> Reply {
    Reply::status(200).bytes("text/plain", body.to_string())
}

/// Responds with the decoded request in its `Debug` form.
pub async fn show<T: std::fmt::Debug>(_: &(), _: &Context<()>, value: T) -> Result<Reply, Problem> {
    Ok(text(format!("{value:?}")))
}

/// A response with its complete body.
#[derive(Debug)]
pub struct TestResponse {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    pub operation: Option<&'static str>,
}

impl TestResponse {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns `location field: message` for each violation.
    pub fn violations(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        let text = |error: &Value, key: &str| error[key].as_str().unwrap_or("?").to_owned();
        errors
            .iter()
            .map(|error| format!("{} {}: {}", text(error, "in"), text(error, "field"), text(error, "message")))
            .collect()
    }
}

pub async fn send(router: &Router, request: Request<Body>) -> TestResponse {
    let response: Response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    TestResponse {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8(bytes.to_vec()).unwrap(),
        operation: parts.extensions.get::<&'static Operation>().map(|operation| operation.id),
    }
}

/// Sends a request without a body. Headers have the form `name: value`.
pub async fn call(router: &Router, method: &str, uri: &str, headers: &[&str]) -> TestResponse {
    send(router, request(method, uri, headers, Body::empty())).await
}

/// Sends a `POST` request with a body of a media type.
pub async fn post(router: &Router, uri: &str, media: &str, body: impl Into<Body>) -> TestResponse {
    send(router, request("POST", uri, &[&format!("content-type: {media}")], body.into())).await
}

pub fn request(method: &str, uri: &str, headers: &[&str], body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.body(body).unwrap()
}
