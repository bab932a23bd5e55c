//! Tests of routing, and of the responses to requests that match no operation.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::StatusCode;
use writ_runtime::{EarlyRefusal, Method, Operation, PROBLEM_JSON, complete_router, fallback};

use crate::sample::{call, endpoints, naming, request, send};

const fn op(id: &'static str, method: Method, path: &'static str) -> Operation {
    Operation { id, method, path, statuses: &[200], ..Operation::NONE }
}

macro_rules! ops {
    ($($id:ident $method:ident $path:literal),* $(,)?) => {{
        $( static $id: Operation = op(stringify!($id), Method::$method, $path); )*
        naming(&[$(&$id),*])
    }};
}

async fn reached(router: &Router, method: &str, uri: &str) -> String {
    let response = call(router, method, uri, &[]).await;
    match response.status {
        200 => response.body,
        status => status.to_string(),
    }
}

#[tokio::test]
async fn templates_that_differ_in_names_only_share_a_path() {
    let router = ops! { GET_A GET "/a/{x}", POST_A POST "/a/{y}", DEEP GET "/a/{z}/b/{w}" };
    assert_eq!(reached(&router, "GET", "/a/1").await, "GET_A");
    assert_eq!(reached(&router, "POST", "/a/1").await, "POST_A");
    assert_eq!(reached(&router, "GET", "/a/1/b/2").await, "DEEP");
    assert_eq!(reached(&router, "GET", "/a/").await, "404");
    assert_eq!(reached(&router, "GET", "/a").await, "404");
    assert_eq!(reached(&router, "GET", "/a/1/").await, "404");
}

#[tokio::test]
async fn the_more_literal_template_wins() {
    let router = ops! {
        ANY GET "/f/{id}", ME GET "/f/me", JSON GET "/f/{id}.json", RANGE GET "/f/{from}-{to}.json",
        VERB POST "/f/{id}:cancel", CREATE POST "/f/{id}",
    };
    assert_eq!(reached(&router, "GET", "/f/me").await, "ME");
    assert_eq!(reached(&router, "GET", "/f/x").await, "ANY");
    assert_eq!(reached(&router, "GET", "/f/x.json").await, "JSON");
    assert_eq!(reached(&router, "GET", "/f/1-2.json").await, "RANGE");
    assert_eq!(reached(&router, "GET", "/f/.json").await, "ANY");
    assert_eq!(reached(&router, "POST", "/f/x:cancel").await, "VERB");
    assert_eq!(reached(&router, "POST", "/f/x").await, "CREATE");
}

#[tokio::test]
async fn a_parameter_is_tried_if_the_literal_does_not_match_further() {
    let router = ops! { LITERAL GET "/a/b/c", PARAMETER GET "/a/{x}/d", MIXED GET "/a/b{y}/e", LAST GET "/{p}/{q}/f" };
    assert_eq!(reached(&router, "GET", "/a/b/c").await, "LITERAL");
    assert_eq!(reached(&router, "GET", "/a/b/d").await, "PARAMETER");
    assert_eq!(reached(&router, "GET", "/a/bb/e").await, "MIXED");
    assert_eq!(reached(&router, "GET", "/a/b/f").await, "LAST");
    assert_eq!(reached(&router, "GET", "/a/b/g").await, "404");
}

#[tokio::test]
async fn operations_of_one_path_are_distinguished_by_their_queries() {
    const fn with(id: &'static str, path: &'static str, query: &'static str) -> Operation {
        Operation { id, path, query, statuses: &[200], ..Operation::NONE }
    }
    static PLAIN: Operation = op("PLAIN", Method::GET, "/a");
    static BETA: Operation = with("BETA", "/a", "beta=true");
    static NEXT: Operation = with("NEXT", "/a", "beta=true&next={token}");
    static ONLY: Operation = with("ONLY", "/b", "x=1");
    let router = naming(&[&BETA, &PLAIN, &NEXT, &ONLY]);
    assert_eq!(reached(&router, "GET", "/a").await, "PLAIN");
    assert_eq!(reached(&router, "GET", "/a?beta=false").await, "PLAIN");
    assert_eq!(reached(&router, "GET", "/a?limit=1&beta=true").await, "BETA");
    assert_eq!(reached(&router, "GET", "/a?next=abc&beta=true").await, "NEXT");
    assert_eq!(reached(&router, "GET", "/b").await, "ONLY");
}

