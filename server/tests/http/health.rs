//! Health: healthy, degraded, unhealthy, and what a supervisor is told meanwhile.

use std::time::Duration;

use http::Method;
use secrecy::SecretString;
use serde_json::Value;
use server::testing::TestServer;

use crate::envelope::refused;
use crate::support::{Service, body_of};

async fn told(service: &Service, path: &str, status: u16) -> Value {
    let answer = service.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().contains_key("x-request-id"));
    body_of(answer, status).await
}

fn statuses(health: &Value) -> [&str; 4] {
    let check = |name: &str| {
        assert!(health["checks"][name]["latency"].as_u64().is_some_and(|latency| latency <= 1100), "{health}");
        health["checks"][name]["status"].as_str().unwrap()
    };
    [health["status"].as_str().unwrap(), check("database"), check("cache"), check("queue")]
}

#[tokio::test]
async fn all_is_well_when_everything_is_there() {
    let service = Service::start().await;
    for path in ["/health", "/readyz"] {
        let health = told(&service, path, 200).await;
        assert_eq!(statuses(&health), ["healthy"; 4], "{path}");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert!(health["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}

#[tokio::test]
async fn without_redis_the_service_is_degraded_and_takes_traffic() {
    let away = |config: &mut server::platform::config::Config| {
        config.redis.url = SecretString::from("redis://127.0.0.1:1");
    };
    let service = Service::of(TestServer::start_with(away).await);
    let health = told(&service, "/readyz", 200).await;
    assert_eq!(statuses(&health), ["degraded", "healthy", "unhealthy", "unhealthy"]);
    body_of(service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap(), 200).await;
}

#[tokio::test]
async fn without_a_database_traffic_stays_away_and_the_process_lives() {
    let service = Service::start().await;
    service.server.platform.databases.orders.close().await;
    for path in ["/health", "/readyz"] {
        let health = told(&service, path, 503).await;
        assert_eq!(statuses(&health), ["unhealthy", "unhealthy", "healthy", "healthy"], "{path}");
    }
    assert_eq!(told(&service, "/livez", 200).await["status"], "healthy");
}

#[tokio::test]
async fn a_process_about_to_end_wants_no_traffic() {
    let server = TestServer::start_with(|config| config.timeouts.linger = Duration::from_secs(20)).await;
    let service = Service::of(server);
    service.server.platform.shutdown.drain();
    assert_eq!(told(&service, "/readyz", 503).await["status"], "unhealthy");
    told(&service, "/livez", 200).await;
}

#[tokio::test]
async fn health_is_json_or_nothing() {
    let service = Service::start().await;
    for path in ["/health", "/livez", "/readyz"] {
        let ask = |accept| service.request(Method::GET, path).header("accept", accept).send();
        refused(ask("text/html").await.unwrap(), 406, "NOT_ACCEPTABLE").await;
        assert_eq!(ask("text/html, */*;q=0.1").await.unwrap().status(), 200);
        let head = service.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!((head.status().as_u16(), head.text().await.unwrap()), (200, String::new()));
    }
}
