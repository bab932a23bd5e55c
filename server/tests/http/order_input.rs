//! Tests of invalid requests to place and change orders.

use http::Method;
use serde_json::{Value, json};

use crate::envelope::refused;
use crate::orders::{Customer, a_notebook, ordered};
use crate::support::Service;

#[tokio::test]
async fn all_violations_of_a_parameter_and_a_body_are_reported_together() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let body = json!({
        // The first item violates a pattern and a minimum. The second one lacks `sku` and has a wrong type.
        "items": [{ "sku": "no sku", "quantity": 0 }, { "quantity": "2" }],
        "currency": "EUR",
    });
    let request = service.call(&customer.session, Method::POST, &customer.orders()).json(&body);
    let response = request.header("idempotency-key", "not a key").send().await.unwrap();
    let mut refusal = refused(response, 400, "VALIDATION_ERROR").await;
    refusal.fields.sort_unstable();
    let expected = ["Idempotency-Key", "items[0].quantity", "items[0].sku", "items[1].quantity", "items[1].sku"];
    assert_eq!(refusal.fields, expected);
}

#[tokio::test]
async fn all_violations_of_an_order_are_reported_together() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    for (body, named) in [
        (json!({ "items": [], "currency": "EUR" }), vec!["items"]),
        (json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }], "currency": "CHF" }), vec!["currency"]),
        // The body matches neither form. The first violation is for the body itself, and the second one for the
        // field that the closest form requires.
        (json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }] }), vec!["", "currency"]),
        (
            json!({ "items": [{ "sku": "ABC-1", "quantity": 1, "unitPrice": "0.01" }], "currency": "EUR" }),
            vec!["items[0].unitPrice"],
        ),
        (json!({ "fromCart": true, "currency": "EUR" }), vec!["currency"]),
    ] {
        let refusal = refused(customer.order(&service, &body).await, 422, "VALIDATION_ERROR").await;
        assert_eq!(refusal.fields, named, "{body}");
    }
    for body in [json!({}), json!([]), json!(null), json!("fromCart"), json!({ "fromCart": false })] {
        refused(customer.order(&service, &body).await, 422, "VALIDATION_ERROR").await;
    }
}

#[tokio::test]
async fn all_violations_of_a_change_are_reported_together() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let send = |path: &str, body: &Value| service.call(&customer.session, Method::PATCH, path).json(body).send();
    for (body, named) in [
        (json!({}), vec!["version", "status"]),
        (json!({ "version": 0, "status": "lost" }), vec!["status", "version"]),
        (json!({ "version": "1", "status": null }), vec!["status", "version"]),
        (json!({ "version": 1.5, "status": "paid", "total": 0 }), vec!["total", "version"]),
        (json!({ "version": 2_147_483_648_i64, "status": "paid" }), vec!["version"]),
    ] {
        let refusal = refused(send(&path, &body).await.unwrap(), 422, "VALIDATION_ERROR").await;
        assert_eq!(refusal.fields, named, "{body}");
    }
    let refusal = refused(send("/v1/orders/usr_1", &json!({})).await.unwrap(), 400, "VALIDATION_ERROR").await;
    assert_eq!(refusal.fields, ["orderId", "version", "status"]);
}

#[tokio::test]
async fn an_unreadable_body_or_an_unsupported_media_type_is_refused() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let order = a_notebook().to_string();
    for (method, path, valid, limit) in [
        (Method::POST, customer.orders(), order.as_str(), 64 * 1024),
        (Method::PATCH, path.clone(), r#"{"version":1,"status":"cancelled"}"#, 4096),
    ] {
        let send = |media: &'static str, body: String| {
            let request = service.call(&customer.session, method.clone(), &path).header("content-type", media);
            async move { request.body(body).send().await.unwrap() }
        };
        for broken in ["", "{", "{\"items\"}", "\u{1}", "{\"a\":1,}"] {
            refused(send("application/json", broken.to_owned()).await, 400, "BAD_REQUEST").await;
        }
        refused(send("application/xml", valid.to_owned()).await, 415, "UNSUPPORTED_MEDIA_TYPE").await;
        refused(send("application/json", " ".repeat(limit + 1)).await, 413, "PAYLOAD_TOO_LARGE").await;
        let request = service.call(&customer.session, method.clone(), &path).header("accept", "text/csv");
        let request = request.header("content-type", "application/json").body(valid.to_owned());
        refused(request.send().await.unwrap(), 406, "NOT_ACCEPTABLE").await;
    }
    for path in [customer.orders(), "/v1/orders".to_owned(), path.clone(), format!("{path}/items")] {
        let request = service.call(&customer.session, Method::GET, &path).header("accept", "text/csv");
        refused(request.send().await.unwrap(), 406, "NOT_ACCEPTABLE").await;
    }
}

#[tokio::test]
async fn orders_require_a_valid_token() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let calls = [
        (Method::GET, customer.orders()),
        (Method::POST, customer.orders()),
        (Method::GET, "/v1/orders".to_owned()),
        (Method::GET, path.clone()),
        (Method::PATCH, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::GET, format!("{path}/items")),
    ];
    for (method, path) in calls {
        refused(service.request(method.clone(), &path).send().await.unwrap(), 401, "UNAUTHORIZED").await;
        let forged = format!("{}x", customer.session.access);
        let response = service.request(method.clone(), &path).bearer_auth(forged).send().await.unwrap();
        assert!(response.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
        refused(response, 401, "UNAUTHORIZED").await;
    }
}

#[tokio::test]
async fn a_caller_can_place_30_orders_per_minute() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let mut response = customer.order(&service, &json!({})).await;
    for _ in 0..40 {
        if response.status() == 429 {
            break;
        }
        response = customer.order(&service, &json!({})).await;
    }
    assert_eq!(response.headers()["x-ratelimit-limit"], "30");
    let refusal = refused(response, 429, "RATE_LIMITED").await;
    // The next request is allowed after two seconds, because the bucket is refilled continuously.
    assert!(["1", "2"].contains(&refusal.headers["retry-after"].to_str().unwrap()));
}
