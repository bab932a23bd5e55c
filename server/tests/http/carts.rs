//! Tests of reading, replacing and emptying carts, by their owner and by an administrator.

use http::Method;
use serde_json::{Value, json};

use crate::customers::known;
use crate::envelope::refused;
use crate::support::{Service, Session, body_of};

/// The id of a user that does not exist.
const UNKNOWN_USER: &str = "usr_01kf0fv2e0fabr24pa3eywnyp2";

fn path_of(user: &Value) -> String {
    format!("/v1/users/{}/cart", user["id"].as_str().unwrap())
}

async fn put(service: &Service, session: &Session, path: &str, body: &Value) -> reqwest::Response {
    service.call(session, Method::PUT, path).json(body).send().await.unwrap()
}

async fn get(service: &Service, session: &Session, path: &str) -> reqwest::Response {
    service.call(session, Method::GET, path).send().await.unwrap()
}

#[tokio::test]
async fn a_cart_contains_the_last_items_in_their_sequence() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    let path = path_of(&profile);
    let empty = json!({ "items": [] });
    assert_eq!(body_of(get(&service, &user, &path).await, 200).await, empty);
    for cart in [
        json!({ "items": [{ "sku": "XYZ-9", "quantity": 999 }, { "sku": "ABC-1", "quantity": 1 }] }),
        json!({ "items": [{ "sku": "ENV-100", "quantity": 2 }, { "sku": "XYZ-9", "quantity": 1 }] }),
        empty.clone(),
        json!({ "items": [{ "sku": "ABC-1", "quantity": 3 }] }),
    ] {
        assert_eq!(body_of(put(&service, &user, &path, &cart).await, 200).await, cart);
        assert_eq!(body_of(get(&service, &user, &path).await, 200).await, cart);
    }
    for _ in 0..2 {
        let emptied = service.call(&user, Method::DELETE, &path).send().await.unwrap();
        assert_eq!(body_of(emptied, 204).await, Value::Null);
        assert_eq!(body_of(get(&service, &user, &path).await, 200).await, empty);
    }
}

#[tokio::test]
async fn the_cart_of_another_user_does_not_exist() {
    let service = Service::start().await;
    let (owner, profile) = service.user("user@example.com").await;
    let (other, _) = service.user("other@example.com").await;
    let path = path_of(&profile);
    let cart = json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }] });
    body_of(put(&service, &owner, &path, &cart).await, 200).await;
    for path in [path.as_str(), &format!("/v1/users/{UNKNOWN_USER}/cart")] {
        refused(get(&service, &other, path).await, 404, "NOT_FOUND").await;
        refused(put(&service, &other, path, &cart).await, 404, "NOT_FOUND").await;
        let emptied = service.call(&other, Method::DELETE, path).send().await.unwrap();
        refused(emptied, 404, "NOT_FOUND").await;
    }
    assert_eq!(body_of(get(&service, &owner, &path).await, 200).await, cart);
}

#[tokio::test]
async fn an_administrator_can_access_the_carts_of_all_users() {
    let service = Service::start().await;
    let admin = service.admin().await;
    let (owner, profile) = service.user("user@example.com").await;
    known(&service, &profile).await;
    let path = path_of(&profile);
    let cart = json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }] });
    body_of(put(&service, &admin, &path, &cart).await, 200).await;
    assert_eq!(body_of(get(&service, &owner, &path).await, 200).await, cart);
    assert_eq!(body_of(get(&service, &admin, &path).await, 200).await, cart);
    let unknown = format!("/v1/users/{UNKNOWN_USER}/cart");
    refused(get(&service, &admin, &unknown).await, 404, "NOT_FOUND").await;
    refused(put(&service, &admin, &unknown, &cart).await, 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn every_item_that_cannot_be_ordered_is_reported_and_the_cart_stays_unchanged() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    let path = path_of(&profile);
    let skus = ["NIX-1", "ABC-1", "XYZ-9", "ABC-1", "NIX-2"];
    let items: Vec<_> = skus.iter().map(|sku| json!({ "sku": sku, "quantity": 1 })).collect();
    let error = refused(put(&service, &user, &path, &json!({ "items": items })).await, 422, "VALIDATION_ERROR").await;
    assert_eq!(error.fields, ["items[0].sku", "items[3].sku", "items[4].sku"]);
    assert_eq!(body_of(get(&service, &user, &path).await, 200).await, json!({ "items": [] }));
}

