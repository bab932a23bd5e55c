//! Tests of restarts: real processes of both services on real stores, behind a real Envoy, while requests arrive.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails if an operation fails")]

#[path = "../envoy/mod.rs"]
mod envoy;
mod estate;
mod load;
#[path = "../process/mod.rs"]
mod process;

use std::time::Duration;

use estate::{Estate, SERVICES};
use load::{Callers, LIMITED};

/// The way in which a test ends a service.
#[derive(Clone, Copy)]
enum End {
    Terminated,
    Killed,
}

/// Sends requests at a constant rate while each service in turn ends and starts again, and checks their outcomes.
async fn requests_during_restarts(count: usize, rate: u32, end: End) {
    let mut estate = Estate::start(&LIMITED).await;
    let callers = Callers::register(&estate).await;
    let load = tokio::spawn(callers.send(&estate, count, rate));
    let duration = Duration::from_secs(count.try_into().unwrap()) / rate;
    for (index, service) in SERVICES.iter().enumerate() {
        tokio::time::sleep(duration / 6).await;
        let down = match end {
            End::Terminated => estate.restart(index).await,
            End::Killed => estate.kill(index).await,
        };
        println!("{service} was ready again after {down:.1?}");
    }
    assert!(!load.is_finished(), "the requests ended before the last restart");
    load.await.unwrap().check(&estate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_that_is_safe_to_retry_fails_while_each_service_is_restarted() {
    requests_during_restarts(1_000, 100, End::Terminated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_that_is_safe_to_retry_fails_while_each_service_is_killed() {
    requests_during_restarts(1_000, 100, End::Killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a release build and a machine without other load; docs/testing.md has the command"]
async fn no_request_of_500_in_a_second_that_is_safe_to_retry_fails_while_each_service_is_restarted() {
    requests_during_restarts(10_000, 500, End::Terminated).await;
}
