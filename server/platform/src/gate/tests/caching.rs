//! Tests of cached responses and of their invalidation.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use http::Request;
use tower::ServiceExt as _;
use writ_runtime::{Context, NoAuthentication, PROBLEM_JSON, Pipeline, ServeOptions, nothing};

use super::*;

/// An operation whose response every cache may store, and whose caller can ask if it has changed.
static GET_MAP: Operation = Operation {
    id: "getMap",
    path: "/map",
    statuses: &[200, 304],
    conditional: true,
    cache: Some(CachePolicy { ttl: Duration::from_secs(60), tags: &["map"], shared: true }),
    ..Operation::NONE
};

/// The number of maps that were drawn.
type Drawn = Arc<AtomicUsize>;

async fn draw(drawn: &Drawn, _: &Context<()>) -> Result<Reply, Problem> {
    drawn.fetch_add(1, Ordering::Relaxed);
    Ok(Reply::status(200).header("etag", "\"1\"").bytes("application/json", "{}"))
}

/// Requests the map. Returns the status code, `Cache-Control` and `ETag`, true if there is an `Age`, and the body.
async fn map(router: &Router, known: Option<&str>) -> (u16, [String; 2], bool, String) {
    let mut request = Request::get("/map").body(Body::empty()).unwrap();
    if let Some(tag) = known {
        request.headers_mut().insert("if-none-match", tag.parse().unwrap());
    }
    let response = router.clone().oneshot(request).await.unwrap();
    let headers = ["cache-control", "etag"].map(|name| response.headers()[name].to_str().unwrap().to_owned());
    let (status, has_age) = (response.status().as_u16(), response.headers().contains_key("age"));
    let body = to_bytes(response.into_body(), 1024).await.unwrap();
    (status, headers, has_age, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_304_of_a_shared_public_response_has_the_headers_of_the_complete_response() {
    for store in stores() {
        let (drawn, gate) = (Drawn::default(), store.gate::<Infallible>());
        let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, gate, ServeOptions::default());
        let mut endpoints = Vec::new();
        pipeline.routes(drawn.clone(), &mut endpoints).public_bare(&GET_MAP, nothing, draw);
        let router = writ_runtime::router(&PROBLEM_JSON, endpoints);

        let headers = || ["public, max-age=60", "\"1\""].map(str::to_owned);
        let complete = |has_age| (200, headers(), has_age, "{}".to_owned());
        let unchanged = |has_age| (304, headers(), has_age, String::new());
        // The caller knows the response of the handler: it receives a 304, and the cache the complete response.
        assert_eq!(map(&router, Some("\"1\"")).await, unchanged(false));
        assert_eq!(map(&router, None).await, complete(true));
        assert_eq!(map(&router, Some("W/\"1\"")).await, unchanged(true));
        assert_eq!(map(&router, Some("\"0\"")).await, complete(true));
        assert_eq!(drawn.load(Ordering::Relaxed), 1);

        store.cache().invalidate(&["map"]).await;
        assert_eq!(map(&router, None).await, complete(false));
        assert_eq!(drawn.load(Ordering::Relaxed), 2);
    }
}

#[tokio::test]
async fn a_response_that_is_cached_for_longer_than_an_operator_allows_is_not_served() {
    for store in stores() {
        let user = visitor(None);
        let request = TestRequest::new(&GET_EVENT, Some(&user));
        let changed = overrides::of("getEvent", "cache=5s");
        let (declared, short) = (store.gate(), store.adjustable_gate(&changed, FAILED_CREDENTIALS));
        pass(&declared, &request, Reply::status(200).bytes("application/json", "{}")).await;
        pass(&short, &request, Reply::status(200).bytes("application/json", "[]")).await;
        let Ok(Admission::Reply { reply: cached, .. }) = short.enter(&request.entry()).await else {
            panic!("nothing is cached")
        };
        assert!(matches!(cached.body, ReplyBody::Bytes(body) if body == "[]"));
    }
}

#[tokio::test]
async fn a_response_is_cached_for_its_caller_until_the_resource_changes() {
    for store in stores() {
        let gate = store.gate();
        let (user, other) = (visitor(None), visitor(None));
        let request = TestRequest::new(&GET_EVENT, Some(&user));
        pass(&gate, &request, Reply::status(200).header("etag", "\"1\"").bytes("application/json", "{}")).await;

        let Ok(Admission::Reply { reply: cached, headers }) = gate.enter(&request.entry()).await else {
            panic!("nothing is cached")
        };
        assert!(matches!(cached.body, ReplyBody::Bytes(body) if body == "{}"));
        assert_eq!(
            (&cached.headers["etag"], &headers["x-ratelimit-remaining"]),
            (&HeaderValue::from_static("\"1\""), &HeaderValue::from_static("1"))
        );
        admit(&gate, &TestRequest::new(&GET_EVENT, Some(&other))).await;
        let promoted = TestRequest::new(&GET_EVENT, Some(&Visitor { role: "curator", ..user.clone() }));
        assert!(matches!(gate.enter(&promoted.entry()).await, Ok(Admission::Proceed(_))));

        let change = TestRequest::new(&PUT_EVENT, Some(&other));
        pass(&gate, &change, Reply::status(200)).await;
        // The request is refused by the rate limit, because the cached response was invalidated.
        assert!(!matches!(gate.enter(&request.entry()).await, Ok(Admission::Reply { .. })));
    }
}

#[tokio::test]
async fn a_change_invalidates_what_is_cached_for_its_own_caller_and_for_no_other() {
    for store in stores() {
        let gate = store.gate();
        let callers = [Some(visitor(None)), Some(visitor(None)), None];
        let request = |caller: &Option<Visitor>| TestRequest::new(&GET_PASS, caller.as_ref());
        for caller in &callers {
            pass(&gate, &request(caller), Reply::status(200).bytes("application/json", "{}")).await;
        }
        let mut cached = [true; 3];
        for (at, caller) in callers.iter().enumerate() {
            pass(&gate, &TestRequest::new(&PUT_PASS, caller.as_ref()), Reply::status(200)).await;
            cached[at] = false;
            for (caller, is_cached) in callers.iter().zip(cached) {
                let entered = gate.enter(&request(caller).entry()).await;
                assert_eq!(matches!(entered, Ok(Admission::Reply { .. })), is_cached, "{at}: {caller:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_refused_change_invalidates_nothing_but_a_change_without_a_response_does() {
    for store in stores() {
        let gate = store.gate().with(Refusals { stage: Stage::Outcome });
        let user = visitor(None);
        let request = TestRequest::new(&GET_EVENT, Some(&user));
        pass(&gate, &request, Reply::status(200).bytes("application/json", "{}")).await;
        let is_cached = async || matches!(gate.enter(&request.entry()).await, Ok(Admission::Reply { .. }));

        let change = TestRequest::new(&PUT_EVENT, Some(&user));
        pass(&gate, &change, Reply::status(412)).await;
        // Another policy refuses this one after the cache has let it in.
        let mut refused = TestRequest::new(&PUT_EVENT, Some(&user));
        refused.headers.insert("x-refuse", HeaderValue::from_static("1"));
        gate.enter(&refused.entry()).await.unwrap_err();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(is_cached().await);

        drop(admit(&gate, &change).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!is_cached().await);
    }
}

/// A policy that refuses requests with the header `x-refuse` at some stage.
struct Refusals {
    stage: Stage,
}

struct Refusal;

impl Policy<Visitor> for Refusals {
    type Visit = Refusal;
    const STAGE: Stage = Stage::Outcome;

    fn visit(&self, _: &Entry<'_, Visitor>, _: &mut Commands) -> Option<Refusal> {
        (self.stage == Stage::Outcome).then_some(Refusal)
    }
}

impl Visit<Visitor> for Refusal {
    async fn enter(&mut self, entry: &Entry<'_, Visitor>) -> Result<Option<Reply>, Problem> {
        match entry.headers.contains_key("x-refuse") {
            true => Err(Problem::new(StatusCode::FORBIDDEN, "refused")),
            false => Ok(None),
        }
    }
}
