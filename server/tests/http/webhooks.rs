//! Tests of webhook endpoints: their registration, and the delivery of events to them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use http::{HeaderMap, Method};
use serde_json::{Value, json};

use crate::customers::eventually;
use crate::envelope::refused;
use crate::support::{Service, Session, body_of};

/// The webhooks that an endpoint has received: each with its headers and its body.
type Received = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

/// Starts an endpoint that accepts every webhook, and returns its URL.
async fn endpoint() -> (String, Received) {
    async fn receive(State(received): State<Received>, headers: HeaderMap, body: String) {
        let body = serde_json::from_str(&body).unwrap();
        received.lock().unwrap().push((headers, body));
    }
    let received = Received::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let router = Router::new().fallback(receive).with_state(received.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, received)
}

async fn start() -> Service {
    let local = |settings: &mut writ_platform::config::Source| settings.set("WRIT_WEBHOOK_NETWORKS", "127.0.0.1/32");
    Service::start_with(local).await
}

async fn register(service: &Service, admin: &Session, body: &Value) -> reqwest::Response {
    service.call(admin, Method::POST, "/v1/webhooks").json(body).send().await.unwrap()
}

async fn get(service: &Service, session: &Session, path: &str) -> reqwest::Response {
    service.call(session, Method::GET, path).send().await.unwrap()
}

#[tokio::test]
async fn an_endpoint_is_registered_changed_and_deleted_and_its_secret_is_shown_once() {
    let service = start().await;
    let admin = service.admin().await;
    let body = json!({ "url": "https://hooks.example.com/shop", "description": "Accounting", "eventTypes": ["order.created"] });
    let response = register(&service, &admin, &body).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let path = response.headers()["location"].to_str().unwrap().to_owned();
    let registered = body_of(response, 201).await;
    let (webhook, secret) = (&registered["webhook"], registered["secret"].as_str().unwrap());
    assert_eq!(path, format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap()));
    assert!(secret.starts_with("whsec_"), "{registered}");
    assert_eq!((&webhook["url"], &webhook["status"]), (&body["url"], &json!("enabled")));
    assert_eq!((&webhook["description"], &webhook["eventTypes"]), (&body["description"], &body["eventTypes"]));
    assert_eq!(body_of(get(&service, &admin, &path).await, 200).await, *webhook);
    assert_eq!(body_of(get(&service, &admin, "/v1/webhooks").await, 200).await, json!({ "data": [webhook] }));

    for status in ["disabled", "enabled"] {
        let change =
            service.call(&admin, Method::PATCH, &path).json(&json!({ "status": status })).send().await.unwrap();
        let changed = body_of(change, 200).await;
        assert_eq!(changed["status"], status);
        assert_eq!(changed.get("disabledReason").is_some(), status == "disabled", "{changed}");
    }
    let rotate = service.call(&admin, Method::POST, &format!("{path}/secret")).send().await.unwrap();
    assert_eq!(rotate.headers()["cache-control"], "no-store");
    let rotated = body_of(rotate, 200).await;
    assert!(rotated["secret"].as_str().unwrap().starts_with("whsec_") && rotated["secret"] != secret);

    let delete = || async { service.call(&admin, Method::DELETE, &path).send().await.unwrap() };
    body_of(delete().await, 204).await;
    refused(delete().await, 404, "NOT_FOUND").await;
    refused(get(&service, &admin, &path).await, 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn an_endpoint_with_an_unsafe_url_is_refused_and_so_are_callers_without_the_scope() {
    let service = start().await;
    let admin = service.admin().await;
    for url in [
        "https://10.0.0.1/",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://user:sesame@hooks.example.com/",
        "ftp://hooks.example.com/",
    ] {
        let error = refused(register(&service, &admin, &json!({ "url": url })).await, 422, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, ["url"], "{url}");
    }
    let internal = json!({ "url": "https://hooks.example.com/", "eventTypes": ["session.revoked"] });
    refused(register(&service, &admin, &internal).await, 422, "VALIDATION_ERROR").await;
    let (user, _) = service.user("user@example.com").await;
    refused(register(&service, &user, &json!({ "url": "https://hooks.example.com/" })).await, 403, "FORBIDDEN").await;
}

#[tokio::test]
async fn the_events_of_users_and_orders_are_delivered_to_an_endpoint() {
    let service = start().await;
    let admin = service.admin().await;
    let (url, received) = endpoint().await;
    body_of(register(&service, &admin, &json!({ "url": url })).await, 201).await;
    let (user, profile) = service.user("user@example.com").await;
    let orders = format!("/v1/users/{}/orders", profile["id"].as_str().unwrap());
    let order = json!({ "items": [{ "sku": "ABC-1", "quantity": 2 }], "currency": "EUR" });
    let place = service.call(&user, Method::POST, &orders).header("Idempotency-Key", "one").json(&order);
    let order = body_of(place.send().await.unwrap(), 201).await;
    let pay = json!({ "version": 1, "status": "paid" });
    let path = format!("/v1/orders/{}", order["id"].as_str().unwrap());
    body_of(service.call(&admin, Method::PATCH, &path).json(&pay).send().await.unwrap(), 200).await;

    let of_type = |name: &str| received.lock().unwrap().iter().find(|(_, body)| body["type"] == name).cloned();
    eventually(async || of_type("order.status_changed").is_some() && of_type("user.registered").is_some()).await;
    let (headers, created) = of_type("order.created").unwrap();
    assert_eq!(headers["webhook-id"].to_str().unwrap(), created["id"].as_str().unwrap());
    assert!(headers["webhook-signature"].to_str().unwrap().starts_with("v1,"));
    assert_eq!((&created["aggregateId"], &created["data"]["total"]), (&order["id"], &order["total"]));
    let (_, changed) = of_type("order.status_changed").unwrap();
    assert_eq!((&changed["data"]["from"], &changed["data"]["to"]), (&json!("pending"), &json!("paid")));
    let (_, registered) = of_type("user.registered").unwrap();
    assert_eq!((&registered["aggregateId"], &registered["data"]["email"]), (&profile["id"], &profile["email"]));
    // Sessions that end are internal.
    assert!(of_type("session.revoked").is_none());
}
