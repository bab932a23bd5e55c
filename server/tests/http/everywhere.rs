//! Tests of the refusals and limits that all operations share, and of the routes outside the contract.

use generated::v1::operations;
use http::Method;
use serde_json::{Value, json};
use writ_platform::testing::Sweep;

use crate::envelope::refused;
use crate::orders::{Customer, NO_ORDER, a_notebook};
use crate::support::{PASSWORD, Service};

#[tokio::test]
async fn an_unknown_path_is_refused_in_the_error_envelope() {
    let service = Service::start().await;
    for path in ["/", "/nowhere", "/v1", "/v1/", "/v1/products/", "/v1/products/ABC-1/", "/v3/users", "/docs/nowhere"] {
        let response = service.request(Method::GET, path).send().await.unwrap();
        assert!(refused(response, 404, "NOT_FOUND").await.fields.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_unsupported_method_is_refused_with_the_supported_ones() {
    let service = Service::start().await;
    for (path, allowed) in [
        ("/v1/products", "GET, HEAD, OPTIONS"),
        ("/v1/orders/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/users/x/cart", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/livez", "GET, HEAD, OPTIONS"),
    ] {
        let response = service.request(Method::POST, path).send().await.unwrap();
        assert_eq!(response.headers()["allow"], allowed, "{path}");
        refused(response, 405, "METHOD_NOT_ALLOWED").await;
    }
    let response = service.request(Method::POST, "/openapi.json").send().await.unwrap();
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    refused(response, 405, "METHOD_NOT_ALLOWED").await;
}

#[tokio::test]
async fn a_valid_request_id_of_the_caller_is_used() {
    let service = Service::start().await;
    let send =
        |path: &'static str, id: &'static str| service.request(Method::GET, path).header("x-request-id", id).send();
    for path in ["/livez", "/v1/products", "/openapi.yaml", "/docs/", "/nowhere"] {
        assert_eq!(send(path, "trace-1.a_B").await.unwrap().headers()["x-request-id"], "trace-1.a_B", "{path}");
        let other = send(path, "\"><script>").await.unwrap();
        assert_eq!(other.headers()["x-request-id"].len(), 36, "{path}");
    }
}

#[tokio::test]
async fn an_unavailable_database_is_a_503_without_the_cause() {
    let service = Service::start().await;
    service.server.service.orders.close().await;
    let response = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(
        refused(response, 503, "SERVICE_UNAVAILABLE").await.message,
        "the service is temporarily unavailable; try again later"
    );
}

#[tokio::test]
async fn an_internal_error_is_a_500_without_the_cause() {
    let service = Service::start().await;
    let pool = &service.server.service.orders;
    sqlx::query("ALTER TABLE products RENAME TO hidden").execute(pool).await.unwrap();
    let response = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(refused(response, 500, "INTERNAL_ERROR").await.message, "an internal error occurred");
}

#[tokio::test]
async fn the_contract_and_its_page_are_served() {
    let service = Service::start().await;
    let fetch = |path: &'static str| service.request(Method::GET, path).send();
    let json = fetch("/openapi.json").await.unwrap();
    assert_eq!(json.headers()["content-type"], "application/json");
    let contract: Value = json.json().await.unwrap();
    assert_eq!(contract["paths"]["/v1/orders/{orderId}"]["patch"]["operationId"], "updateOrder");
    let yaml = fetch("/openapi.yaml").await.unwrap();
    assert_eq!(yaml.headers()["content-type"], "application/yaml");
    assert!(yaml.text().await.unwrap().contains("operationId: updateOrder"));
    assert_eq!(fetch("/docs/").await.unwrap().status(), 200);
}

/// Returns a sweep of all operations by an administrator, with the account of a customer.
async fn sweep(service: &Service) -> Sweep {
    let customer = Customer::new(service, "user@example.com").await;
    let user = json!({ "email": "user@example.com", "name": "New Name", "role": "user" });
    Sweep::new(&service.server, operations::ALL)
        .credential("bearer", &service.admin().await.access)
        .value("userId", &customer.id)
        .value("orderId", NO_ORDER.trim_start_matches("/v1/orders/"))
        .value("sku", "ABC-1")
        .body("replaceUser", user.clone())
        .body("updateUser", user)
        .body("changePassword", json!({ "current": PASSWORD, "new": "incorrect horse battery staple" }))
        .body("replaceCart", json!({ "items": [] }))
        .body("createOrder", a_notebook())
        .body("updateOrder", json!({ "version": 1, "status": "cancelled" }))
}

#[tokio::test]
async fn every_operation_with_security_requires_credentials() {
    let service = Service::start().await;
    sweep(&service).await.requires_credentials().await;
}

#[tokio::test]
async fn every_operation_refuses_requests_that_it_does_not_declare() {
    let service = Service::start().await;
    let sweep = sweep(&service).await;
    sweep.refuses_other_methods().await;
    sweep.refuses_invalid_path_parameters().await;
    sweep.refuses_unreadable_bodies().await;
    sweep.refuses_other_media_types().await;
    sweep.requires_preconditions().await;
}

#[tokio::test]
async fn every_operation_has_its_declared_rate_limit() {
    let service = Service::start().await;
    sweep(&service).await.limits_requests().await;
}

#[tokio::test]
async fn every_operation_is_a_503_without_a_database() {
    let service = Service::start().await;
    let sweep = sweep(&service).await;
    service.server.service.orders.close().await;
    sweep.of_tags(&["products", "carts", "orders"]).is_unavailable().await;
}
