//! Many at once: one effect a key, one change a version, one order a cart.

use std::sync::Arc;

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::envelope::refused;
use crate::orders::{Customer, a_notebook, ordered};
use crate::support::{Service, body_of};

/// How many call at once; the limit of these operations is 30 a minute.
const CALLERS: usize = 24;
const ROUNDS: usize = 12;

async fn with_key(service: &Service, customer: &Customer, key: &str, body: &Value) -> Response {
    let request = service.call(&customer.session, Method::POST, &customer.orders());
    request.header("idempotency-key", key).json(body).send().await.unwrap()
}

async fn orders(service: &Service) -> i64 {
    let orders = &service.server.platform.databases.orders;
    sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(orders).await.unwrap()
}

/// What is compared of two answers to tell whether they are equal to the byte.
async fn bytes(answer: Response) -> (u16, Vec<String>, Vec<u8>) {
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let headers = ["location", "etag", "content-type"].map(header).to_vec();
    (answer.status().as_u16(), headers, answer.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn a_repeated_request_is_answered_with_the_same_bytes_and_has_one_effect() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let first = bytes(with_key(&service, &customer, "k-1", &a_notebook()).await).await;
    assert_eq!(first.0, 201);
    let paid = "UPDATE orders SET status = 'paid', version = 2";
    sqlx::query(paid).execute(&service.server.platform.databases.orders).await.unwrap();
    for _ in 0..3 {
        assert_eq!(bytes(with_key(&service, &customer, "k-1", &a_notebook()).await).await, first);
    }
    assert_eq!(orders(&service).await, 1);
    body_of(with_key(&service, &customer, "k-2", &a_notebook()).await, 201).await;
    assert_eq!(orders(&service).await, 2);
}

#[tokio::test]
async fn a_key_belongs_to_its_caller_and_its_request() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let other = Customer::new(&service, "other@example.com").await;
    body_of(with_key(&service, &customer, "k-1", &a_notebook()).await, 201).await;
    let another = json!({ "items": [{ "sku": "XYZ-9", "quantity": 1 }], "currency": "EUR" });
    refused(with_key(&service, &customer, "k-1", &another).await, 422, "KEY_REUSED").await;
    body_of(with_key(&service, &other, "k-1", &another).await, 201).await;
    assert_eq!(orders(&service).await, 2);
}

#[tokio::test]
async fn a_refusal_leaves_the_key_free() {
    let service = Service::start().await;
    let customer = Customer::new(&service, "user@example.com").await;
    let from_cart = json!({ "fromCart": true });
    refused(with_key(&service, &customer, "k-1", &from_cart).await, 422, "VALIDATION_ERROR").await;
    customer.fill_cart(&service, &["ABC-1"]).await;
    let first = bytes(with_key(&service, &customer, "k-1", &from_cart).await).await;
    // The cart is empty now, and the answer the same.
    assert_eq!(bytes(with_key(&service, &customer, "k-1", &from_cart).await).await, first);
    assert_eq!((first.0, orders(&service).await), (201, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_with_one_key_one_has_the_effect_and_all_get_its_answer() {
    let service = Arc::new(Service::start().await);
    let customer = Arc::new(Customer::new(&service, "user@example.com").await);
    for round in 0..ROUNDS {
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (service, customer) = (service.clone(), customer.clone());
            callers.spawn(async move {
                let key = format!("round-{round}");
                bytes(with_key(&service, &customer, &key, &a_notebook()).await).await
            });
        }
        let answers = callers.join_all().await;
        assert_eq!(answers[0].0, 201);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(orders(&service).await, i64::try_from(round).unwrap() + 1);
        service.forget_limits().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_to_one_version_one_wins() {
    let service = Arc::new(Service::start().await);
    let admin = Arc::new(service.admin().await);
    let customer = Customer::new(&service, "user@example.com").await;
    for round in 0..ROUNDS {
        let path = ordered(&service, &customer).await;
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (service, admin, path) = (service.clone(), admin.clone(), path.clone());
            // Both steps are open to a pending order, and one of them would be even after the other.
            let status = if caller % 2 == round % 2 { "paid" } else { "cancelled" };
            callers.spawn(async move {
                let body = json!({ "version": 1, "status": status });
                service.call(&admin, Method::PATCH, &path).json(&body).send().await.unwrap()
            });
        }
        let (mut won, mut lost) = (0, 0);
        for answer in callers.join_all().await {
            if answer.status() == 200 {
                assert_eq!(body_of(answer, 200).await["version"], 2);
                won += 1;
            } else {
                refused(answer, 409, "CONFLICT").await;
                lost += 1;
            }
        }
        assert_eq!((won, lost), (1, CALLERS - 1));
        service.forget_limits().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_is_ordered_once_however_many_order_it() {
    let service = Arc::new(Service::start().await);
    let customer = Arc::new(Customer::new(&service, "user@example.com").await);
    for round in 0..ROUNDS {
        customer.fill_cart(&service, &["ABC-1", "XYZ-9"]).await;
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (service, customer) = (service.clone(), customer.clone());
            callers.spawn(async move { customer.order(&service, &json!({ "fromCart": true })).await });
        }
        let (mut won, mut lost) = (0, 0);
        for answer in callers.join_all().await {
            if answer.status() == 201 {
                assert_eq!(body_of(answer, 201).await["items"].as_array().unwrap().len(), 2);
                won += 1;
            } else {
                refused(answer, 422, "VALIDATION_ERROR").await;
                lost += 1;
            }
        }
        assert_eq!((won, lost), (1, CALLERS - 1));
        assert_eq!(orders(&service).await, i64::try_from(round).unwrap() + 1);
        assert_eq!(customer.cart(&service).await, json!([]));
        service.forget_limits().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_that_is_filled_while_it_is_ordered_loses_nothing() {
    let service = Arc::new(Service::start().await);
    let customer = Arc::new(Customer::new(&service, "user@example.com").await);
    customer.fill_cart(&service, &["ABC-1"]).await;
    for _ in 0..ROUNDS {
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let (service, customer) = (service.clone(), customer.clone());
            callers.spawn(async move {
                if caller % 4 == 0 {
                    customer.fill_cart(&service, &["XYZ-9", "ABC-1"]).await;
                    return;
                }
                let answer = customer.order(&service, &json!({ "fromCart": true })).await;
                if answer.status() == 201 {
                    // The whole of one cart or of the other, never a part.
                    let order = body_of(answer, 201).await;
                    assert!(matches!(order["items"].as_array().unwrap().len(), 1 | 2), "{order}");
                    assert!(["39.98", "49.98"].contains(&order["total"]["amount"].as_str().unwrap()), "{order}");
                } else {
                    refused(answer, 422, "VALIDATION_ERROR").await;
                }
            });
        }
        callers.join_all().await;
        service.forget_limits().await;
    }
}
