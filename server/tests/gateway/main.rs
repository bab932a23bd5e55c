//! Tests of the gateway of the sample: a real Envoy with the rendered configuration, in front of the services.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails if an operation fails")]

mod envoy;
mod near_misses;
mod wire;

use std::collections::HashSet;
use std::sync::Arc;

use generated::VERSIONS;
use jsonschema::Validator;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use envoy::Gateway;
use near_misses::requests;
use wire::{Request, Response};

/// The number of requests that are sent at one time.
const AT_ONCE: usize = 32;

/// Returns the validator of the contract's error envelope.
fn error_envelope() -> Validator {
    let version = VERSIONS.get(2).unwrap();
    let mut document: Value = serde_json::from_str(version.json).unwrap();
    document["$ref"] = json!("#/components/schemas/Error");
    jsonschema::validator_for(&document).unwrap()
}

/// Returns the difference between the responses of a gateway and of the services, or `None` if they agree.
///
/// Both agree on what exists if they respond with one status, and with equal methods in `Allow`.
fn difference(request: &Request, gateway: &Response, direct: &Response, envelope: &Validator) -> Option<String> {
    let said = |response: &Response| (response.status, response.header("allow").to_owned());
    if said(gateway) != said(direct) {
        return Some(format!("{request:?}\n  gateway: {:?}\n  service: {:?}", said(gateway), said(direct)));
    }
    for response in [gateway, direct].into_iter().filter(|response| response.status >= 400) {
        if request.method == "HEAD" || response.status == 503 && request.target.contains("readyz") {
            continue;
        }
        let body = response.json();
        if let Err(error) = envelope.validate(&body) {
            return Some(format!("{request:?}\n  {error}: {body}"));
        }
        if body["error"]["requestId"] != response.header("x-request-id") {
            return Some(format!("{request:?}\n  another id than in the header: {response:?}"));
        }
    }
    None
}

/// Sends requests to a gateway and to the services behind it, and fails with the differences of their responses.
async fn compare(gateway: &Gateway, requests: impl IntoIterator<Item = Request>) -> usize {
    let envelope = Arc::new(error_envelope());
    let (through, direct) = (gateway.address, gateway.server.address);
    let mut running = JoinSet::new();
    let (mut count, mut differences) = (0, Vec::new());
    for request in requests {
        count += 1;
        let envelope = envelope.clone();
        running.spawn(async move {
            let (through, direct) = tokio::join!(request.send(through), request.send(direct));
            difference(&request, &through, &direct, &envelope)
        });
        if running.len() >= AT_ONCE {
            differences.extend(running.join_next().await.unwrap().unwrap());
        }
    }
    while let Some(difference) = running.join_next().await {
        differences.extend(difference.unwrap());
    }
    let shown: Vec<&str> = differences.iter().take(30).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} of {count} requests differ:\n{}", differences.len(), shown.join("\n"));
    count
}

/// Raises all rate limits, so that the number of requests decides nothing.
async fn raise_limits(gateway: &Gateway) {
    let operations = VERSIONS.operations();
    let limited: HashSet<&str> =
        operations.iter().filter(|operation| !operation.rate_limits.is_empty()).map(|operation| operation.id).collect();
    for operation in limited {
        gateway.server.policy(&format!("set {operation} rate=1000000/60s for 1h")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateway_and_services_agree_on_what_exists() {
    let gateway = Gateway::start().await;
    raise_limits(&gateway).await;
    let operations = VERSIONS.operations();
    let all: HashSet<Request> = operations.iter().flat_map(|operation| requests(operation, &VERSIONS)).collect();
    let count = compare(&gateway, all).await;
    println!("{count} requests for {} operations agree", operations.len());
    assert!(count > 2_000, "{count} requests are too few");
}
