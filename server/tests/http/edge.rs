//! Tests of the violations that the request pipeline reports, for all operations with a body.

use generated::v1::operations;
use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use writ_runtime::Operation;

use crate::envelope::refused;
use crate::everywhere::NO_WEBHOOK;
use crate::orders::NO_ORDER;
use crate::support::{Service, Session};

/// An operation with a body.
struct Case {
    operation: &'static Operation,
    method: Method,
    path: String,
    /// A body that can be parsed, and its invalid fields.
    wrong: (Value, &'static [&'static str]),
    /// True if the operation requires `If-Match`.
    conditional: bool,
}

/// Returns the operations with a body. An operation that the contract adds needs an invalid body here.
fn cases(user: &Value) -> Vec<Case> {
    let id = user["id"].as_str().unwrap();
    let case = |operation: &'static Operation| Case {
        operation,
        method: operation.method.as_str().parse().unwrap(),
        path: operation
            .path
            .replace("{userId}", id)
            .replace("/v1/orders/{orderId}", NO_ORDER)
            .replace("{webhookId}", NO_WEBHOOK),
        wrong: invalid_body(operation.id),
        conditional: operation.declares(428),
    };
    operations::ALL.iter().copied().filter(|operation| operation.body.is_some()).map(case).collect()
}

/// Returns a body of an operation that can be parsed, and its invalid fields.
fn invalid_body(operation: &str) -> (Value, &'static [&'static str]) {
    match operation {
        "login" => (json!({ "email": "nobody", "password": "" }), &["email", "password"]),
        "refresh" | "logout" => (json!({ "refreshToken": 1, "more": 2 }), &["more", "refreshToken"]),
        "createUser" => (json!({ "email": 1, "name": " x" }), &["email", "name", "password"]),
        "replaceUser" => (json!({ "name": " x", "role": "root" }), &["name", "role", "email"]),
        "updateUser" => (json!({ "id": 1, "name": null, "role": null }), &["id", "name", "role"]),
        "changePassword" => (json!({ "current": "", "new": "short" }), &["current", "new"]),
        "replaceCart" => {
            (json!({ "items": [{ "sku": "no sku", "quantity": 0 }] }), &["items[0].quantity", "items[0].sku"])
        }
        "createOrder" => (json!({ "items": [], "currency": "EUR" }), &["items"]),
        "updateOrder" => (json!({ "version": 0, "status": "lost" }), &["status", "version"]),
        "createWebhook" => (
            json!({ "description": 1, "eventTypes": ["order.lost"], "url": 2 }),
            &["description", "eventTypes[0]", "url"],
        ),
        "updateWebhook" => (json!({ "more": 1, "status": "gone" }), &["more", "status"]),
        other => panic!("`{other}` has no invalid body"),
    }
}

/// Returns a request with valid credentials and `If-Match`, so that only its body can be refused.
fn request(service: &Service, session: &Session, case: &Case) -> RequestBuilder {
    let request = match case.operation.security.is_empty() {
        true => service.request(case.method.clone(), &case.path),
        false => service.call(session, case.method.clone(), &case.path),
    };
    if case.conditional { request.header("if-match", r#""1""#) } else { request }
}

async fn start() -> (Service, Session, Vec<Case>) {
    let service = Service::start().await;
    let (_, user) = service.user("user@example.com").await;
    let admin = service.admin().await;
    (service, admin, cases(&user))
}

#[tokio::test]
async fn all_violations_of_a_body_are_reported_together() {
    let (service, admin, cases) = start().await;
    for case in &cases {
        let response = request(&service, &admin, case).json(&case.wrong.0).send().await.unwrap();
        let error = refused(response, 422, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, case.wrong.1, "{}", case.operation.id);
    }
}

#[tokio::test]
async fn all_violations_of_parameters_and_body_are_reported_together() {
    let (service, admin, cases) = start().await;
    for case in cases.iter().filter(|case| case.conditional) {
        let path = "/v1/users/usr_1";
        let response = service.call(&admin, case.method.clone(), path).header("if-match", "1").json(&case.wrong.0);
        let error = refused(response.send().await.unwrap(), 400, "VALIDATION_ERROR").await;
        let expected: Vec<&str> = ["userId", "If-Match"].iter().chain(case.wrong.1).copied().collect();
        assert_eq!(error.fields, expected, "{}", case.operation.id);
    }
    let response = service.call(&admin, Method::DELETE, "/v1/users/usr_1").header("if-match", "1").send();
    assert_eq!(refused(response.await.unwrap(), 400, "VALIDATION_ERROR").await.fields, ["userId", "If-Match"]);
    for (path, expected) in [
        ("/v1/users/usr_1?fields=password,id,salt", vec!["userId", "fields[0]", "fields[2]"]),
        (
            "/v1/users?page=0&limit=101&role=root&sort=age,-name&createdAfter=today&fields=",
            vec!["limit", "page", "role", "createdAfter", "sort[0]", "fields"],
        ),
        ("/v1/users?page=1&cursor=AAAA", vec!["cursor"]),
    ] {
        let response = service.call(&admin, Method::GET, path).send().await.unwrap();
        let error = refused(response, 400, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, expected, "{path}");
    }
}
