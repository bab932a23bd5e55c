//! Refusals that the gateway sends itself, before a service has any work or because no service responds.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use server::testing;
use tokio::net::TcpListener;
use writ_platform::testing::resigned_token;

use crate::envelope::Envelopes;
use crate::envoy::{Envoy, FORGED};
use crate::wire::{Request, Response, send};
use crate::{server, sign_in};

/// Sends a request, and fails unless it is refused with this status in the error envelope of the contract.
async fn refused(address: SocketAddr, request: &Request, status: u16) -> Response {
    let response = request.send(address).await;
    assert_eq!(response.status, status, "{request:?}: {response:?}");
    assert_eq!(Envelopes::new().fault(request, &response), None, "{request:?}");
    response
}

/// Returns a request to sign in with a body of about this number of bytes.
fn login(bytes: usize) -> Request {
    Request::new("POST", "/v2/auth/login").json(&json!({ "email": "a@example.com", "password": "p".repeat(bytes) }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_of_the_gateway_have_the_error_envelope_and_the_id_of_the_request() {
    let server = server().await;
    let mut envoy = Envoy::start(|_| server.address, |_| ()).await;
    envoy.wait_for_keys().await;
    let address = envoy.address;
    let users = || Request::new("GET", "/v2/users");
    let unknown = refused(address, &Request::new("GET", "/nowhere"), 404).await;
    assert_eq!(unknown.header("cache-control"), "no-store");
    refused(address, &Request::new("GET", "/v2/users/.."), 404).await;
    refused(address, &Request::new("GET", "/v1/users/%2e%2e/users"), 404).await;
    let challenged = refused(address, &users(), 401).await;
    assert!(challenged.header("www-authenticate").starts_with("Bearer"), "{challenged:?}");
    refused(address, &users().header("authorization", FORGED), 401).await;
    refused(address, &users().header("authorization", "Bearer x"), 401).await;
    let altered = sign_in(address).await.replace('.', "e.");
    refused(address, &users().header("authorization", &altered), 401).await;
    refused(address, &login(5_000), 413).await;
    refused(server.address, &login(5_000), 413).await;
    let named = refused(address, &Request::new("GET", "/nowhere").header("x-request-id", "mine-7"), 404).await;
    assert_eq!(named.header("x-request-id"), "mine-7");
    // A service would not accept this id, so the gateway does not either.
    let strange = |path: &str| Request::new("GET", path).header("x-request-id", "a\"b c");
    assert_eq!(refused(address, &strange("/nowhere"), 404).await.header("x-request-id"), "a_b_c");
    let passed = strange("/v2/products").send(address).await;
    assert_eq!((passed.status, passed.header("x-request-id")), (200, "a_b_c"), "{passed:?}");
    assert_eq!(users().header("authorization", &sign_in(address).await).send(address).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_for_another_audience_is_refused_as_a_service_does() {
    let key = [7; 32];
    let server = testing::start_with(|settings| settings.set("WRIT_TOKEN_KEYS", &STANDARD.encode(key))).await;
    let mut envoy = Envoy::start(|_| server.address, |_| ()).await;
    envoy.wait_for_keys().await;
    let token = sign_in(envoy.address).await;
    let other = resigned_token(token.trim_start_matches("Bearer "), &key, |claims| claims["aud"] = json!("other"));
    let request = Request::new("GET", "/v2/users").header("authorization", &format!("Bearer {other}"));
    let through = refused(envoy.address, &request, 401).await;
    let direct = refused(server.address, &request, 401).await;
    assert_eq!(through.header("www-authenticate"), direct.header("www-authenticate"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_known_origins_can_send_requests_and_read_all_responses() {
    let (origin, other) = ("https://app.example.com", "https://evil.example");
    // The services know the origin too, or leave it to the gateway.
    for of_services in [origin, ""] {
        let server = testing::start_with(|settings| settings.set("WRIT_CORS_ORIGINS", of_services)).await;
        let envoy = Envoy::start(|_| server.address, |settings| settings.cors_origins.push(origin.to_owned())).await;
        for (path, status) in [("/v2/users", 401), ("/nowhere", 404), ("/v2/products", 200)] {
            let get = async |origin: &str| Request::new("GET", path).header("origin", origin).send(envoy.address).await;
            let known = get(origin).await;
            assert_eq!((known.status, values(&known, "access-control-allow-origin")), (status, vec![origin]));
            assert_eq!(values(&known, "access-control-expose-headers"), ["*"], "{known:?}");
            let unknown = get(other).await;
            assert_eq!(values(&unknown, "access-control-allow-origin"), [""; 0]);
            // A shared cache keeps the responses to both apart.
            for response in [&known, &unknown] {
                assert!(values(response, "vary").iter().any(|names| names.contains("origin")), "{response:?}");
            }
            let preflight = async |origin: &str| {
                let request = Request::new("OPTIONS", path).header("origin", origin);
                let request = request.header("access-control-request-method", "PUT");
                let request = request.header("access-control-request-headers", "authorization,if-match");
                request.send(envoy.address).await
            };
            let known = preflight(origin).await;
            assert_eq!((known.status, values(&known, "access-control-allow-origin")), (204, vec![origin]));
            assert_eq!(values(&known, "access-control-allow-headers"), ["authorization,if-match"], "{known:?}");
            assert_eq!(values(&preflight(other).await, "access-control-allow-origin"), [""; 0]);
        }
    }
}

/// Returns all values of a response header.
fn values<'r>(response: &'r Response, header: &str) -> Vec<&'r str> {
    let headers = response.headers.iter().filter(|(name, _)| name == header);
    headers.map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn requests_that_the_gateway_cannot_read_are_refused_in_the_error_envelope() {
    let server = server().await;
    let envoy = Envoy::start(|_| server.address, |_| ()).await;
    let long = format!("GET /livez HTTP/1.1\r\nhost: a\r\nx-long: {}\r\n\r\n", "x".repeat(100_000));
    for (bytes, status, code) in [
        ("GET /livez HTTP/1.1\r\nhost: a\r\nno header\r\n\r\n", 400, "BAD_REQUEST"),
        ("GET /livez HTTP/1.0\r\nhost: a\r\n\r\n", 426, "CLIENT_ERROR"),
        (long.as_str(), 431, "CLIENT_ERROR"),
    ] {
        let response = send(envoy.address, bytes.as_bytes()).await;
        let body = response.json();
        assert_eq!((response.status, &body["error"]["code"]), (status, &json!(code)), "{response:?}");
        assert!(body["error"]["requestId"].as_str().is_some_and(|id| id.len() == 36), "{response:?}");
    }
}

#[tokio::test]
async fn requests_above_the_limit_of_an_address_are_refused_before_a_service() {
    let server = server().await;
    let envoy = Envoy::start(
        |_| server.address,
        |settings| {
            (settings.limits.requests, settings.limits.burst) = (1, 5);
        },
    )
    .await;
    let live = Request::new("GET", "/livez");
    assert_eq!(live.send(envoy.address).await.status, 200);
    let mut limited = live.send(envoy.address).await;
    for _ in 0..10_000 {
        if limited.status == 429 {
            break;
        }
        limited = live.send(envoy.address).await;
    }
    assert_eq!(limited.status, 429, "{limited:?}");
    assert_eq!(limited.header("retry-after"), "1");
    assert_eq!(Envelopes::new().fault(&live, &limited), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_that_do_not_respond_are_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let absent = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let envoy = Envoy::start(|_| absent, |_| ()).await;
    let unavailable = refused(envoy.address, &Request::new("GET", "/v2/products"), 503).await;
    assert_eq!(unavailable.header("retry-after"), "1");
    // Nothing is known about the token while its keys are unavailable.
    let unknown = refused(envoy.address, &Request::new("GET", "/v2/users").header("authorization", FORGED), 503).await;
    assert_eq!(unknown.header("retry-after"), "1");
    refused(envoy.address, &Request::new("GET", "/v2/users"), 401).await;
    refused(envoy.address, &Request::new("GET", "/nowhere"), 404).await;
    let silent = listener.local_addr().unwrap();
    let second = Envoy::start(
        |_| silent,
        |settings| {
            settings.request_timeout = std::time::Duration::from_millis(1);
        },
    )
    .await;
    refused(second.address, &Request::new("GET", "/v2/products"), 504).await;
}
