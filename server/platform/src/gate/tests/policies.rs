//! Tests of added policies, and of the round trips that all policies share.

use super::*;

#[tokio::test]
#[cfg(feature = "redis")]
async fn an_operation_without_policies_needs_no_redis() {
    let redis = testing::redis_unavailable();
    let (gate, _) = on_redis(&redis, &TestSessions::unavailable());
    pass(&gate, &TestRequest::new(&LIVEZ, None), Reply::status(200)).await;
    assert!(!redis.is_unavailable());
    assert_eq!(redis.round_trips(), 0);
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
    let Ok(Admission::Reply { headers, .. }) = gate.enter(&request.entry()).await else { panic!("nothing is cached") };
    assert_eq!(redis.round_trips() - before, 1);
    assert_eq!(
        (&headers["x-ratelimit-remaining"], &headers["x-count"]),
        (&"1".parse().unwrap(), &"4".parse().unwrap())
    );

    sessions.end(user.session.unwrap());
    // The marker is written by `announce`; without it the session counts as live.
    admit(&gate, &TestRequest::new(&PUT_EVENT, Some(&user))).await;
}
