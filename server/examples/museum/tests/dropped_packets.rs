//! The long test of a network that drops all packets between the museum and its stores.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails if an operation fails, and prints its figures"
)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use museum::Museum;
use museum_api::EventId;
use reqwest::Client;
use writ_platform::redis::{Redis, RedisConfig};
use writ_platform::testing::{Island, Place, PrivatePostgres, PrivateRedis, TestServer};

/// The time within which the loss of a store is noticed, and within which the service recovers.
const LIMIT: Duration = Duration::from_secs(2);

/// The time limit of statements.
const STATEMENT: Duration = Duration::from_secs(5);

/// The duration of the outage. TCP then waits for many seconds before it sends lost data again.
const OUTAGE: Duration = Duration::from_secs(30);

/// The largest time of a response that did not wait for a store.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Clients of the museum with different addresses, so that no rate limit applies.
struct Clients {
    http: Client,
    server: TestServer<Museum>,
    next: AtomicU32,
}

impl Clients {
    /// Requests an event that does not exist and so is not cached. The response is 404 if the database was asked.
    async fn status(&self) -> (u16, Duration) {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + self.next.fetch_add(1, Ordering::Relaxed));
        let request = self.http.get(self.server.url(&format!("/events/{}", EventId::generate())));
        let started = Instant::now();
        let response = request.header("x-forwarded-for", address.to_string()).send().await.unwrap();
        (response.status().as_u16(), started.elapsed())
    }
}

/// Returns the time since `start` at which a future first returns true. Each attempt begins 10 ms after the last one.
async fn first(start: Instant, mut attempt: impl AsyncFnMut() -> bool) -> Duration {
    while !attempt().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    start.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long, and needs root: run `cargo xtask test -p museum --test dropped_packets -- --ignored --nocapture`"]
async fn dropped_packets_are_noticed_and_survived_within_two_seconds() {
    let island = Island::create();
    let place = Place { namespace: Some(&island.namespace), address: island.address, certificate: None };
    let (postgres, redis) = (PrivatePostgres::start(&place).await, PrivateRedis::start(&place).await);
    let host = island.address.to_string();
    let server = TestServer::<Museum>::start_with(|settings| {
        settings.set("DATABASE_URL", &(postgres.url(&host) + "?sslmode=disable"));
        settings.set("REDIS_URL", &redis.url(&host));
        settings.set("MUSEUM_INSECURE_STORES", "on");
        settings.set("MUSEUM_REDIS_TIMEOUT", "250ms");
        settings.set("MUSEUM_TRUSTED_PROXIES", "127.0.0.0/8");
    });
    let clients = Clients { http: Client::new(), server: server.await, next: AtomicU32::new(0) };
    let config = RedisConfig {
        url: redis.url(&host).into(),
        authorities: None,
        prefix: "test".to_owned(),
        timeout: Duration::from_millis(250),
    };
    let cache = Redis::open(&config).unwrap();
    let mut ping = redis::pipe();
    ping.cmd("PING").ignore();
    let responds = async || cache.run::<()>(&ping).await.is_ok();
    assert_eq!(clients.status().await.0, 404);
    assert!(responds().await);

    island.drop_packets(true);
    let lost = Instant::now();
    let in_flight = join_all((0..8).map(|_| clients.status()));
    let redis_refused = first(lost, async || {
        let sent = Instant::now();
        !responds().await && sent.elapsed() < AT_ONCE
    });
    let refused = first(lost, async || match tokio::time::timeout(AT_ONCE, clients.status()).await {
        Ok((status, _)) => status == 503,
        // The client hangs up.
        Err(_) => false,
    });
    let (redis_refused, refused, in_flight) = tokio::join!(redis_refused, refused, in_flight);
    assert!(in_flight.iter().all(|(status, _)| *status == 503), "{in_flight:?}");
    let longest = in_flight.iter().map(|(_, latency)| *latency).max().unwrap_or_default();
    tokio::time::sleep_until((lost + OUTAGE).into()).await;

    island.drop_packets(false);
    let returned = Instant::now();
    let (redis_recovered, recovered) =
        tokio::join!(first(returned, responds), first(returned, async || clients.status().await.0 == 404));
    let all = join_all((0..32).map(|_| clients.status())).await;
    println!("redis: commands fail at once after {redis_refused:?}, succeed {redis_recovered:?} after its return");
    println!("postgres: requests fail at once after {refused:?}, those in flight after {longest:?}");
    println!("postgres: requests succeed {recovered:?} after its return");
    assert!(all.iter().all(|(status, _)| *status == 404), "{all:?}");
    assert!(redis_refused < LIMIT && redis_recovered < LIMIT);
    assert!(refused < LIMIT + AT_ONCE && recovered < LIMIT);
    assert!(longest < STATEMENT + LIMIT);
}
