//! Tests of the server while PostgreSQL or Redis is cut off, half-closed, silent or slow.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use writ_platform::testing::{SOON, Stores};

use crate::support::{PASSWORD, Service, Session, body_of};

/// The longest time that a request takes during an outage: the time limits of two statements.
const BOUND: Duration = Duration::from_secs(10);

async fn start() -> (Stores, Service) {
    let stores = Stores::start().await;
    let service = Service::start_with(|settings| stores.place_before(settings)).await;
    (stores, service)
}

/// Opens the proxies of the stores, and waits until a health check of each server is up.
async fn recover(stores: &Stores, service: &Service, dependency: &str) {
    for platform in service.server.platforms() {
        stores.recover(platform, dependency).await;
    }
}

/// Returns the status code of a request for a user, and the name of the user if it is 200.
async fn name(service: &Service, session: &Session, path: &str) -> (u16, Value) {
    let response = service.call(session, Method::GET, path).timeout(BOUND).send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    (status, body["name"].clone())
}

#[tokio::test]
async fn ended_sessions_stay_ended_and_no_user_is_stale_however_redis_is_disturbed() {
    let (stores, service) = start().await;
    let (kept, user) = service.user("user@example.com").await;
    let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
    service.raise_limits(&["getUser"]).await;
    let mut current = user["name"].clone();
    for (index, flow) in Stores::DISTURBANCES.into_iter().enumerate() {
        let ended = service.login("user@example.com", PASSWORD).await;
        let users = service.server.of("users");
        let read = async || {
            for session in [&kept, &ended] {
                assert_eq!(name(&service, session, &path).await, (200, current.clone()), "{flow:?}");
            }
        };
        users.until_cached("getUser", read).await;
        stores.redis.set(flow);
        let logout = service.request(Method::POST, "/v1/auth/logout").json(&json!({ "refreshToken": ended.refresh }));
        body_of(logout.timeout(BOUND).send().await.unwrap(), 204).await;
        let changed = json!(format!("Name {index}"));
        let change = service.call(&kept, Method::PATCH, &path).header("if-match", format!("\"{}\"", index + 1));
        body_of(change.json(&json!({ "name": changed })).timeout(BOUND).send().await.unwrap(), 200).await;

        let read = async || {
            assert_eq!(name(&service, &ended, &path).await.0, 401, "{flow:?}");
            assert_eq!(name(&service, &kept, &path).await, (200, changed.clone()), "{flow:?}");
        };
        read().await;
        recover(&stores, &service, "redis").await;
        // Requests bypass the cache at first. The response with the previous name is then still in Redis.
        users.until_cached("getUser", read).await;
        read().await;
        current = changed;
    }
}

#[tokio::test]
async fn requests_end_in_time_however_the_databases_are_disturbed() {
    let (stores, service) = start().await;
    let session = service.admin().await;
    // Each request is another one, so that no response comes from the cache.
    let limit = AtomicU32::new(0);
    let list = || {
        let path = format!("/v1/orders?limit={}", limit.fetch_add(1, Ordering::Relaxed) % 100 + 1);
        service.call(&session, Method::GET, &path).timeout(BOUND).send()
    };
    for flow in Stores::DISTURBANCES {
        stores.postgres.set(flow);
        let responses = tokio::join!(list(), list(), list(), list(), list());
        for response in [responses.0, responses.1, responses.2, responses.3, responses.4] {
            let response = response.unwrap();
            let retry_after = response.headers().get("retry-after").cloned();
            match response.status().as_u16() {
                200 => {}
                503 => assert!(retry_after.is_some(), "{flow:?}"),
                other => panic!("{flow:?}: {other}"),
            }
        }
        recover(&stores, &service, "database").await;
        let started = Instant::now();
        while list().await.unwrap().status() != 200 {
            assert!(started.elapsed() < SOON, "{flow:?}: requests are still refused");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}
