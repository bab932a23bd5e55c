//! Tests of ended sessions.

use super::*;
#[cfg(feature = "redis")]
use crate::testing::sessions::TestCopy;

#[tokio::test]
async fn a_token_of_an_ended_session_takes_from_the_limit_of_failed_credentials_and_not_from_that_of_its_user() {
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
        let ended = Visitor { session: Some(sessions.begin()), ..user.clone() };
        let (request, stale) = (TestRequest::new(&GET_EVENT, Some(&user)), TestRequest::new(&GET_EVENT, Some(&ended)));
        admit(&gate, &request).await;
        let session = ended.session.unwrap();
        sessions.end(session);
        revocations.announce(&[session]).await;
        for remaining in ["99", "98", "97", "96"] {
            let refused = gate.enter(&stale.entry()).await.unwrap_err();
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
            assert!(refused.header("www-authenticate").is_some());
            assert_eq!(refused.header("x-ratelimit-limit"), Some("100"));
            assert_eq!(refused.header("x-ratelimit-remaining"), Some(remaining));
        }
        let reply = pass(&gate, &request, Reply::status(404)).await;
        assert_eq!(reply.headers["x-ratelimit-remaining"], "1");
    }
}

#[tokio::test]
async fn a_request_is_refused_if_its_session_cannot_be_checked() {
    let gate = Store::memory().gate().with(Revocations::new(TestSessions::unavailable()));
    for (operation, remaining) in [(&PUT_EVENT, None), (&GET_EVENT, Some("3"))] {
        let request = TestRequest::new(operation, Some(&visitor(Some(Uuid::nil()))));
        let refused = gate.enter(&request.entry()).await.unwrap_err();
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("1")));
        assert_eq!(refused.header("x-ratelimit-remaining"), remaining);
    }
}

/// The sessions of a service whose database does not respond.
#[cfg(feature = "postgres")]
struct Silent;

#[cfg(feature = "postgres")]
impl crate::revocation::Sessions for Silent {
    async fn is_live(&self, _: Uuid) -> Result<bool, crate::BoxError> {
        std::future::pending().await
    }

    async fn ended_within(&self, _: Duration) -> Result<Vec<Uuid>, crate::BoxError> {
        std::future::pending().await
    }
}

#[cfg(feature = "postgres")]
#[tokio::test(start_paused = true)]
async fn the_check_of_a_session_ends_with_503_in_an_outage_of_the_database() {
    let breaker = Breaker::default();
    let gate = Store::memory().gate().with(Revocations::new(Silent)).guarded_by(breaker.clone());
    breaker.trip();
    let request = TestRequest::new(&PUT_EVENT, Some(&visitor(Some(Uuid::nil()))));
    let started = tokio::time::Instant::now();
    let refused = gate.enter(&request.entry()).await.unwrap_err();
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("1")));
    assert_eq!(started.elapsed(), breaker.limit);
}

/// Returns the gate of a service that does not own the sessions.
#[cfg(feature = "redis")]
fn of_copy(redis: &Redis, copy: TestCopy) -> PolicyGate<Visitor> {
    Store::redis(redis).gate().with(Revocations::of_copy(redis.clone(), copy))
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn a_copy_of_sessions_is_trusted_for_a_minute_without_redis_and_for_a_quarter_of_an_hour_with_it() {
    let [fresh, stale, late, lost] = [59, 61, 899, 901].map(Duration::from_secs);
    let (available, unavailable) = (testing::redis(), testing::redis_unavailable());
    let (ok, ended, unknown) = (None, Some(StatusCode::UNAUTHORIZED), Some(StatusCode::SERVICE_UNAVAILABLE));
    for (redis, lag, of_live, of_ended) in [
        (&available, fresh, ok, ended),
        (&available, late, ok, ended),
        (&available, lost, unknown, ended),
        (&unavailable, fresh, ok, ended),
        (&unavailable, stale, unknown, ended),
    ] {
        let sessions = TestSessions::new();
        let gate = of_copy(redis, TestCopy(sessions.clone(), lag));
        let enter = async |session| {
            let request = TestRequest::new(&PUT_EVENT, Some(&visitor(Some(session))));
            gate.enter(&request.entry()).await.err().map(|problem| problem.status)
        };
        // A copy knows only the sessions that have ended.
        assert_eq!(enter(Uuid::now_v7()).await, of_live, "{lag:?}");
        let session = sessions.begin();
        sessions.end(session);
        assert_eq!(enter(session).await, of_ended, "{lag:?}");
    }
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn a_copy_of_sessions_reads_the_markers_of_their_owner_and_never_says_that_they_are_complete() {
    let (redis, sessions) = (testing::redis(), TestSessions::new());
    let copies = of_copy(&redis, TestCopy(TestSessions::new(), Duration::ZERO));
    let (_, owner) = on_redis(&redis, &sessions);
    let session = sessions.begin();
    let request = TestRequest::new(&PUT_EVENT, Some(&visitor(Some(session))));
    assert!(copies.enter(&request.entry()).await.is_ok());
    let mut complete = redis::pipe();
    complete.cmd("EXISTS").arg(redis.key("revoked:complete"));
    assert_eq!(redis.run::<(bool,)>(&complete).await.unwrap(), (false,));
    sessions.end(session);
    owner.announce(&[session]).await;
    assert_eq!(copies.enter(&request.entry()).await.unwrap_err().status, StatusCode::UNAUTHORIZED);
}
