//! Tests of what carts and orders keep of users, which the events of users bring.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use writ_platform::testing::SOON;

use crate::support::{Service, body_of};

/// Waits until a condition holds.
pub async fn eventually(holds: impl AsyncFn() -> bool) {
    let wait = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON * 4, wait).await.expect("the condition never held");
}

/// Waits until carts and orders know a user.
pub async fn known(service: &Service, user: &Value) {
    let id = id_of(user);
    eventually(async || customer(service, id).await.is_some()).await;
}

fn id_of(user: &Value) -> Uuid {
    let id: generated::latest::UserId = user["id"].as_str().unwrap().parse().unwrap();
    id.uuid()
}

/// Returns the e-mail address of a customer, and true if the account was deleted.
async fn customer(service: &Service, id: Uuid) -> Option<(Option<String>, bool)> {
    let select = sqlx::query_as("SELECT email, deleted_at IS NOT NULL FROM customers WHERE user_id = $1");
    select.bind(id).fetch_optional(service.orders()).await.unwrap()
}

#[tokio::test]
async fn a_deleted_user_becomes_anonymous_in_orders_and_the_cart_is_emptied() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    known(&service, &profile).await;
    assert_eq!(customer(&service, id_of(&profile)).await, Some((Some("user@example.com".to_owned()), false)));
    let path = format!("/v1/users/{}", profile["id"].as_str().unwrap());
    let cart = json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }] });
    let fill = service.call(&user, Method::PUT, &format!("{path}/cart")).json(&cart).send().await.unwrap();
    body_of(fill, 200).await;
    let delete = service.call(&user, Method::DELETE, &path).header("If-Match", "*").send().await.unwrap();
    body_of(delete, 204).await;
    eventually(async || customer(&service, id_of(&profile)).await == Some((None, true))).await;
    let items = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM cart_items WHERE user_id = $1");
    let items = items.bind(id_of(&profile)).fetch_one(service.orders()).await.unwrap();
    assert_eq!(items, 0);
}

#[tokio::test]
async fn a_change_that_fails_publishes_nothing() {
    let service = Service::start().await;
    let (user, profile) = service.user("user@example.com").await;
    let published = async || {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM writ.outbox WHERE service = 'users'");
        count.fetch_one(service.users()).await.unwrap()
    };
    let before = published().await;
    assert_eq!(before, 1);
    let again = json!({ "email": "user@example.com", "name": "Sample User", "password": crate::support::PASSWORD });
    body_of(service.request(Method::POST, "/v1/users").json(&again).send().await.unwrap(), 409).await;
    let path = format!("/v1/users/{}", profile["id"].as_str().unwrap());
    let stale = service.call(&user, Method::DELETE, &path).header("If-Match", "\"99\"").send().await.unwrap();
    body_of(stale, 412).await;
    assert_eq!(published().await, before);
    // The sign-out ends a session, which is published.
    let logout = service.request(Method::POST, "/v1/auth/logout").json(&json!({ "refreshToken": user.refresh }));
    body_of(logout.send().await.unwrap(), 204).await;
    assert_eq!(published().await, before + 1);
}
