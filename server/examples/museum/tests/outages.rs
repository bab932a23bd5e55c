//! Tests of the museum while PostgreSQL or Redis is cut off, half-closed, silent or slow.
#![allow(clippy::unwrap_used, reason = "a test fails if an operation fails")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use museum::Museum;
use museum_api::EventId;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use writ_platform::testing::{Flow, SOON, Stores, TestServer, grant_key};

/// The longest time that a request takes during an outage: the time limits of two statements.
const BOUND: Duration = Duration::from_secs(10);

struct Disturbed {
    stores: Stores,
    server: TestServer<Museum>,
    http: reqwest::Client,
    next: AtomicU32,
}

impl Disturbed {
    async fn start() -> Disturbed {
        let stores = Stores::start().await;
        let server = TestServer::<Museum>::start_with(|settings| {
            stores.place_before(settings);
            settings.set("MUSEUM_TRUSTED_PROXIES", "127.0.0.0/8");
        });
        let server = server.await;
        grant_key(&server.service.pool, "key", "staff", &["events:write", "tickets:read", "tickets:write"]).await;
        Disturbed { stores, server, http: reqwest::Client::new(), next: AtomicU32::new(0) }
    }

    /// Sends a request from a new client address, so that no rate limit of an address applies.
    async fn send(&self, request: RequestBuilder) -> Response {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + self.next.fetch_add(1, Ordering::Relaxed));
        let request = request.header("x-forwarded-for", address.to_string()).header("x-api-key", "key");
        request.timeout(BOUND).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.send(self.http.get(self.server.url(path))).await
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        self.send(self.http.post(self.server.url(path)).json(&body)).await
    }

    /// Requests an event that does not exist and so is not cached. The response is 404 if the database was asked.
    async fn unknown(&self) -> Response {
        self.get(&format!("/events/{}", EventId::generate())).await
    }

    async fn places(&self, event: &str) -> u64 {
        let response = self.get(&format!("/events/{event}")).await;
        assert_eq!(response.status(), 200);
        response.json::<Value>().await.unwrap()["places"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn requests_are_refused_at_once_while_the_database_is_silent() {
    let museum = Disturbed::start().await;
    assert_eq!(museum.unknown().await.status(), 404);
    museum.stores.postgres.set(Flow::Stalled);
    let in_flight = concurrent(&museum, 4);
    let outage = async {
        let started = Instant::now();
        loop {
            let sent = Instant::now();
            let response = museum.unknown().await;
            assert_eq!(response.status(), 503);
            let is_immediate = sent.elapsed() < Duration::from_millis(200);
            assert_eq!(response.headers()["retry-after"], "1");
            assert!(response.json::<Value>().await.unwrap().is_object());
            if is_immediate {
                return;
            }
            assert!(started.elapsed() < BOUND, "requests still wait for the database");
        }
    };
    let (in_flight, ()) = tokio::join!(in_flight, outage);
    assert!(in_flight.iter().all(|status| *status == 503), "{in_flight:?}");
    // An unknown key is not refused as wrong.
    let stranger = museum.http.get(museum.server.url("/tickets")).header("x-api-key", "unknown").send().await.unwrap();
    assert_eq!((stranger.status().as_u16(), &stranger.headers()["retry-after"]), (503, &"1".parse().unwrap()));

    museum.stores.recover(&museum.server.platform, "database").await;
    let started = Instant::now();
    while museum.unknown().await.status() == 503 {
        assert!(started.elapsed() < SOON, "requests are still refused");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Every connection of the pool works.
    assert_eq!(concurrent(&museum, 4).await, [404; 4]);
}

/// Sends requests concurrently, and returns their status codes.
async fn concurrent(museum: &Disturbed, count: usize) -> Vec<u16> {
    let requests = (0..count).map(|_| async { museum.unknown().await.status().as_u16() });
    join_all(requests).await
}

#[tokio::test]
async fn requests_end_in_time_however_the_database_is_disturbed() {
    let museum = Disturbed::start().await;
    for flow in Stores::DISTURBANCES {
        museum.stores.postgres.set(flow);
        for status in concurrent(&museum, 6).await {
            assert!(status == 404 || status == 503, "{flow:?}: {status}");
        }
        museum.stores.recover(&museum.server.platform, "database").await;
        let started = Instant::now();
        while museum.unknown().await.status() != 404 {
            assert!(started.elapsed() < SOON, "{flow:?}: requests are still refused");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

#[tokio::test]
async fn no_response_is_stale_after_redis_returns() {
    let museum = Disturbed::start().await;
    for flow in Stores::DISTURBANCES {
        let event = json!({ "title": "Sundials", "startsAt": "2030-05-01T18:00:00Z", "price": "12.50", "places": 40 });
        let event: Value = museum.post("/events", event).await.json().await.unwrap();
        let id = event["id"].as_str().unwrap();
        let cached = async |places| {
            museum
                .server
                .until_cached("getEvent", async || assert_eq!(museum.places(id).await, places, "{flow:?}"))
                .await;
        };
        cached(40).await;
        museum.stores.redis.set(flow);
        let sold = museum.post(&format!("/events/{id}/tickets"), json!({ "visitors": 2 })).await;
        assert_eq!(sold.status(), 201, "{flow:?}");
        assert_eq!(museum.places(id).await, 38, "{flow:?}");
        museum.stores.recover(&museum.server.platform, "redis").await;
        // Requests bypass the cache at first. The response with 40 places is then still in Redis.
        cached(38).await;
        assert_eq!(museum.places(id).await, 38, "{flow:?}");
    }
}
