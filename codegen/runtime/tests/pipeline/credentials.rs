//! Tests of authentication and authorization, and of the challenges in refusals.

use axum::Router;
use writ_runtime::operation::{Requirement, Scheme, SchemeKind};
use writ_runtime::{ClientCertificate, Context, Operation, PROBLEM_JSON, Problem, Reply, nothing, router};

use crate::sample::{BASIC, BEARER, Caller, KEY, NEEDS_READ, TestResponse, call, pipeline, request, send, text};

static SECURED: Operation = Operation { id: "secured", path: "/secured", security: NEEDS_READ, ..Operation::NONE };
static OPTIONAL: Operation = Operation {
    id: "optional",
    path: "/optional",
    security: &[&[Requirement { scheme: &BEARER, scopes: &[] }], &[]],
    ..Operation::NONE
};
static EITHER: Operation = Operation {
    id: "either",
    path: "/either",
    security: &[
        &[Requirement { scheme: &BEARER, scopes: &["read"] }],
        &[Requirement { scheme: &BASIC, scopes: &[] }, Requirement { scheme: &KEY, scopes: &[] }],
    ],
    ..Operation::NONE
};
static TOGETHER: Operation = Operation {
    id: "together",
    path: "/together",
    security: &[&[
        Requirement { scheme: &KEY, scopes: &["write"] },
        Requirement { scheme: &BEARER, scopes: &["read"] },
    ]],
    ..Operation::NONE
};
static IN_QUERY: Scheme = Scheme { name: "query", kind: SchemeKind::Query("api key") };
static IN_COOKIE: Scheme = Scheme { name: "cookie", kind: SchemeKind::Cookie("session") };
static DIGEST: Scheme = Scheme { name: "digest", kind: SchemeKind::Authorization("Digest") };
static TLS: Scheme = Scheme { name: "tls", kind: SchemeKind::MutualTls };
static ELSEWHERE: Operation = Operation {
    id: "elsewhere",
    path: "/elsewhere",
    security: &[
        &[Requirement { scheme: &IN_QUERY, scopes: &[] }],
        &[Requirement { scheme: &IN_COOKIE, scopes: &[] }],
        &[Requirement { scheme: &DIGEST, scopes: &[] }],
        &[Requirement { scheme: &TLS, scopes: &[] }],
    ],
    ..Operation::NONE
};

async fn named(_: &(), cx: &Context<Caller>) -> Result<Reply, Problem> {
    Ok(text(&cx.principal().name))
}

async fn maybe_named(_: &(), cx: &Context<Option<Caller>>) -> Result<Reply, Problem> {
    Ok(text(cx.principal().as_ref().map_or("anonymous", |caller| &caller.name)))
}

fn service() -> Router {
    let pipeline = pipeline();
    let mut endpoints = Vec::new();
    pipeline
        .routes((), &mut endpoints)
        .secured_bare(&SECURED, nothing, named)
        .optional_bare(&OPTIONAL, nothing, maybe_named)
        .secured_bare(&EITHER, nothing, named)
        .secured_bare(&TOGETHER, nothing, named)
        .secured_bare(&ELSEWHERE, nothing, named);
    router(&PROBLEM_JSON, endpoints)
}

async fn get(path: &str, headers: &[&str]) -> TestResponse {
    call(&service(), "GET", path, headers).await
}

