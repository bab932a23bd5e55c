//! What is sent to make and change orders, and is not what the contract asks for.

use http::Method;
use serde_json::{Value, json};

use crate::envelope::refused;
use crate::orders::{Customer, a_notebook, ordered};
use crate::support::Service;

#[tokio::test]
async fn a_parameter_and_a_body_are_wrong_in_five_ways_and_told_of_all_at_once() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let body = json!({
        // Broken pattern and minimum; missing sku and wrong type.
        "items": [{ "sku": "no sku", "quantity": 0 }, { "quantity": "2" }],
        "currency": "EUR",
    });
    let request = service.call(&customer.session, Method::POST, &customer.orders()).json(&body);
    let answer = request.header("idempotency-key", "not a key").send().await.unwrap();
    let mut refusal = refused(answer, 400, "VALIDATION_ERROR").await;
    refusal.fields.sort_unstable();
    let expected = ["Idempotency-Key", "items[0].quantity", "items[0].sku", "items[1].quantity", "items[1].sku"];
    assert_eq!(refusal.fields, expected);
}

#[tokio::test]
async fn everything_that_is_wrong_with_an_order_is_named_at_once() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    for (body, named) in [
        (json!({ "items": [], "currency": "EUR" }), vec!["items"]),
        (json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }], "currency": "CHF" }), vec!["currency"]),
        // Neither form: that is said of the whole, and then what the nearest one lacks.
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
async fn everything_that_is_wrong_with_a_change_is_named_at_once() {
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
async fn what_cannot_be_read_or_answered_is_refused_before_anything_happens() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let path = ordered(&service, &customer).await;
    let of_items = a_notebook().to_string();
    for (method, path, good, limit) in [
        (Method::POST, customer.orders(), of_items.as_str(), 64 * 1024),
        (Method::PATCH, path.clone(), r#"{"version":1,"status":"cancelled"}"#, 4096),
    ] {
        let send = |media: &'static str, body: String| {
            let request = service.call(&customer.session, method.clone(), &path).header("content-type", media);
            async move { request.body(body).send().await.unwrap() }
        };
        for broken in ["", "{", "{\"items\"}", "\u{1}", "{\"a\":1,}"] {
            refused(send("application/json", broken.to_owned()).await, 400, "BAD_REQUEST").await;
        }
        refused(send("application/xml", good.to_owned()).await, 415, "UNSUPPORTED_MEDIA_TYPE").await;
        refused(send("application/json", " ".repeat(limit + 1)).await, 413, "PAYLOAD_TOO_LARGE").await;
        let request = service.call(&customer.session, method.clone(), &path).header("accept", "text/csv");
        let request = request.header("content-type", "application/json").body(good.to_owned());
        refused(request.send().await.unwrap(), 406, "NOT_ACCEPTABLE").await;
    }
    for path in [customer.orders(), "/v1/orders".to_owned(), path.clone(), format!("{path}/items")] {
        let request = service.call(&customer.session, Method::GET, &path).header("accept", "text/csv");
        refused(request.send().await.unwrap(), 406, "NOT_ACCEPTABLE").await;
    }
}

#[tokio::test]
async fn orders_need_a_token_that_is_good() {
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
        let answer = service.request(method.clone(), &path).bearer_auth(forged).send().await.unwrap();
        assert!(answer.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
        refused(answer, 401, "UNAUTHORIZED").await;
    }
}

#[tokio::test]
async fn a_caller_has_30_orders_a_minute() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let mut answer = customer.order(&service, &json!({})).await;
    for _ in 0..40 {
        if answer.status() == 429 {
            break;
        }
        answer = customer.order(&service, &json!({})).await;
    }
    assert_eq!(answer.headers()["x-ratelimit-limit"], "30");
    let refusal = refused(answer, 429, "RATE_LIMITED").await;
    // The next one is due after two seconds, and not after the whole minute.
    assert!(["1", "2"].contains(&refusal.headers["retry-after"].to_str().unwrap()));
}
