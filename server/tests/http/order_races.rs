//! Tests of concurrent requests for orders: idempotency keys, versions and carts.

use std::sync::Arc;

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::envelope::refused;
use crate::orders::{Customer, a_notebook, ordered};
use crate::support::{CALLERS, Service, body_of, rounds};

/// Starts a server on which one caller can send any number of requests for orders.
async fn start() -> Arc<Service> {
    Arc::new(Service::start_race(&["createOrder", "updateOrder", "replaceCart", "getCart"]).await)
}

async fn with_key(service: &Service, customer: &Customer, key: &str, body: &Value) -> Response {
    let request = service.call(&customer.session, Method::POST, &customer.orders());
    request.header("idempotency-key", key).json(body).send().await.unwrap()
}

/// Returns the number of orders in the database.
async fn order_count(service: &Service) -> i64 {
    let orders = service.orders();
    sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(orders).await.unwrap()
}

/// Returns the status, the relevant headers and the body of a response for comparison.
async fn bytes(response: Response) -> (u16, Vec<String>, Vec<u8>) {
    let header = |name: &str| Some(format!("{name}: {}", response.headers().get(name)?.to_str().unwrap()));
    let headers = ["location", "etag", "content-type"].into_iter().filter_map(header).collect();
    (response.status().as_u16(), headers, response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_repeated_request_has_an_identical_response_and_one_effect() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let first = bytes(with_key(&service, &customer, "k-1", &a_notebook()).await).await;
    assert_eq!(first.0, 201);
    let paid = "UPDATE orders SET status = 'paid', version = 2";
    sqlx::query(paid).execute(service.orders()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(bytes(with_key(&service, &customer, "k-1", &a_notebook()).await).await, first);
    }
    assert_eq!(order_count(&service).await, 1);
    body_of(with_key(&service, &customer, "k-2", &a_notebook()).await, 201).await;
    assert_eq!(order_count(&service).await, 2);
}

#[tokio::test]
async fn a_key_belongs_to_one_caller_and_one_request() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let other = Customer::new(&service, "other@example.com").await;
    body_of(with_key(&service, &customer, "k-1", &a_notebook()).await, 201).await;
    let another = json!({ "items": [{ "sku": "XYZ-9", "quantity": 1 }], "currency": "EUR" });
    refused(with_key(&service, &customer, "k-1", &another).await, 422, "KEY_REUSED").await;
    body_of(with_key(&service, &other, "k-1", &another).await, 201).await;
    assert_eq!(order_count(&service).await, 2);
}

#[tokio::test]
async fn a_key_can_be_used_again_after_a_refusal() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let from_cart = json!({ "fromCart": true });
    refused(with_key(&service, &customer, "k-1", &from_cart).await, 422, "VALIDATION_ERROR").await;
    customer.fill_cart(&service, &["ABC-1"]).await;
    let first = bytes(with_key(&service, &customer, "k-1", &from_cart).await).await;
    // The cart is empty now, but the recorded response is returned.
    assert_eq!(bytes(with_key(&service, &customer, "k-1", &from_cart).await).await, first);
    assert_eq!((first.0, order_count(&service).await), (201, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_with_one_key_have_one_effect_and_equal_responses() {
    let service = start().await;
    let customer = Arc::new(Customer::new(&service, "user@example.com").await);
    for round in 0..rounds() {
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (service, customer) = (service.clone(), customer.clone());
            callers.spawn(async move {
                let key = format!("round-{round}");
                bytes(with_key(&service, &customer, &key, &a_notebook()).await).await
            });
        }
        let responses = callers.join_all().await;
        // A request that waits too long for the first one is refused with 409.
        let made: Vec<_> = responses.iter().filter(|response| response.0 != 409).collect();
        assert!(made.iter().all(|response| response.0 == 201 && *response == made[0]), "{responses:?}");
        assert!(!made.is_empty());
        assert_eq!(order_count(&service).await, i64::try_from(round).unwrap() + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_concurrent_changes_to_one_version_succeeds() {
    let service = start().await;
    let admin = Arc::new(service.admin().await);
    let customer = Customer::new(&service, "user@example.com").await;
    for round in 0..rounds() {
        let path = ordered(&service, &customer).await;
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (service, admin, path) = (service.clone(), admin.clone(), path.clone());
            // A pending order allows both changes, and a paid order still allows `cancelled`.
            let status = if caller % 2 == round % 2 { "paid" } else { "cancelled" };
            callers.spawn(async move {
                let body = json!({ "version": 1, "status": status });
                service.call(&admin, Method::PATCH, &path).json(&body).send().await.unwrap()
            });
        }
        let (mut succeeded, mut refused_count) = (0, 0);
        for response in callers.join_all().await {
            if response.status() == 200 {
                assert_eq!(body_of(response, 200).await["version"], 2);
                succeeded += 1;
            } else {
                refused(response, 409, "CONFLICT").await;
                refused_count += 1;
            }
        }
        assert_eq!((succeeded, refused_count), (1, CALLERS - 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_orders_from_one_cart_place_one_order() {
    let service = start().await;
    let customer = Arc::new(Customer::new(&service, "user@example.com").await);
    for round in 0..rounds() {
        customer.fill_cart(&service, &["ABC-1", "XYZ-9"]).await;
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (service, customer) = (service.clone(), customer.clone());
            callers.spawn(async move { customer.order(&service, &json!({ "fromCart": true })).await });
        }
        let (mut succeeded, mut refused_count) = (0, 0);
        for response in callers.join_all().await {
            if response.status() == 201 {
                assert_eq!(body_of(response, 201).await["items"].as_array().unwrap().len(), 2);
                succeeded += 1;
            } else {
                refused(response, 422, "VALIDATION_ERROR").await;
                refused_count += 1;
            }
        }
        assert_eq!((succeeded, refused_count), (1, CALLERS - 1));
        assert_eq!(order_count(&service).await, i64::try_from(round).unwrap() + 1);
        assert_eq!(customer.cart(&service).await, json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_contains_a_complete_cart_during_concurrent_changes() {
    let service = start().await;
    let customer = Arc::new(Customer::new(&service, "user@example.com").await);
    customer.fill_cart(&service, &["ABC-1"]).await;
    for _ in 0..rounds() {
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (service, customer) = (service.clone(), customer.clone());
            callers.spawn(async move {
                if caller % 4 == 0 {
                    customer.fill_cart(&service, &["XYZ-9", "ABC-1"]).await;
                    return;
                }
                let response = customer.order(&service, &json!({ "fromCart": true })).await;
                if response.status() == 201 {
                    // The order contains all items of one cart or all items of the other.
                    let order = body_of(response, 201).await;
                    assert!(matches!(order["items"].as_array().unwrap().len(), 1 | 2), "{order}");
                    assert!(["39.98", "49.98"].contains(&order["total"]["amount"].as_str().unwrap()), "{order}");
                } else {
                    refused(response, 422, "VALIDATION_ERROR").await;
                }
            });
        }
        callers.join_all().await;
    }
}
