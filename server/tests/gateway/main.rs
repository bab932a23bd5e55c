//! Tests of the gateway of the sample: a real Envoy with the rendered configuration, in front of the services.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails if an operation fails")]

mod envelope;
#[path = "../envoy/mod.rs"]
mod envoy;
mod listener;
mod near_misses;
mod refusals;
mod wire;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;

use generated::VERSIONS;
use serde_json::json;
use server::testing::{self, ADMIN_PASSWORD, TestServer};
use tokio::task::JoinSet;

use envelope::Envelopes;
use envoy::Envoy;
use near_misses::{pages, requests};
use wire::{Request, Response};

/// The number of requests that are sent at one time.
const AT_ONCE: usize = 32;

/// Starts a server of the sample behind a gateway. All services are in one process.
async fn server() -> TestServer {
    testing::start_with(|settings| {
        settings.set("WRIT_TRUSTED_PROXIES", "127.0.0.0/8");
        settings.set("WRIT_LOAD_SHEDDING", "off");
        // On a busy machine the requests that are sent at one time wait longer for a connection.
        settings.set("WRIT_ACQUIRE_TIMEOUT", "30s");
    })
    .await
}

/// Raises all rate limits of the services, so that the number of requests decides nothing.
async fn raise_limits(server: &TestServer) {
    let operations = VERSIONS.operations();
    let limited = operations.iter().filter(|operation| !operation.rate_limits.is_empty());
    for operation in limited.map(|operation| operation.id).collect::<HashSet<_>>() {
        server.policy(&format!("set {operation} rate=1000000/60s for 1h")).await;
    }
}

/// Signs in through a gateway, and returns the value of `Authorization`.
async fn sign_in(gateway: SocketAddr) -> String {
    let body = json!({ "email": "admin@example.com", "password": ADMIN_PASSWORD });
    let response = Request::new("POST", "/v2/auth/login").json(&body).send(gateway).await;
    let tokens = response.json();
    format!("Bearer {}", tokens["accessToken"].as_str().unwrap_or_else(|| panic!("not signed in: {response:?}")))
}

/// Returns the difference between the responses of a gateway and of the services, or `None` if they agree.
///
/// Both agree on what exists if they respond with one status, and with equal methods in `Allow`.
fn difference(request: &Request, through: &Response, direct: &Response, envelopes: &Envelopes) -> Option<String> {
    let summary = |response: &Response| (response.status, response.header("allow").to_owned());
    if summary(through) != summary(direct) {
        return Some(format!("{request:?}\n  gateway: {through:?}\n  service: {direct:?}"));
    }
    let mut refusals = [through, direct].into_iter().filter(|response| response.status >= 400);
    refusals.find_map(|response| Some(format!("{request:?}\n  {}", envelopes.fault(request, response)?)))
}

/// Sends requests to a gateway and to the services behind it, and fails with the differences of their responses. Returns
/// the statuses of the responses.
async fn compare(gateway: SocketAddr, services: SocketAddr, requests: HashSet<Request>) -> HashSet<u16> {
    let count = requests.len();
    let envelopes = Arc::new(Envelopes::new());
    let mut running = JoinSet::new();
    let (mut statuses, mut differences) = (HashSet::new(), Vec::new());
    let mut keep = |(status, difference): (u16, Option<String>)| {
        statuses.insert(status);
        differences.extend(difference);
    };
    for request in requests {
        let envelopes = envelopes.clone();
        running.spawn(async move {
            let (through, direct) = tokio::join!(request.send(gateway), request.send(services));
            (through.status, difference(&request, &through, &direct, &envelopes))
        });
        if running.len() >= AT_ONCE {
            keep(running.join_next().await.unwrap().unwrap());
        }
    }
    while let Some(result) = running.join_next().await {
        keep(result.unwrap());
    }
    let shown: Vec<&str> = differences.iter().take(30).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} of {count} requests differ:\n{}", differences.len(), shown.join("\n"));
    statuses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateway_and_services_agree_on_what_exists() {
    let server = server().await;
    raise_limits(&server).await;
    let mut envoy = Envoy::start(|_| server.address, |_| ()).await;
    envoy.wait_for_keys().await;
    let token = sign_in(envoy.address).await;
    let operations = VERSIONS.operations();
    let near = operations.iter().flat_map(|operation| requests(operation, &VERSIONS, &token));
    let all: HashSet<Request> = near.chain(pages()).collect();
    let count = all.len();
    assert!(count > 100 * operations.len(), "{count} requests are too few");
    let statuses = compare(envoy.address, server.address, all).await;
    println!("{count} requests for {} operations agree", operations.len());
    // The comparison would prove little if all requests were refused for one reason.
    for status in [200, 204, 400, 401, 404, 405, 406] {
        assert!(statuses.contains(&status), "no response has the status {status}: {statuses:?}");
    }
}
