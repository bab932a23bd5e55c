//! Tests of rate limits, and of the limit of failed credentials.

use super::*;

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
