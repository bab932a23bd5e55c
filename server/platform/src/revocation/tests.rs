//! Tests of ended sessions with a complete, an empty and an unavailable Redis.

use std::time::Instant;

use super::markers::Marker;
use super::*;
use crate::gate::Commands;
use crate::testing::sessions::TestSessions;
use crate::testing::{self, SOON};

fn markers(redis: Redis, sessions: &TestSessions) -> Markers {
    Markers::new(redis, Arc::new(sessions.clone()), Duration::from_secs(900))
}

async fn marker(redis: &Redis, markers: &Markers, session: Uuid) -> Marker {
    let mut commands = Commands::default();
    let is_synchronized = markers.is_synchronized();
    markers.push_query(&mut commands, session, is_synchronized);
    Markers::read(redis.exchange(commands).await, is_synchronized)
}

/// Waits until the markers are complete.
async fn completed(redis: &Redis, markers: &Markers, session: Uuid) {
    let started = Instant::now();
    while matches!(marker(redis, markers, session).await, Marker::Incomplete | Marker::Unavailable) {
        assert!(started.elapsed() < SOON);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn an_ended_session_is_marked_immediately() {
    let (redis, sessions) = (testing::redis(), TestSessions::new());
    let markers = markers(redis.clone(), &sessions);
    let (ended, live) = (sessions.begin(), sessions.begin());
    markers.load_in_background();
    completed(&redis, &markers, live).await;
    sessions.end(ended);
    markers.announce(&[ended]).await;
    assert_eq!(marker(&redis, &markers, ended).await, Marker::Revoked);
    assert_eq!(marker(&redis, &markers, live).await, Marker::Live);
}

#[tokio::test]
async fn an_empty_redis_is_not_trusted_until_it_has_all_markers() {
    let (redis, sessions) = (testing::redis(), TestSessions::new());
    let markers = markers(redis.clone(), &sessions);
    let ended = sessions.begin();
    sessions.end(ended);
    // This Redis has no marker for the session.
    assert_eq!(marker(&redis, &markers, ended).await, Marker::Incomplete);
    markers.load_in_background();
    completed(&redis, &markers, ended).await;
    assert_eq!(marker(&redis, &markers, ended).await, Marker::Revoked);
}

#[tokio::test]
async fn the_markers_are_renewed_without_a_request_before_they_expire() {
    let (redis, sessions) = (testing::redis(), TestSessions::new());
    let markers = markers(redis.clone(), &sessions);
    let ended = sessions.begin();
    sessions.end(ended);
    let remaining = async || {
        let mut time = redis::pipe();
        time.cmd("TTL").arg(redis.key("revoked:complete"));
        redis.run::<(i64,)>(&time).await.unwrap().0
    };
    let expire = async |seconds: u64| {
        let mut shorter = redis::pipe();
        shorter.cmd("EXPIRE").arg(redis.key("revoked:complete")).arg(seconds).ignore();
        redis.run::<()>(&shorter).await.unwrap();
    };
    markers.renew().await.unwrap();
    assert!(remaining().await > 50);
    assert_eq!(marker(&redis, &markers, ended).await, Marker::Revoked);
    // Another process has loaded them a moment ago.
    expire(40).await;
    markers.renew().await.unwrap();
    assert!(remaining().await <= 40);
    expire(20).await;
    markers.renew().await.unwrap();
    assert!(remaining().await > 50);
    // A missing Redis is no failure, and a missing database is.
    assert!(self::markers(testing::redis_unavailable(), &sessions).renew().await.is_ok());
    assert!(self::markers(testing::redis(), &TestSessions::unavailable()).renew().await.is_err());
}

#[tokio::test]
async fn an_unavailable_redis_has_no_markers() {
    let (redis, sessions) = (testing::redis_unavailable(), TestSessions::new());
    let markers = markers(redis.clone(), &sessions);
    let session = sessions.begin();
    markers.announce(&[session]).await;
    assert_eq!(marker(&redis, &markers, session).await, Marker::Unavailable);
}

#[tokio::test]
async fn a_session_that_ends_while_redis_is_unavailable_is_marked_when_redis_is_back() {
    let (valve, sessions) = (testing::Valve::open().await, TestSessions::new());
    let redis = valve.redis.clone();
    let markers = markers(redis.clone(), &sessions);
    let (first, second) = (sessions.begin(), sessions.begin());
    markers.load_in_background();
    completed(&redis, &markers, first).await;

    valve.set(false);
    for ended in [first, second] {
        sessions.end(ended);
        markers.announce(&[ended]).await;
        assert_eq!(marker(&redis, &markers, ended).await, Marker::Unavailable);
    }
    valve.set(true);
    completed(&redis, &markers, first).await;
    for ended in [first, second] {
        assert_eq!(marker(&redis, &markers, ended).await, Marker::Revoked);
    }
}

/// Sessions of a database whose connection the network has lost.
#[derive(Debug)]
struct Lost;

impl Sessions for Lost {
    async fn is_live(&self, _: Uuid) -> Result<bool, BoxError> {
        std::future::pending().await
    }

    async fn ended_within(&self, _: Duration) -> Result<Vec<Uuid>, BoxError> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn loading_the_markers_ends_although_the_database_does_not_respond() {
    let markers = Markers::new(testing::redis(), Arc::new(Lost), Duration::from_secs(900));
    let error = tokio::time::timeout(Duration::from_secs(11), markers.load()).await.unwrap().unwrap_err();
    assert!(error.is::<tokio::time::error::Elapsed>(), "{error}");
}