#[tokio::test]
async fn an_encoded_fragment_is_part_of_the_path() {
    let router = ops! { FILE GET "/files/{id}", LINK GET "/files/{id}%23get_link", ADD GET "/items%23add" };
    assert_eq!(reached(&router, "GET", "/files/1").await, "FILE");
    assert_eq!(reached(&router, "GET", "/files/1%23get_link").await, "LINK");
    assert_eq!(reached(&router, "GET", "/items%23add").await, "ADD");
}

#[tokio::test]
async fn unusual_templates_do_not_break_the_router() {
    let router = ops! {
        COLON GET "/:all", STAR GET "/*rest", BRACES GET "/{}/{", BOTH GET "/{a}{b}", TWO GET "/{a}:{b}",
        ROOT GET "/", EMPTY GET "//", QUERY GET "/q?x=1", ACCENT GET "/café/{x}", NONE GET "", SPACE GET "/a b",
        TWICE GET "/{a}/{a}",
        MANY GET "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}/{r}/{s}/{t}/{u}/{v}/{w}/{x}/{y}/{z}/{a1}/{b1}/{c1}",
    };
    assert_eq!(reached(&router, "GET", "/:all").await, "COLON");
    assert_eq!(reached(&router, "GET", "/*rest").await, "STAR");
    assert_eq!(reached(&router, "GET", "/x:y").await, "TWO");
    assert_eq!(reached(&router, "GET", "/xy").await, "BOTH");
    assert_eq!(reached(&router, "GET", "/").await, "ROOT");
    assert_eq!(reached(&router, "GET", "/caf%C3%A9/1").await, "ACCENT");
    assert_eq!(reached(&router, "GET", "/a%20b").await, "SPACE");
    assert_eq!(reached(&router, "GET", &format!("/{}", vec!["1"; 29].join("/"))).await, "MANY");
    assert_eq!(reached(&router, "GET", &format!("/{}", vec!["1"; 30].join("/"))).await, "404");
}

