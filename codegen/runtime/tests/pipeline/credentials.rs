//! Who is let in, who is refused, and how a refusal asks for credentials.

use axum::Router;
use writ_runtime::operation::{Requirement, Scheme, SchemeKind};
use writ_runtime::{ClientCertificate, Context, Operation, PROBLEM_JSON, Problem, Reply, nothing, router};

use crate::sample::{Answer, BASIC, BEARER, Caller, KEY, NEEDS_READ, call, pipeline, request, send, text};

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
    Ok(text(cx.principal().as_ref().map_or("nobody", |caller| &caller.name)))
}

fn service() -> Router {
    let pipeline = pipeline();
    let mut endpoints = Vec::new();
    pipeline
        .routes((), &mut endpoints)
        .secured_bare(&SECURED, nothing, named)
        .optional_bare(&OPTIONAL, nothing, maybe_named)
        .secured_bare(&EITHER, nothing, named)
        .secured_bare(&ELSEWHERE, nothing, named);
    router(&PROBLEM_JSON, endpoints)
}

async fn get(path: &str, headers: &[&str]) -> Answer {
    call(&service(), "GET", path, headers).await
}

fn challenges(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test]
async fn a_token_with_the_scopes_of_the_contract_is_let_in() {
    let answer = get("/secured", &["authorization: Bearer ann.read"]).await;
    assert_eq!((answer.status, &*answer.body), (200, "ann"));
    assert_eq!(get("/secured", &["authorization: bearer  ann.read"]).await.status, 200);
}

#[tokio::test]
async fn without_credentials_the_answer_asks_for_them() {
    let answer = get("/secured", &[]).await;
    assert_eq!((answer.status, &answer.json()["code"]), (401, &"UNAUTHORIZED".into()));
    assert_eq!(challenges(&answer), ["Bearer realm=\"api\""]);
    assert_eq!(get("/secured", &["authorization: Basic YTpi"]).await.status, 401);
}

#[tokio::test]
async fn credentials_that_prove_nothing_are_named_as_the_fault() {
    for bad in ["Bearer forged", "Bearer", "Bearer a b", "Bearer \"x\""] {
        let answer = get("/secured", &[&format!("authorization: {bad}")]).await;
        assert_eq!(answer.status, 401, "{bad}");
        assert_eq!(challenges(&answer), ["Bearer realm=\"api\", error=\"invalid_token\""], "{bad}");
    }
    let twice = get("/secured", &["authorization: Bearer ann.read", "authorization: Bearer bob.read"]).await;
    assert_eq!(twice.status, 401);
}

#[tokio::test]
async fn a_missing_scope_is_a_403_that_names_it() {
    let answer = get("/secured", &["authorization: Bearer ann.write"]).await;
    assert_eq!(answer.status, 403);
    assert_eq!(challenges(&answer), ["Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"read\""]);
    assert_eq!(get("/secured", &["authorization: Bearer banned"]).await.status, 403);
}

#[tokio::test]
async fn an_authenticator_that_fails_is_a_500_without_its_cause() {
    for token in ["outage", "panic"] {
        let answer = get("/secured", &[&format!("authorization: Bearer {token}")]).await;
        assert_eq!(answer.status, 500);
        assert!(!answer.body.contains("keys") && !answer.body.contains("broken"), "{}", answer.body);
    }
}

#[tokio::test]
async fn optional_credentials_may_be_left_out_but_not_forged() {
    assert_eq!(get("/optional", &[]).await.body, "nobody");
    assert_eq!(get("/optional", &["authorization: Bearer ann"]).await.body, "ann");
    assert_eq!(get("/optional", &["authorization: Bearer forged"]).await.status, 401);
    assert_eq!(get("/optional", &["authorization: Bearer"]).await.status, 401);
    assert_eq!(get("/optional", &["authorization: Basic YTpi"]).await.body, "nobody");
}

#[tokio::test]
async fn one_alternative_is_enough_but_needs_all_of_its_schemes() {
    assert_eq!(get("/either", &["authorization: Bearer ann.read"]).await.body, "ann");
    let both = get("/either", &["authorization: Basic YTpi", "x-api-key: k"]).await;
    assert_eq!((both.status, &*both.body), (200, "a:b+k"));
    let half = get("/either", &["authorization: Basic YTpi"]).await;
    assert_eq!(half.status, 401);
    let asked = [
        "Bearer realm=\"api\"",
        "Basic realm=\"api\", charset=\"UTF-8\"",
        "ApiKey realm=\"api\", in=\"header\", name=\"X-Api-Key\"",
    ];
    assert_eq!(challenges(&half), asked);
    assert_eq!(get("/either", &["authorization: Basic %%%", "x-api-key: k"]).await.status, 401);
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
async fn an_unwritten_operation_answers_501_to_those_it_would_let_in() {
    let router = router(&PROBLEM_JSON, vec![pipeline().unwritten(&SECURED)]);
    assert_eq!(call(&router, "GET", "/secured", &[]).await.status, 401);
    let answer = call(&router, "GET", "/secured", &["authorization: Bearer ann.read"]).await;
    assert_eq!((answer.status, &answer.json()["code"]), (501, &"NOT_IMPLEMENTED".into()));
}
