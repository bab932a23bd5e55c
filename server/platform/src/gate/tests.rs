//! Tests of the gate: rate limits, cache, invalidation, ended sessions, added policies and round trips.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use uuid::Uuid;
use writ_runtime::operation::{Cache as CachePolicy, LimitBy, RateLimit};
use writ_runtime::{Accept, CallInfo, Captured, Operation, PathValues, ReplyBody, RequestId};

mod versions;

use super::*;
use crate::limiter::FAILED_CREDENTIALS;
use crate::overrides::{Overrides, testing as overrides};
use crate::principal::Principal;
use crate::revocation::Revocations;
use crate::store::Store;
#[cfg(feature = "redis")]
use crate::testing;
use crate::testing::sessions::TestSessions;

static GET_EVENT: Operation = Operation {
    id: "getEvent",
    rate_limits: &[RateLimit { requests: 3, window: Duration::from_secs(60), by: LimitBy::Caller }],
    cache: Some(CachePolicy { ttl: Duration::from_secs(60), tags: &["event:{eventId}"], shared: false }),
    ..Operation::NONE
};

static PUT_EVENT: Operation = Operation { id: "putEvent", invalidates: &["event:{eventId}"], ..Operation::NONE };

#[cfg(feature = "redis")]
static LIVEZ: Operation = Operation { id: "livez", ..Operation::NONE };

/// A caller like that of a service.
#[derive(Debug, Clone)]
struct Visitor {
    name: String,
    role: &'static str,
    session: Option<Uuid>,
}

impl Principal for Visitor {
    fn id(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }

    fn audience(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{}:{}", self.name, self.role))
    }

    fn session(&self) -> Option<Uuid> {
        self.session
    }
}

fn visitor(session: Option<Uuid>) -> Visitor {
    Visitor { name: Uuid::new_v4().to_string(), role: "visitor", session }
}

/// A request as the pipeline describes it to the gate.
struct TestRequest {
    call: CallInfo,
    caller: Option<Visitor>,
    captured: Vec<Captured>,
    headers: HeaderMap,
    cache_key: &'static str,
}

impl TestRequest {
    fn new(operation: &'static Operation, caller: Option<&Visitor>) -> TestRequest {
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        let call = CallInfo { operation, request_id: RequestId::new("r"), address, accept: Accept::default() };
        TestRequest {
            call,
            caller: caller.cloned(),
            captured: vec![Captured { name: "eventId", at: 8..9 }],
            headers: HeaderMap::new(),
            cache_key: "/events/1",
        }
    }

    fn with_cache_key(self, cache_key: &'static str) -> TestRequest {
        TestRequest { cache_key, ..self }
    }

    fn entry(&self) -> Entry<'_, Visitor> {
        Entry {
            call: &self.call,
            principal: self.caller.as_ref(),
            path: PathValues::new("/events/1", &self.captured),
            cache_key: self.cache_key,
            headers: &self.headers,
        }
    }
}

/// Returns a store of each kind that works.
fn stores() -> Vec<Store> {
    vec![
        Store::memory(),
        #[cfg(feature = "redis")]
        Store::redis(&testing::redis()),
    ]
}

/// Returns the pass of a request whose handler begins, and fails the test if the gate does not admit it.
async fn admit(gate: &PolicyGate<Visitor>, request: &TestRequest) -> Pass<Visitor> {
    match gate.enter(&request.entry()).await {
        Ok(Admission::Proceed(mut pass)) => {
            gate.begin(&mut pass, &request.entry()).unwrap();
            pass
        }
        other => panic!("{other:?}"),
    }
}

/// Sends a request through the gate to a handler with this reply.
async fn pass(gate: &PolicyGate<Visitor>, request: &TestRequest, mut reply: Reply) -> Reply {
    let pass = admit(gate, request).await;
    gate.leave(pass, &request.entry(), &mut reply).await;
    reply
}

#[tokio::test]
async fn every_response_reports_the_limit_and_a_refusal_has_retry_after() {
    let mut stores = stores();
    #[cfg(feature = "redis")]
    stores.push(Store::redis(&testing::redis_unavailable()));
    for store in stores.drain(..) {
        let gate = store.gate();
        let request = TestRequest::new(&GET_EVENT, Some(&visitor(None)));
        for remaining in ["2", "1", "0"] {
            let reply = pass(&gate, &request, Reply::status(404)).await;
            assert_eq!(reply.headers["x-ratelimit-limit"], "3");
            assert_eq!(reply.headers["x-ratelimit-remaining"], remaining);
        }
        let refused = gate.enter(&request.entry()).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
        assert!(refused.header("retry-after").is_some());
    }
}