fn challenges(response: &TestResponse) -> Vec<&str> {
    response.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn a_token_with_the_required_scopes_is_accepted() {
    let response = get("/secured", &["authorization: Bearer ann.read"]).await;
    assert_eq!((response.status, &*response.body), (200, "ann"));
    assert_eq!(get("/secured", &["authorization: bearer  ann.read"]).await.status, 200);
}

#[tokio::test]
async fn a_request_without_credentials_is_challenged() {
    let response = get("/secured", &[]).await;
    assert_eq!((response.status, &response.json()["code"]), (401, &"UNAUTHORIZED".into()));
    assert_eq!(challenges(&response), ["Bearer realm=\"api\""]);
    assert_eq!(get("/secured", &["authorization: Basic YTpi"]).await.status, 401);
}

#[tokio::test]
async fn invalid_credentials_are_reported_in_the_challenge() {
    for bad in ["Bearer forged", "Bearer", "Bearer a b", "Bearer \"x\""] {
        let response = get("/secured", &[&format!("authorization: {bad}")]).await;
        assert_eq!(response.status, 401, "{bad}");
        assert_eq!(challenges(&response), ["Bearer realm=\"api\", error=\"invalid_token\""], "{bad}");
    }
    let twice = get("/secured", &["authorization: Bearer ann.read", "authorization: Bearer bob.read"]).await;
    assert_eq!(twice.status, 401);
}

#[tokio::test]
async fn a_missing_scope_is_a_403_that_names_it() {
    let response = get("/secured", &["authorization: Bearer ann.write"]).await;
    assert_eq!(response.status, 403);
    assert_eq!(challenges(&response), ["Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"read\""]);
    assert_eq!(get("/secured", &["authorization: Bearer banned"]).await.status, 403);
}

#[tokio::test]
async fn an_authenticator_that_cannot_verify_is_a_503_and_one_that_panics_a_500_both_without_their_cause() {
    for (token, status) in [("outage", 503), ("panic", 500)] {
        let response = get("/secured", &[&format!("authorization: Bearer {token}")]).await;
        assert_eq!(response.status, status);
        assert!(!response.body.contains("keys") && !response.body.contains("broken"), "{}", response.body);
    }
}

#[tokio::test]
async fn the_authenticator_decides_after_which_time_a_client_tries_again() {
    for (token, seconds) in [("outage", "1"), ("busy", "5")] {
        let response = get("/secured", &[&format!("authorization: Bearer {token}")]).await;
        assert_eq!((response.status, response.headers["retry-after"].to_str().unwrap()), (503, seconds));
    }
}

#[tokio::test]
async fn optional_credentials_can_be_omitted_but_must_be_valid() {
    assert_eq!(get("/optional", &[]).await.body, "anonymous");
    assert_eq!(get("/optional", &["authorization: Bearer ann"]).await.body, "ann");
    assert_eq!(get("/optional", &["authorization: Bearer forged"]).await.status, 401);
    assert_eq!(get("/optional", &["authorization: Bearer"]).await.status, 401);
    assert_eq!(get("/optional", &["authorization: Basic YTpi"]).await.body, "anonymous");
}

#[tokio::test]
async fn one_alternative_suffices_but_requires_all_of_its_schemes() {
    assert_eq!(get("/either", &["authorization: Bearer ann.read"]).await.body, "ann");
    let both = get("/either", &["authorization: Basic YTpi", "x-api-key: k"]).await;
    assert_eq!((both.status, &*both.body), (200, "a:b+k"));
    let half = get("/either", &["authorization: Basic YTpi"]).await;
    assert_eq!(half.status, 401);
    let expected = [
        "Bearer realm=\"api\"",
        "Basic realm=\"api\", charset=\"UTF-8\"",
        "ApiKey realm=\"api\", in=\"header\", name=\"X-Api-Key\"",
    ];
    assert_eq!(challenges(&half), expected);
    assert_eq!(get("/either", &["authorization: Basic %%%", "x-api-key: k"]).await.status, 401);
}

#[tokio::test]
async fn each_scheme_of_an_alternative_needs_its_own_scopes_and_its_callers_are_combined() {
    let together = async |key: &str, token: &str| {
        let headers = [format!("x-api-key: {key}"), format!("authorization: Bearer {token}")];
        get("/together", &[&headers[0], &headers[1]]).await
    };
    assert_eq!(together("shop.write", "ann.read").await.body, "shop+ann");
    // The scope of one scheme does not satisfy the other scheme.
    assert_eq!(together("shop.write.read", "ann").await.status, 403);
    assert_eq!(together("shop", "ann.read.write").await.status, 403);
    let stranger = together("shop.write", "stranger.read").await;
    assert_eq!((stranger.status, &stranger.json()["detail"]), (403, &"the two callers do not belong together".into()));
    // Credentials that are not valid are a 401, even if a scope of the others is missing.
    assert_eq!(together("shop", "forged").await.status, 401);
    assert_eq!(together("shop.write", "outage").await.status, 503);
}

#[tokio::test]
async fn keys_are_found_in_query_cookie_and_certificate() {
    assert_eq!(get("/elsewhere?api+key=a%20b", &[]).await.body, "a b");
    assert_eq!(get("/elsewhere?api+key=a&api%20key=b", &[]).await.status, 401);
    assert_eq!(get("/elsewhere", &["cookie: x=1; session=s3"]).await.body, "s3");
    assert_eq!(get("/elsewhere", &["authorization: Digest abc"]).await.body, "abc");
    let mut request = request("GET", "/elsewhere", &[], axum::body::Body::empty());
    request.extensions_mut().insert(ClientCertificate("CN=ann".to_owned()));
    assert_eq!(send(&service(), request).await.body, "CN=ann");
}

#[tokio::test]
async fn an_unwritten_operation_responds_with_501_to_authorized_callers() {
    let router = router(&PROBLEM_JSON, vec![pipeline().unwritten(&SECURED)]);
    assert_eq!(call(&router, "GET", "/secured", &[]).await.status, 401);
    let response = call(&router, "GET", "/secured", &["authorization: Bearer ann.read"]).await;
    assert_eq!((response.status, &response.json()["code"]), (501, &"NOT_IMPLEMENTED".into()));
}
