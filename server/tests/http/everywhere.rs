//! Tests of the refusals and limits that all operations share, and of the routes outside the contract.

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};

use crate::envelope::refused;
use crate::orders::{Customer, NO_ORDER, a_notebook};
use crate::support::{Service, Session};

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

/// Returns every operation on the carts and orders of a customer, with its rate limit in requests per minute.
fn calls(customer: &Customer) -> Vec<(Method, String, Value, usize)> {
    let cart = format!("/v1/users/{}/cart", customer.id);
    let order = NO_ORDER.to_owned();
    vec![
        (Method::GET, cart.clone(), Value::Null, 100),
        (Method::PUT, cart.clone(), json!({ "items": [] }), 60),
        (Method::DELETE, cart, Value::Null, 60),
        (Method::GET, customer.orders(), Value::Null, 100),
        (Method::POST, customer.orders(), a_notebook(), 30),
        (Method::GET, "/v1/orders".to_owned(), Value::Null, 100),
        (Method::GET, order.clone(), Value::Null, 100),
        (Method::PATCH, order.clone(), json!({ "version": 1, "status": "cancelled" }), 30),
        (Method::DELETE, order.clone(), Value::Null, 30),
        (Method::GET, format!("{order}/items"), Value::Null, 100),
    ]
}

async fn call(service: &Service, session: &Session, method: &Method, path: &str, body: &Value) -> Response {
    let request = service.call(session, method.clone(), path);
    let request = if body.is_null() { request } else { request.json(body) };
    request.send().await.unwrap()
}

#[tokio::test]
async fn every_operation_has_its_declared_rate_limit() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    for (method, path, body, limit) in calls(&customer) {
        let mut accepted = 0;
        let refusal = loop {
            let response = call(&service, &customer.session, &method, &path, &body).await;
            if response.status() == 429 {
                break response;
            }
            accepted += 1;
            // The bucket is refilled while the requests are sent, so more requests than the limit can be
            // accepted.
            assert!(accepted < 2 * limit, "{method} {path}");
        };
        assert!(accepted >= limit, "{method} {path}: {accepted}");
        assert_eq!(refusal.headers()["x-ratelimit-limit"], limit.to_string());
        refused(refusal, 429, "RATE_LIMITED").await;
    }
}

#[tokio::test]
async fn every_operation_is_a_503_without_a_database() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    service.server.service.orders.close().await;
    for (method, path, body, _) in calls(&customer) {
        let response = call(&service, &customer.session, &method, &path, &body).await;
        assert_eq!(response.headers()["retry-after"], "1", "{method} {path}");
        refused(response, 503, "SERVICE_UNAVAILABLE").await;
    }
}

#[tokio::test]
async fn every_operation_reports_an_invalid_id() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    for (method, path, body, _) in calls(&customer) {
        let wrong = path.replace(&customer.id, "usr_8").replace(NO_ORDER, "/v1/orders/usr_01kf0fv2e0fabr24pa3eywnyp2");
        if wrong == path {
            continue;
        }
        let refusal =
            refused(call(&service, &customer.session, &method, &wrong, &body).await, 400, "VALIDATION_ERROR").await;
        let parameter = if wrong.contains("users") { "userId" } else { "orderId" };
        assert!(refusal.fields.iter().all(|field| field == parameter), "{method} {wrong}: {:?}", refusal.fields);
    }
}
