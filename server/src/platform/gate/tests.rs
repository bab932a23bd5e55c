//! Tests of the gate: rate limits, cache, invalidation and ended sessions.

use std::net::IpAddr;
use std::time::Duration;

use http::HeaderMap;
use uuid::Uuid;
use writ_runtime::operation::{Cache as CachePolicy, RateLimit};
use writ_runtime::{Accept, CallInfo, Captured, Operation, PathValues, ReplyBody, RequestId};

use super::*;
use crate::platform::caller::Role;
use crate::testing::{self, TestDatabases};

static GET_USER: Operation = Operation {
    id: "getUser",
    rate_limits: &[RateLimit { requests: 3, window: Duration::from_secs(60), by: LimitBy::Caller }],
    cache: Some(CachePolicy { ttl: Duration::from_secs(60), tags: &["user:{userId}"], shared: false }),
    ..Operation::NONE
};

static PUT_USER: Operation = Operation { id: "putUser", invalidates: &["user:{userId}"], ..Operation::NONE };

static LIVEZ: Operation = Operation { id: "livez", ..Operation::NONE };

/// A request as the pipeline describes it to the gate.
struct TestRequest {
    call: CallInfo,
    caller: Option<Caller>,
    captured: Vec<Captured>,
    headers: HeaderMap,
}

impl TestRequest {
    fn new(operation: &'static Operation, caller: Option<&Caller>) -> TestRequest {
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        let call = CallInfo { operation, request_id: RequestId::new("r"), address, accept: Accept::default() };
        TestRequest {
            call,
            caller: caller.cloned(),
            captured: vec![Captured { name: "userId", at: 10..15 }],
            headers: HeaderMap::new(),
        }
    }

    fn entry(&self) -> Entry<'_, Caller> {
        Entry {
            call: &self.call,
            principal: self.caller.as_ref(),
            path: PathValues::new("/v1/users/usr_1", &self.captured),
            cache_key: "/v1/users/usr_1",
            headers: &self.headers,
        }
    }
}

fn caller(role: Role) -> Caller {
    Caller {
        user_id: Uuid::now_v7(),
        email: "user@example.com".to_owned(),
        role,
        scopes: role.scopes(),
        session_id: Uuid::now_v7(),
        jti: Uuid::now_v7(),
    }
}

/// Inserts the user and the session of a caller.
async fn insert_session(database: &TestDatabases, caller: &Caller) {
    sqlx::query("INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Sample', '')")
        .bind(caller.user_id)
        .bind(format!("{}@example.com", caller.user_id))
        .execute(&database.pools.users)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO sessions (id, user_id, token_hash, expires_at, ends_at)
         VALUES ($1, $2, sha256($3), now() + interval '1 day', now() + interval '1 day')",
    )
    .bind(caller.session_id)
    .bind(caller.user_id)
    .bind(caller.session_id.as_bytes().as_slice())
    .execute(&database.pools.users)
    .await
    .unwrap();
}

/// Returns a gate on a database and a Redis.
fn gate(database: &TestDatabases, redis: Redis) -> PolicyGate {
    let revocations = Revocations::new(redis.clone(), database.pools.users.clone(), Duration::from_secs(900));
    PolicyGate::new(redis.clone(), Limiter::new(redis.clone()), Cache::new(redis), revocations)
}

/// Returns the pass of a request, and fails the test if the gate does not admit it.
async fn admit(gate: &PolicyGate, request: &TestRequest) -> Pass {
    match gate.enter(&request.entry()).await {
        Ok(Admission::Proceed(pass)) => pass,
        other => panic!("{other:?}"),
    }
}

