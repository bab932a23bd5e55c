//! Tests of the layers around the application: security headers, CORS, metrics, migrations and start.

#![allow(clippy::unwrap_used, reason = "a test fails if an operation fails")]

mod support;

use http::Method;
use server::testing::{self, TestDatabase};
use sqlx::migrate::Migrator;
use support::Service;
use writ_platform::Database;

#[tokio::test]
async fn every_response_has_security_headers() {
    let service = Service::start().await;
    let response = service.request(Method::GET, "/nowhere").send().await.unwrap();
    let headers = response.headers();
    assert_eq!(response.status(), 404);
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    assert_eq!(headers["cache-control"], "no-store");
    assert!(!headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn every_response_asks_browsers_for_tls_in_production() {
    let service = Service::start_with(|settings| settings.set("WRIT_HSTS", "365d")).await;
    for (path, status) in [("/nowhere", 404), ("/v1/products", 200), ("/v1/users", 401)] {
        let response = service.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000; includeSubDomains", "{path}");
    }
}

#[tokio::test]
async fn a_large_response_is_compressed() {
    let service = Service::start().await;
    let request = service.request(Method::GET, "/openapi.json").header("accept-encoding", "gzip");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert_eq!(response.headers()["vary"], "accept-encoding");
    assert!(response.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
}

#[tokio::test]
async fn the_weak_tag_of_a_compressed_response_names_the_version_in_every_condition() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let path = format!("/v1/users/{}", user["id"].as_str().unwrap());
    let change = |tag: &str| {
        let request = service.call(&session, Method::PATCH, &path).header("if-match", tag);
        request.json(&serde_json::json!({ "name": "New Name" })).send()
    };
    assert_eq!(change("W/\"7\"").await.unwrap().status(), 412);
    assert_eq!(change("W/\"1\"").await.unwrap().status(), 200);
    let known = service.call(&session, Method::GET, &path).header("if-none-match", "W/\"2\"").send().await.unwrap();
    assert_eq!(known.status(), 304);
    assert!(known.headers().get_all("vary").iter().any(|value| value == "accept-encoding"));
}

#[tokio::test]
async fn pages_of_configured_origins_can_send_requests() {
    let origin = "https://app.example.com";
    let service = Service::start_with(|settings| settings.set("WRIT_CORS_ORIGINS", origin)).await;
    let preflight = |from: &'static str| {
        service
            .request(Method::OPTIONS, "/v1/users")
            .header("origin", from)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .send()
    };
    let allowed = preflight(origin).await.unwrap();
    assert_eq!(allowed.headers()["access-control-allow-origin"], origin);
    assert!(!allowed.headers().contains_key("access-control-allow-credentials"));
    let refused = preflight("https://example.org").await.unwrap();
    assert!(!refused.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_second_server_on_the_same_database_starts_too() {
    let first = testing::start().await;
    first.platform.prepare().await.unwrap();
}

#[tokio::test]
async fn a_closed_administrator_stays_closed_after_a_restart() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let page = service.call(&admin, Method::GET, "/v1/users?role=admin").send().await.unwrap();
    let page = support::body_of(page, 200).await;
    let path = format!("/v1/users/{}", page["data"][0]["id"].as_str().unwrap());
    let close = service.call(&admin, Method::DELETE, &path).header("if-match", "\"1\"").send().await.unwrap();
    assert_eq!(close.status(), 204);
    service.server.of("users").platform.prepare().await.unwrap();
    let login = serde_json::json!({ "email": "admin@example.com", "password": testing::ADMIN_PASSWORD });
    let login = service.request(Method::POST, "/v1/auth/login").json(&login).send().await.unwrap();
    assert_eq!(login.status(), 401);
}

#[tokio::test]
async fn metrics_are_served_only_on_their_own_port() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let metrics = free.local_addr().unwrap();
    drop(free);
    let service = Service::start_with(|settings| settings.set("WRIT_METRICS_BIND", &metrics.to_string())).await;
    service.request(Method::GET, "/nowhere").send().await.unwrap();
    let text = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
    assert!(
        text.contains(r#"operation="unknown",http_route="",http_request_method="GET",http_response_status_code="404""#),
        "{text}"
    );
    let tasks =
        text.lines().find(|line| line.starts_with("writ_alive_tasks{")).and_then(|line| line.rsplit(' ').next());
    assert!(tasks.unwrap().parse::<u64>().unwrap() > 1, "{text}");
    assert_eq!(service.request(Method::GET, "/metrics").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn the_idempotency_records_of_an_older_server_move_to_the_table_of_the_platform() {
    let older: Vec<_> = server::ORDERS.migrations.iter().take(3).cloned().collect();
    let older: &Migrator = Box::leak(Box::new(Migrator::with_migrations(older)));
    let database = TestDatabase::migrated(&Database::new("orders", older)).await;
    let insert =
        "INSERT INTO idempotency_keys (principal, operation, key, request_hash, status, headers, body, expires_at)
                  VALUES ('ada', 'createOrder', 'k', sha256('request'), 201, '[]', 'order', now() + interval '1 hour')";
    sqlx::query(insert).execute(&database.pool).await.unwrap();
    let pool = database.migrate(&server::ORDERS).await;
    let moved: Vec<(String, String, i16)> =
        sqlx::query_as("SELECT service, principal, status FROM writ.idempotency_keys").fetch_all(&pool).await.unwrap();
    assert_eq!(moved, [("orders".to_owned(), "ada".to_owned(), 201)]);
    sqlx::query("SELECT FROM idempotency_keys").execute(&pool).await.unwrap_err();
}

#[tokio::test]
async fn the_public_keys_of_access_tokens_are_published() {
    let service = Service::start().await;
    let response = service.request(Method::GET, "/.well-known/jwks.json").send().await.unwrap();
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    let set: serde_json::Value = response.json().await.unwrap();
    assert_eq!(set["keys"][0]["alg"], "EdDSA");
    assert_eq!(set["keys"].as_array().unwrap().len(), 1);
}
