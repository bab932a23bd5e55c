//! Tests of callers who disconnect before the response.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;
use writ_platform::testing::SOON;

use crate::clients::own_path;
use crate::support::{Service, body_of};

/// Waits until a condition holds.
async fn until(description: &str, mut condition: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !condition().await {
        assert!(started.elapsed() < SOON, "{description}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_caller_disconnects_is_completed_and_then_invalidates_the_cache() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let path = own_path(&user);
    let name = async || {
        let response = service.call(&session, Method::GET, &path).send().await.unwrap();
        body_of(response, 200).await["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name().await, "Sample User");

    // The change waits for this lock.
    let users = service.users();
    let mut lock = users.begin().await.unwrap();
    sqlx::query("SELECT FROM users WHERE email = 'user@example.com' FOR UPDATE").execute(&mut *lock).await.unwrap();
    let change = service.call(&session, Method::PATCH, &path).header("if-match", "*").json(&json!({ "name": "New" }));
    let change = tokio::spawn(change.send());
    until("the change does not wait for the lock", async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        sqlx::query_scalar::<_, i64>(waiting).fetch_one(users).await.unwrap() > 0
    })
    .await;
    change.abort();
    let metrics = service.server.of("users").platform.metrics();
    until("the request is not counted", async || metrics.render().unwrap().contains("\"499\"")).await;

    // The old response is cached until the change is committed, and not longer.
    assert_eq!(name().await, "Sample User");
    lock.rollback().await.unwrap();
    until("the cached response is still served", async || name().await == "New").await;
}