#[tokio::test]
async fn a_405_lists_the_allowed_methods() {
    let router = ops! { READ GET "/a/{x}", REMOVE DELETE "/a/{y}" };
    let response = call(&router, "PUT", "/a/1", &[]).await;
    assert_eq!(response.status, 405);
    assert_eq!(response.header("allow"), "DELETE, GET, HEAD, OPTIONS");
    assert_eq!(response.header("content-type"), "application/problem+json");
    assert_eq!(response.json()["code"], "METHOD_NOT_ALLOWED");
    let response = call(&router, "OPTIONS", "/a/1", &[]).await;
    assert_eq!((response.status, response.header("allow")), (204, "DELETE, GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn head_is_served_by_get_without_the_body() {
    let router = ops! { READ GET "/a", OWN GET "/b", OWN_HEAD HEAD "/b" };
    let response = call(&router, "HEAD", "/a", &[]).await;
    assert_eq!((response.status, &*response.body, response.header("content-length")), (200, "", "4"));
    assert_eq!(response.operation, Some("READ"));
    assert_eq!(call(&router, "HEAD", "/b", &[]).await.operation, Some("OWN_HEAD"));
    let missing = call(&router, "HEAD", "/a/b", &[]).await;
    assert_eq!((missing.status, &*missing.body), (404, ""));
}

#[tokio::test]
async fn routers_merge_and_the_fallback_uses_the_error_envelope() {
    let router = ops! { A GET "/v1/{x}" }
        .merge(ops! { B GET "/v2/{y}" })
        .route("/docs", get(|| async { "docs" }))
        .fallback(fallback(&PROBLEM_JSON));
    assert_eq!(reached(&router, "GET", "/v1/1").await, "A");
    assert_eq!(reached(&router, "GET", "/v2/1").await, "B");
    assert_eq!(reached(&router, "GET", "/docs").await, "docs");
    let response = call(&router, "GET", "/v3/1", &["x-request-id: abc"]).await;
    assert_eq!((response.status, response.header("x-request-id")), (404, "abc"));
    assert_eq!(response.json()["requestId"], "abc");
}

/// Creates a complete router, with a fallback, of operations that respond with their ids.
fn complete(base: &str, operations: &[&'static Operation]) -> Router {
    complete_router(base, &PROBLEM_JSON, endpoints(operations))
}

#[tokio::test]
async fn every_spelling_of_a_path_leads_to_one_operation() {
    static ME: Operation = op("ME", Method::GET, "/~me/a-b");
    static FILE: Operation = op("FILE", Method::GET, "/files/{name}.json");
    static VERSION: Operation = op("VERSION", Method::GET, "/v{major}~é/x");
    let router = complete("/b_c", &[&ME, &FILE, &VERSION]);
    for (path, expected) in [
        ("/b_c/~me/a-b", "ME"),
        ("/b_c/%7Eme/a%2Db", "ME"),
        ("/b%5fc/%7e%6D%65/%61-b", "ME"),
        ("/b_c/files/x%2Ejson", "FILE"),
        ("/b_c/files/x%2ejso%6E", "FILE"),
        ("/b_c/%66iles/x%2Fy.json", "FILE"),
        ("/b_c/%761%7E%c3%a9/x", "VERSION"),
        ("/b_c/%7Eme%2Fa-b", "404"),
        ("/b_c//~me/a-b", "404"),
        ("/b_c/~me/a-b/", "404"),
        ("/b_c/./~me/a-b", "404"),
        ("/~me/a-b", "404"),
    ] {
        assert_eq!(reached(&router, "GET", path).await, expected, "{path}");
    }
    assert_eq!(call(&router, "PUT", "/b_c/%7Eme/a-b", &[]).await.status, 405);
}

#[tokio::test]
async fn a_dot_segment_is_no_value() {
    static ITEM: Operation = op("ITEM", Method::GET, "/a/{x}");
    let router = complete("", &[&ITEM]);
    for path in ["/a/.", "/a/..", "/a/%2E%2e", "/a/.%2E"] {
        assert_eq!(reached(&router, "GET", path).await, "404", "{path}");
    }
    assert_eq!(reached(&router, "GET", "/a/...").await, "ITEM");
    assert_eq!(reached(&router, "GET", "/a/%252E").await, "ITEM");
}

#[tokio::test]
async fn a_complete_router_merges_with_other_routes_and_can_be_nested() {
    static ME: Operation = op("ME", Method::GET, "/~me");
    let other = Router::new().route("/docs", get(|| async { "docs" })).route("/%7Eme", get(|| async { "other" }));
    let router = other.merge(complete("", &[&ME]));
    assert_eq!(reached(&router, "GET", "/docs").await, "docs");
    assert_eq!(reached(&router, "GET", "/%7Eme").await, "other");
    assert_eq!(reached(&router, "GET", "/%7eme").await, "ME");
    let nested = Router::new().nest("/api", complete("", &[&ME])).fallback(|| async { "outside" });
    assert_eq!(reached(&nested, "GET", "/api/%7Eme").await, "ME");
    assert_eq!(reached(&nested, "GET", "/api/x").await, "404");
    assert_eq!(reached(&nested, "GET", "/x").await, "outside");
}

#[tokio::test]
async fn a_router_can_be_nested() {
    let router = Router::new().nest("/api", ops! { A GET "/a/{x}.json" });
    assert_eq!(reached(&router, "GET", "/api/a/1.json").await, "A");
}

#[tokio::test]
async fn a_path_that_cannot_be_decoded_is_a_violation() {
    let router = ops! { A GET "/a/{x}" };
    for bad in ["/a/%zz", "/a/%C3", "/a/%2"] {
        let response = call(&router, "GET", bad, &[]).await;
        assert_eq!(response.status, 400, "{bad}");
        assert_eq!(response.violations(), ["path x: must be percent-encoded UTF-8"]);
    }
    assert_eq!(reached(&router, "GET", "/a/x%2Fy").await, "A");
}

#[tokio::test]
async fn an_early_refusal_is_sent_in_the_error_envelope_on_every_path() {
    let refusal = EarlyRefusal { status: StatusCode::SERVICE_UNAVAILABLE, message: "too many", retry_after: 7 };
    let router = ops! { PING GET "/ping" }.fallback(fallback(&PROBLEM_JSON));
    for (method, path) in [("GET", "/ping"), ("POST", "/ping"), ("GET", "/ping/"), ("GET", "/nowhere")] {
        let mut request = request(method, path, &["x-request-id: r1"], Body::empty());
        request.extensions_mut().insert(refusal);
        let response = send(&router, request).await;
        assert_eq!((response.status, response.header("retry-after")), (503, "7"), "{method} {path}");
        assert_eq!((&response.json()["detail"], &response.json()["requestId"]), (&"too many".into(), &"r1".into()));
    }
}
