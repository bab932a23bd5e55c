//! Tests of the health checks.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use crate::envelope::refused;
use crate::support::{Service, body_of};

async fn check(service: &Service, path: &str, status: u16) -> Value {
    let response = service.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers().contains_key("x-request-id"));
    body_of(response, status).await
}

fn statuses(health: &Value) -> [&str; 4] {
    let check = |name: &str| {
        assert!(health["checks"][name]["latency"].as_u64().is_some_and(|latency| latency <= 1100), "{health}");
        health["checks"][name]["status"].as_str().unwrap()
    };
    [health["status"].as_str().unwrap(), check("database"), check("cache"), check("queue")]
}

#[tokio::test]
async fn the_service_is_healthy_with_all_dependencies() {
    let service = Service::start().await;
    for path in ["/health", "/readyz"] {
        let health = check(&service, path, 200).await;
        assert_eq!(statuses(&health), ["healthy", "up", "up", "up"], "{path}");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert!(health["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}

#[tokio::test]
async fn the_service_is_degraded_and_accepts_requests_without_redis() {
    let service = Service::start_with(|settings| settings.set("REDIS_URL", "redis://127.0.0.1:1")).await;
    let health = check(&service, "/readyz", 200).await;
    assert_eq!(statuses(&health), ["degraded", "up", "down", "down"]);
    body_of(service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn the_service_is_unhealthy_but_alive_without_a_database() {
    let service = Service::start().await;
    // With a server for each service, health checks are those of `users`.
    service.users().close().await;
    service.orders().close().await;
    for path in ["/health", "/readyz"] {
        let health = check(&service, path, 503).await;
        assert_eq!(statuses(&health), ["unhealthy", "down", "up", "up"], "{path}");
    }
    assert_eq!(check(&service, "/livez", 200).await["status"], "healthy");
}

#[tokio::test]
async fn the_service_is_ready_while_requests_use_all_connections_to_the_database() {
    let service = Service::start().await;
    let mut used = Vec::new();
    for pool in [service.users(), service.orders()] {
        for _ in 0..pool.options().get_max_connections() {
            used.push(pool.acquire().await.unwrap());
        }
    }
    let health = tokio::time::timeout(Duration::from_secs(1), check(&service, "/readyz", 200)).await.unwrap();
    assert_eq!(statuses(&health), ["healthy", "up", "up", "up"]);
    drop(used);
}

#[tokio::test]
async fn the_service_is_not_ready_during_shutdown() {
    let service = Service::start_with(|settings| settings.set("WRIT_LINGER", "20s")).await;
    service.server.platforms().iter().for_each(|platform| platform.shutdown().drain());
    assert_eq!(check(&service, "/readyz", 503).await["status"], "unhealthy");
    check(&service, "/livez", 200).await;
}

#[tokio::test]
async fn health_checks_respond_only_with_json() {
    let service = Service::start().await;
    for path in ["/health", "/livez", "/readyz"] {
        let send = |accept| service.request(Method::GET, path).header("accept", accept).send();
        refused(send("text/html").await.unwrap(), 406, "NOT_ACCEPTABLE").await;
        assert_eq!(send("text/html, */*;q=0.1").await.unwrap().status(), 200);
        let head = service.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!((head.status().as_u16(), head.text().await.unwrap()), (200, String::new()));
    }
}