#[tokio::test]
async fn a_rate_limit_that_an_operator_sets_replaces_that_of_the_contract_in_every_store() {
    for store in stores() {
        let changed = overrides::of("getEvent", "rate=1/60s");
        let gate = store.adjustable_gate(&changed, FAILED_CREDENTIALS);
        let request = TestRequest::new(&GET_EVENT, Some(&visitor(None)));
        let reply = pass(&gate, &request, Reply::status(200)).await;
        assert_eq!(
            (&reply.headers["x-ratelimit-limit"], &reply.headers["x-ratelimit-remaining"]),
            (&"1".parse().unwrap(), &"0".parse().unwrap())
        );
        let refused = gate.enter(&request.entry()).await.unwrap_err();
        assert_eq!((refused.status, refused.header("x-ratelimit-limit")), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
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
        let Ok(Admission::Reply(cached)) = short.enter(&request.entry()).await else { panic!("nothing is cached") };
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

        let Ok(Admission::Reply(cached)) = gate.enter(&request.entry()).await else { panic!("nothing is cached") };
        assert!(matches!(cached.body, ReplyBody::Bytes(body) if body == "{}"));
        assert_eq!(
            (&cached.headers["etag"], &cached.headers["x-ratelimit-remaining"]),
            (&HeaderValue::from_static("\"1\""), &HeaderValue::from_static("1"))
        );
        admit(&gate, &TestRequest::new(&GET_EVENT, Some(&other))).await;
        let promoted = TestRequest::new(&GET_EVENT, Some(&Visitor { role: "curator", ..user.clone() }));
        assert!(matches!(gate.enter(&promoted.entry()).await, Ok(Admission::Proceed(_))));

        let change = TestRequest::new(&PUT_EVENT, Some(&other));
        pass(&gate, &change, Reply::status(200)).await;
        // The request is refused by the rate limit, because the cached response was invalidated.
        assert!(!matches!(gate.enter(&request.entry()).await, Ok(Admission::Reply(_))));
    }
}

#[tokio::test]
async fn a_refused_change_invalidates_nothing_but_a_change_without_a_response_does() {
    for store in stores() {
        let gate = store.gate().with(Refusals { stage: Stage::Outcome });
        let user = visitor(None);
        let request = TestRequest::new(&GET_EVENT, Some(&user));
        pass(&gate, &request, Reply::status(200).bytes("application/json", "{}")).await;
        let is_cached = async || matches!(gate.enter(&request.entry()).await, Ok(Admission::Reply(_)));

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

const LIMITED: RateLimit = RateLimit { requests: 3, window: Duration::from_secs(3600), by: LimitBy::Address };

fn unauthorized() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "the token is not valid")
}

#[tokio::test]
async fn failed_credentials_cost_one_counter_of_their_address_for_all_operations() {
    let mut stores = stores();
    #[cfg(feature = "redis")]
    stores.push(Store::redis(&testing::redis_unavailable()));
    for store in stores {
        let gate = store.adjustable_gate::<Visitor>(&Overrides::default(), LIMITED);
        let (get, put) = (TestRequest::new(&GET_EVENT, None), TestRequest::new(&PUT_EVENT, None));
        for (request, remaining) in [(&get, "2"), (&put, "1"), (&get, "0")] {
            gate.approach(&request.entry()).unwrap();
            let denied = gate.deny(&request.entry(), unauthorized()).await;
            assert_eq!((denied.status, denied.header("x-ratelimit-limit")), (StatusCode::UNAUTHORIZED, Some("3")));
            assert_eq!(denied.header("x-ratelimit-remaining"), Some(remaining));
        }
        let refused = gate.deny(&put.entry(), unauthorized()).await;
        let blocked = gate.approach(&get.entry()).unwrap_err();
        for problem in [refused, blocked, gate.deny(&get.entry(), unauthorized()).await] {
            assert_eq!(
                (problem.status, problem.header("x-ratelimit-remaining")),
                (StatusCode::TOO_MANY_REQUESTS, Some("0"))
            );
            assert!(problem.header("retry-after").is_some() && problem.header("x-ratelimit-reset").is_some());
        }
        // Another address, and requests that need no credentials, are not concerned.
        let mut other = TestRequest::new(&GET_EVENT, None);
        other.call.address = Some(IpAddr::from([192, 0, 2, 2]));
        gate.approach(&other.entry()).unwrap();
        admit(&gate, &get).await;
    }
}

#[tokio::test]
async fn a_caller_who_lacks_a_scope_pays_from_the_limit_of_the_operation() {
    for store in stores() {
        let gate = store.adjustable_gate(&Overrides::default(), LIMITED);
        let request = TestRequest::new(&GET_EVENT, Some(&visitor(None)));
        for remaining in ["2", "1", "0"] {
            let denied = gate.deny(&request.entry(), Problem::new(StatusCode::FORBIDDEN, "no")).await;
            assert_eq!(
                (denied.status, denied.header("x-ratelimit-remaining")),
                (StatusCode::FORBIDDEN, Some(remaining))
            );
        }
        let refused = gate.deny(&request.entry(), Problem::new(StatusCode::FORBIDDEN, "no")).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.header("retry-after").is_some());
    }
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn failed_credentials_need_one_round_trip_and_those_of_a_blocked_address_none() {
    let redis = testing::redis();
    let gate = Store::redis(&redis).adjustable_gate::<Visitor>(&Overrides::default(), LIMITED);
    let request = TestRequest::new(&GET_EVENT, None);
    gate.deny(&request.entry(), unauthorized()).await;
    let before = redis.round_trips();
    gate.deny(&request.entry(), unauthorized()).await;
    assert_eq!(redis.round_trips() - before, 1);
    for _ in 0..2 {
        gate.deny(&request.entry(), unauthorized()).await;
    }
    let before = redis.round_trips();
    for _ in 0..100 {
        gate.approach(&request.entry()).unwrap_err();
        assert_eq!(gate.deny(&request.entry(), unauthorized()).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(redis.round_trips() - before, 0);
}

#[tokio::test]
async fn an_ended_session_is_refused_with_the_headers_of_the_limit() {
    let sessions = TestSessions::new();
    let revocations = Revocations::new(sessions.clone());
    let gates = [
        (Store::memory().gate().with(revocations.clone()), revocations),
        #[cfg(feature = "redis")]
        on_redis(&testing::redis(), &sessions),
        #[cfg(feature = "redis")]
        on_redis(&testing::redis_unavailable(), &sessions),
    ];
    for (gate, revocations) in gates {
        let user = visitor(Some(sessions.begin()));
        let request = TestRequest::new(&GET_EVENT, Some(&user));
        admit(&gate, &request).await;
        sessions.end(user.session.unwrap());
        revocations.announce(&[user.session.unwrap()]).await;
        let refused = gate.enter(&request.entry()).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.header("www-authenticate").is_some());
        assert_eq!(refused.header("x-ratelimit-remaining"), Some("1"));
    }
}

#[cfg(feature = "redis")]
fn on_redis(redis: &Redis, sessions: &TestSessions) -> (PolicyGate<Visitor>, Revocations) {
    let revocations = Revocations::on_redis(redis.clone(), sessions.clone(), Duration::from_secs(900));
    let gate = Store::redis(redis).adjustable_gate(&Overrides::default(), FAILED_CREDENTIALS);
    (gate.with(revocations.clone()), revocations)
}

#[tokio::test]
async fn a_request_is_refused_if_its_session_cannot_be_checked() {
    let gate = Store::memory().gate().with(Revocations::new(TestSessions::unavailable()));
    let request = TestRequest::new(&PUT_EVENT, Some(&visitor(Some(Uuid::nil()))));
    let refused = gate.enter(&request.entry()).await.unwrap_err();
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("1")));
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn an_operation_without_policies_needs_no_redis() {
    let redis = testing::redis_unavailable();
    let (gate, _) = on_redis(&redis, &TestSessions::unavailable());
    pass(&gate, &TestRequest::new(&LIVEZ, None), Reply::status(200)).await;
    assert!(!redis.is_unavailable());
    assert_eq!(redis.round_trips(), 0);
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

/// A policy of another team: it counts requests in Redis and reports the count in a header.
#[cfg(feature = "redis")]
struct Counter(Redis);

#[cfg(feature = "redis")]
struct Count(Option<i64>);

#[cfg(feature = "redis")]
impl Policy<Visitor> for Counter {
    type Visit = Count;
    const STAGE: Stage = Stage::Caller;

    fn visit(&self, entry: &Entry<'_, Visitor>, commands: &mut Commands) -> Option<Count> {
        let key = self.0.key(format_args!("count:{}", entry.call.operation.id));
        commands.command("INCR").arg(&key);
        commands.command("EXPIRE").arg(&key).arg(60);
        Some(Count(None))
    }
}

#[cfg(feature = "redis")]
impl Visit<Visitor> for Count {
    async fn read(&mut self, mut responses: Responses) {
        self.0 = responses.next_as();
    }

    fn write_headers(&self, headers: &mut HeaderMap) {
        if let Some(count) = self.0 {
            headers.insert("x-count", HeaderValue::from(count));
        }
    }
}

#[tokio::test]
#[cfg(feature = "redis")]
async fn all_policies_share_one_round_trip_and_each_reads_its_own_responses() {
    let (redis, sessions) = (testing::redis(), TestSessions::new());
    let (gate, _) = on_redis(&redis, &sessions);
    let gate = gate.with(Counter(redis.clone())).with(Counter(redis.clone()));
    let user = visitor(Some(sessions.begin()));
    let request = TestRequest::new(&GET_EVENT, Some(&user));
    // The first request loads the script of the limits and the markers of sessions, and stores its response.
    pass(&gate, &request, Reply::status(200).bytes("application/json", "{}")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;

    let before = redis.round_trips();
    let Ok(Admission::Reply(cached)) = gate.enter(&request.entry()).await else { panic!("nothing is cached") };
    assert_eq!(redis.round_trips() - before, 1);
    assert_eq!(
        (&cached.headers["x-ratelimit-remaining"], &cached.headers["x-count"]),
        (&"1".parse().unwrap(), &"4".parse().unwrap())
    );

    sessions.end(user.session.unwrap());
    // The marker is written by `announce`; without it the session counts as live.
    admit(&gate, &TestRequest::new(&PUT_EVENT, Some(&user))).await;
}
