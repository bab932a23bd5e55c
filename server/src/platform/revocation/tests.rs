//! Tests of ended sessions with a complete, an empty and an unavailable Redis.

use std::time::Instant;

use super::*;
use crate::testing::{self, TestDatabases};

/// Inserts a user with a session and returns the id of the session.
async fn session(users: &PgPool) -> Uuid {
    let (user, session) = (Uuid::now_v7(), Uuid::now_v7());
    sqlx::query("INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Sample', '')")
        .bind(user)
        .bind(format!("{user}@example.com"))
        .execute(users)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO sessions (id, user_id, token_hash, expires_at, ends_at)
         VALUES ($1, $2, sha256($3), now() + interval '1 day', now() + interval '1 day')",
    )
    .bind(session)
    .bind(user)
    .bind(session.as_bytes().as_slice())
    .execute(users)
    .await
    .unwrap();
    session
}

async fn end(users: &PgPool, session: Uuid) {
    sqlx::query("UPDATE sessions SET revoked_at = now() WHERE id = $1").bind(session).execute(users).await.unwrap();
}

async fn marker(revocations: &Revocations, session: Uuid) -> Marker {
    let mut pipeline = redis::pipe();
    let is_synchronized = revocations.is_synchronized();
    revocations.push_query(&mut pipeline, session);
    match revocations.redis.run::<(bool, bool)>(&pipeline).await {
        Ok((revoked, complete)) => revocations.read(revoked, complete, is_synchronized),
        Err(Unavailable) => Marker::Unknown,
    }
}

/// Waits until the markers are complete.
async fn completed(revocations: &Revocations, session: Uuid) {
    let started = Instant::now();
    while marker(revocations, session).await == Marker::Unknown {
        assert!(started.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn revocations(database: &TestDatabases, redis: Redis) -> Revocations {
    Revocations::new(redis, database.pools.users.clone(), Duration::from_secs(900))
}

#[tokio::test]
async fn an_ended_session_is_marked_immediately() {
    let database = TestDatabases::migrated().await;
    let revocations = revocations(&database, testing::redis());
    let (ended, live) = (session(&database.pools.users).await, session(&database.pools.users).await);
    assert!(!revocations.query_row(live, true).await.unwrap());
    completed(&revocations, live).await;
    end(&database.pools.users, ended).await;
    revocations.announce(&[ended]).await;
    assert_eq!(marker(&revocations, ended).await, Marker::Revoked);
    assert_eq!(marker(&revocations, live).await, Marker::Live);
}

#[tokio::test]
async fn an_empty_redis_is_not_trusted_until_it_has_all_markers() {
    let database = TestDatabases::migrated().await;
    let redis = testing::redis();
    let revocations = revocations(&database, redis);
    let ended = session(&database.pools.users).await;
    end(&database.pools.users, ended).await;
    // This Redis has no marker for the session.
    assert_eq!(marker(&revocations, ended).await, Marker::Unknown);
    assert!(revocations.query_row(ended, true).await.unwrap());
    completed(&revocations, ended).await;
    assert_eq!(marker(&revocations, ended).await, Marker::Revoked);
}

#[tokio::test]
async fn the_row_of_a_session_is_queried_without_redis() {
    let database = TestDatabases::migrated().await;
    let revocations = revocations(&database, testing::redis_unavailable());
    let (ended, live) = (session(&database.pools.users).await, session(&database.pools.users).await);
    end(&database.pools.users, ended).await;
    revocations.announce(&[ended]).await;
    assert_eq!(marker(&revocations, live).await, Marker::Unknown);
    assert!(revocations.query_row(ended, false).await.unwrap());
    assert!(!revocations.query_row(live, false).await.unwrap());
    assert!(revocations.query_row(Uuid::now_v7(), false).await.unwrap());
}

#[tokio::test]
async fn a_session_that_ends_while_redis_is_unavailable_is_marked_when_redis_is_back() {
    let database = TestDatabases::migrated().await;
    let valve = testing::Valve::open().await;
    let revocations = revocations(&database, valve.redis.clone());
    let (first, second) = (session(&database.pools.users).await, session(&database.pools.users).await);
    revocations.query_row(first, true).await.unwrap();
    completed(&revocations, first).await;

    valve.set(false);
    for ended in [first, second] {
        end(&database.pools.users, ended).await;
        revocations.announce(&[ended]).await;
        assert_eq!(marker(&revocations, ended).await, Marker::Unknown);
    }
    valve.set(true);
    completed(&revocations, first).await;
    for ended in [first, second] {
        assert_eq!(marker(&revocations, ended).await, Marker::Revoked);
    }
}
