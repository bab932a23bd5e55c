//! Tests of the gate with two versions of an operation, which have one id and different paths.

use super::*;

const LIMITS: &[RateLimit] = &[RateLimit { requests: 9, window: Duration::from_secs(60), by: LimitBy::Caller }];

const fn event(path: &'static str) -> Operation {
    Operation {
        id: "getEvent",
        path,
        rate_limits: LIMITS,
        cache: Some(CachePolicy { ttl: Duration::from_secs(60), tags: &["event:{eventId}"], shared: false }),
        ..Operation::NONE
    }
}

static OLDER: Operation = event("/v1/events/{eventId}");
static LATEST: Operation = event("/v2/events/{eventId}");

/// Returns the remaining requests, and the body of a cached response.
async fn cached(gate: &PolicyGate<Visitor>, request: &TestRequest) -> Option<(String, String)> {
    let Ok(Admission::Reply { reply, headers }) = gate.enter(&request.entry()).await else { return None };
    let ReplyBody::Bytes(body) = reply.body else { return None };
    let remaining = headers["x-ratelimit-remaining"].to_str().unwrap().to_owned();
    Some((remaining, String::from_utf8(body.to_vec()).unwrap()))
}

#[tokio::test]
async fn versions_share_a_limit_and_invalidations_but_no_cached_response() {
    for store in stores() {
        let (gate, user) = (store.gate(), visitor(None));
        let older = TestRequest::new(&OLDER, Some(&user)).with_cache_key("/v1/events/{eventId}/1");
        let latest = TestRequest::new(&LATEST, Some(&user)).with_cache_key("/v2/events/{eventId}/1");
        let reply = |body: &'static str| Reply::status(200).bytes("application/json", body);
        pass(&gate, &older, reply("1")).await;
        // The response of version 1 is not served to a caller of version 2.
        assert_eq!(pass(&gate, &latest, reply("2")).await.headers["x-ratelimit-remaining"], "7");
        assert_eq!(cached(&gate, &older).await, Some(("6".to_owned(), "1".to_owned())));
        assert_eq!(cached(&gate, &latest).await, Some(("5".to_owned(), "2".to_owned())));
        pass(&gate, &TestRequest::new(&PUT_EVENT, Some(&user)), Reply::status(200)).await;
        assert_eq!(cached(&gate, &older).await, None);
        assert_eq!(cached(&gate, &latest).await, None);
    }
}
