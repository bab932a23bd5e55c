//! Tests of ended sessions.

use super::*;

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