fn header(problem: &Problem, name: &str) -> Option<String> {
    let header = problem.headers.iter().find(|(known, _)| known.as_str() == name);
    header.map(|(_, value)| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_response_reports_the_limit_and_a_refusal_has_retry_after() {
    let database = TestDatabases::migrated().await;
    let caller = caller(Role::User);
    insert_session(&database, &caller).await;
    for redis in [testing::redis(), testing::redis_unavailable()] {
        let gate = gate(&database, redis);
        let request = TestRequest::new(&GET_USER, Some(&caller));
        for remaining in ["2", "1", "0"] {
            let pass = admit(&gate, &request).await;
            let mut reply = Reply::status(404);
            gate.leave(pass, &request.entry(), &mut reply).await;
            assert_eq!(reply.headers["x-ratelimit-limit"], "3");
            assert_eq!(reply.headers["x-ratelimit-remaining"], remaining);
        }
        let refused = gate.enter(&request.entry()).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(header(&refused, "x-ratelimit-remaining").as_deref(), Some("0"));
        assert!(header(&refused, "retry-after").is_some());
    }
}

#[tokio::test]
async fn a_response_is_cached_for_its_caller_until_the_resource_changes() {
    let database = TestDatabases::migrated().await;
    let gate = gate(&database, testing::redis());
    let (user, other) = (caller(Role::User), caller(Role::User));
    insert_session(&database, &user).await;
    insert_session(&database, &other).await;
    let request = TestRequest::new(&GET_USER, Some(&user));
    let pass = admit(&gate, &request).await;
    let mut reply = Reply::status(200).header("etag", "\"1\"").bytes("application/json", "{}");
    gate.leave(pass, &request.entry(), &mut reply).await;

    let Ok(Admission::Reply(cached)) = gate.enter(&request.entry()).await else { panic!("the response is not cached") };
    assert!(matches!(cached.body, ReplyBody::Bytes(body) if body == "{}"));
    assert_eq!(
        (&cached.headers["etag"], &cached.headers["x-ratelimit-remaining"]),
        (&"\"1\"".parse().unwrap(), &"1".parse().unwrap())
    );
    admit(&gate, &TestRequest::new(&GET_USER, Some(&other))).await;
    let promoted = Caller { role: Role::Admin, ..user.clone() };
    assert!(matches!(
        gate.enter(&TestRequest::new(&GET_USER, Some(&promoted)).entry()).await,
        Ok(Admission::Proceed(_))
    ));

    let change = TestRequest::new(&PUT_USER, Some(&other));
    let pass = admit(&gate, &change).await;
    gate.leave(pass, &change.entry(), &mut Reply::status(200)).await;
    let refused = gate.enter(&request.entry()).await;
    // The request is refused by the rate limit, because the cached response was invalidated.
    assert!(!matches!(refused, Ok(Admission::Reply(_))));
}

#[tokio::test]
async fn a_refused_change_invalidates_nothing_but_a_change_without_a_response_does() {
    let database = TestDatabases::migrated().await;
    let gate = gate(&database, testing::redis());
    let user = caller(Role::User);
    insert_session(&database, &user).await;
    let request = TestRequest::new(&GET_USER, Some(&user));
    let pass = admit(&gate, &request).await;
    gate.leave(pass, &request.entry(), &mut Reply::status(200).bytes("application/json", "{}")).await;

    let change = TestRequest::new(&PUT_USER, Some(&user));
    let pass = admit(&gate, &change).await;
    gate.leave(pass, &change.entry(), &mut Reply::status(412)).await;
    assert!(matches!(gate.enter(&request.entry()).await, Ok(Admission::Reply(_))));

    drop(admit(&gate, &change).await);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(matches!(gate.enter(&request.entry()).await, Ok(Admission::Proceed(_))));
}

#[tokio::test]
async fn an_ended_session_is_rejected_with_and_without_redis() {
    let database = TestDatabases::migrated().await;
    for redis in [testing::redis(), testing::redis_unavailable()] {
        let gate = gate(&database, redis);
        let user = caller(Role::User);
        insert_session(&database, &user).await;
        let request = TestRequest::new(&PUT_USER, Some(&user));
        admit(&gate, &request).await;
        let end = "UPDATE sessions SET revoked_at = now() WHERE id = $1";
        sqlx::query(end).bind(user.session_id).execute(&database.pools.users).await.unwrap();
        gate.revocations.announce(&[user.session_id]).await;
        let refused = gate.enter(&request.entry()).await.unwrap_err();
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(header(&refused, "www-authenticate").is_some());
    }
}

#[tokio::test]
async fn an_operation_without_policies_needs_no_redis() {
    let redis = testing::redis_unavailable();
    let databases = testing::databases_unavailable();
    let revocations = Revocations::new(redis.clone(), databases.users, Duration::from_secs(900));
    let gate = PolicyGate::new(redis.clone(), Limiter::new(redis.clone()), Cache::new(redis), revocations);
    let request = TestRequest::new(&LIVEZ, None);
    let pass = admit(&gate, &request).await;
    gate.leave(pass, &request.entry(), &mut Reply::status(200)).await;
    assert!(!gate.redis.has_failed());
}

#[tokio::test]
async fn a_request_is_refused_if_its_session_cannot_be_checked() {
    let redis = testing::redis_unavailable();
    let databases = testing::databases_unavailable();
    let revocations = Revocations::new(redis.clone(), databases.users, Duration::from_secs(900));
    let gate = PolicyGate::new(redis.clone(), Limiter::new(redis.clone()), Cache::new(redis), revocations);
    let refused = gate.enter(&TestRequest::new(&PUT_USER, Some(&caller(Role::User))).entry()).await.unwrap_err();
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
}
