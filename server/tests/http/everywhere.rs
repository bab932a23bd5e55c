//! Whoever refuses, router, edge, gate, handler or what is beside them, it is done in one shape.

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};

use crate::envelope::refused;
use crate::orders::{Customer, NO_ORDER, a_notebook};
use crate::support::{Service, Session};

#[tokio::test]
async fn what_is_nowhere_is_refused_like_everything_else() {
    let service = Service::start().await;
    for path in ["/", "/nowhere", "/v1", "/v1/", "/v1/products/", "/v1/products/ABC-1/", "/v3/users", "/docs/nowhere"] {
        let answer = service.request(Method::GET, path).send().await.unwrap();
        assert!(refused(answer, 404, "NOT_FOUND").await.fields.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn another_method_is_told_which_there_are() {
    let service = Service::start().await;
    for (path, allowed) in [
        ("/v1/products", "GET, HEAD, OPTIONS"),
        ("/v1/orders/x", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/v1/users/x/cart", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("/livez", "GET, HEAD, OPTIONS"),
    ] {
        let answer = service.request(Method::POST, path).send().await.unwrap();
        assert_eq!(answer.headers()["allow"], allowed, "{path}");
        refused(answer, 405, "METHOD_NOT_ALLOWED").await;
    }
    let answer = service.request(Method::POST, "/openapi.json").send().await.unwrap();
    assert_eq!(answer.headers()["allow"], "GET,HEAD");
    refused(answer, 405, "METHOD_NOT_ALLOWED").await;
}

#[tokio::test]
async fn a_request_is_named_as_its_caller_named_it() {
    let service = Service::start().await;
    let named =
        |path: &'static str, id: &'static str| service.request(Method::GET, path).header("x-request-id", id).send();
    for path in ["/livez", "/v1/products", "/openapi.yaml", "/docs/", "/nowhere"] {
        assert_eq!(named(path, "trace-1.a_B").await.unwrap().headers()["x-request-id"], "trace-1.a_B", "{path}");
        let other = named(path, "\"><script>").await.unwrap();
        assert_eq!(other.headers()["x-request-id"].len(), 36, "{path}");
    }
}

#[tokio::test]
async fn a_database_that_is_away_is_a_503_with_no_word_of_why() {
    let service = Service::start().await;
    service.server.platform.databases.orders.close().await;
    let answer = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(refused(answer, 503, "SERVICE_UNAVAILABLE").await.message, "the service is not available now");
}

#[tokio::test]
async fn a_fault_of_ours_is_a_500_with_no_word_of_why() {
    let service = Service::start().await;
    let pool = &service.server.platform.databases.orders;
    sqlx::query("ALTER TABLE products RENAME TO hidden").execute(pool).await.unwrap();
    let answer = service.request(Method::GET, "/v1/products/ABC-1").send().await.unwrap();
    assert_eq!(refused(answer, 500, "INTERNAL_ERROR").await.message, "an internal error occurred");
}

#[tokio::test]
async fn the_contract_and_a_page_on_it_are_served() {
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

/// Every operation on carts and orders of a customer that may be called: with its limit a minute.
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
async fn every_operation_ends_at_its_own_limit() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    for (method, path, body, limit) in calls(&customer) {
        let mut let_in = 0;
        let refused_at_last = loop {
            let answer = call(&service, &customer.session, &method, &path, &body).await;
            if answer.status() == 429 {
                break answer;
            }
            let_in += 1;
            // A bucket fills while it is emptied.
            assert!(let_in < 2 * limit, "{method} {path}");
        };
        assert!(let_in >= limit, "{method} {path}: {let_in}");
        assert_eq!(refused_at_last.headers()["x-ratelimit-limit"], limit.to_string());
        refused(refused_at_last, 429, "RATE_LIMITED").await;
    }
}

#[tokio::test]
async fn every_operation_says_when_the_database_is_away() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    service.server.platform.databases.orders.close().await;
    for (method, path, body, _) in calls(&customer) {
        let answer = call(&service, &customer.session, &method, &path, &body).await;
        assert_eq!(answer.headers()["retry-after"], "1", "{method} {path}");
        refused(answer, 503, "SERVICE_UNAVAILABLE").await;
    }
}

#[tokio::test]
async fn every_operation_names_an_id_that_is_none() {
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