#[tokio::test]
async fn all_violations_of_a_body_are_reported_together() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    let path = path_of(&profile);
    let too_many: Vec<_> = (0..101).map(|n| json!({ "sku": format!("A-{n}"), "quantity": 1 })).collect();
    for (body, named) in [
        (json!({}), vec!["items"]),
        (json!({ "items": null }), vec!["items"]),
        (json!({ "items": [], "extra": 1 }), vec!["extra"]),
        (json!({ "items": too_many }), vec!["items"]),
        (
            json!({ "items": [{ "sku": "abc", "quantity": 0 }, { "quantity": "1" }, { "sku": 1, "quantity": 1000 }] }),
            vec![
                "items[0].quantity",
                "items[0].sku",
                "items[1].quantity",
                "items[1].sku",
                "items[2].quantity",
                "items[2].sku",
            ],
        ),
    ] {
        let error = refused(put(&service, &user, &path, &body).await, 422, "VALIDATION_ERROR").await;
        assert_eq!(error.fields, named, "{body}");
    }
    // If a parameter is invalid too, the status is 400. The details also contain the violations of the body.
    let body = json!({ "items": [{ "quantity": 0 }] });
    let error = refused(put(&service, &user, "/v1/users/me/cart", &body).await, 400, "VALIDATION_ERROR").await;
    assert_eq!(error.fields, ["userId", "items[0].quantity", "items[0].sku"]);
}

#[tokio::test]
async fn an_unreadable_body_or_an_unsupported_media_type_is_refused() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    let path = path_of(&profile);
    let send = |media: &'static str, body: String| {
        let request = service.call(&user, Method::PUT, &path).header("content-type", media);
        async move { request.body(body).send().await.unwrap() }
    };
    for broken in ["", "{", "{\"items\": []} x", "[1,]", "nul"] {
        refused(send("application/json", broken.to_owned()).await, 400, "BAD_REQUEST").await;
    }
    refused(send("text/plain", "{\"items\": []}".to_owned()).await, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    let large = format!("{{\"items\": [], \"x\": \"{}\"}}", "x".repeat(64 * 1024));
    refused(send("application/json", large).await, 413, "PAYLOAD_TOO_LARGE").await;
    let request = service.call(&user, Method::GET, &path).header("accept", "text/html");
    refused(request.send().await.unwrap(), 406, "NOT_ACCEPTABLE").await;
    body_of(send("application/json; charset=utf-8", "{\"items\": []}".to_owned()).await, 200).await;
}

#[tokio::test]
async fn a_cart_requires_a_valid_token() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    let path = path_of(&profile);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let response = service.request(method.clone(), &path).send().await.unwrap();
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        refused(response, 401, "UNAUTHORIZED").await;
        let response = service.request(method.clone(), &path).bearer_auth("nonsense").send().await.unwrap();
        assert!(response.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
        refused(response, 401, "UNAUTHORIZED").await;
    }
    let body = json!({ "refreshToken": user.refresh });
    let logged_out = service.call(&user, Method::POST, "/v1/auth/logout").json(&body).send().await.unwrap();
    assert_eq!(logged_out.status(), 204);
    refused(get(&service, &user, &path).await, 401, "UNAUTHORIZED").await;
}

#[tokio::test]
async fn each_caller_can_change_a_cart_60_times_per_minute() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    let (other, others) = service.user("other@example.com").await;
    let delete = |session, path| service.call(session, Method::DELETE, path).send();
    let (path, others_path) = (path_of(&profile), path_of(&others));
    let mut response = delete(&user, &path).await.unwrap();
    for _ in 0..80 {
        if response.status() == 429 {
            break;
        }
        response = delete(&user, &path).await.unwrap();
    }
    assert_eq!(response.headers()["x-ratelimit-limit"], "60");
    refused(response, 429, "RATE_LIMITED").await;
    assert_eq!(delete(&other, &others_path).await.unwrap().status(), 204);
}
