//! Tests of the calls of the service `orders` to the service `users`, and of the copy from which it responds without them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response as Forwarded;
use chrono::Utc;
use http::{Method, StatusCode};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use server::testing::{self, Services, TOKEN_KEYS, TestServer};
use sqlx::PgPool;
use writ_platform::config::Source;
use writ_platform::testing::{Flow, Proxy, resigned_token};

use crate::customers::eventually;
use crate::envelope::refused;
use crate::orders::a_notebook;
use crate::services::{admin, register};
use crate::support::{Session, body_of};

/// A server between `orders` and `users`. It forwards requests, or refuses them with 503.
#[derive(Clone)]
struct Between {
    users: Arc<OnceLock<SocketAddr>>,
    refuses: Arc<AtomicBool>,
    /// The last credentials of a request.
    authorization: Arc<Mutex<String>>,
    http: Client,
}

impl Between {
    /// Starts both services with such a server between them.
    async fn start() -> (Between, Services) {
        let between = Between {
            users: Arc::default(),
            refuses: Arc::default(),
            authorization: Arc::default(),
            http: Client::new(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = axum::Router::new().fallback(forward).with_state(between.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let services = Services::start_with(|_| (), |orders| orders.set("WRIT_USERS_URL", &url)).await;
        between.users.set(services.users.address).unwrap();
        (between, services)
    }

    fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Returns the last service token.
    fn token(&self) -> String {
        self.authorization.lock().unwrap().strip_prefix("Bearer ").unwrap().to_owned()
    }
}

async fn forward(State(between): State<Between>, request: Request) -> Forwarded {
    let mut response = Forwarded::new(Body::empty());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    if between.refuses.load(Ordering::SeqCst) {
        return response;
    }
    let url = format!("http://{}{}", between.users.get().unwrap(), request.uri());
    let mut forwarded = between.http.request(request.method().clone(), url);
    if let Some(authorization) = request.headers().get("authorization") {
        authorization.to_str().unwrap().clone_into(&mut between.authorization.lock().unwrap());
        forwarded = forwarded.header("authorization", authorization);
    }
    let answer = forwarded.send().await.unwrap();
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = Body::from(answer.bytes().await.unwrap());
    response
}

/// Sends a request with the access token of a session.
async fn send(server: &TestServer, session: &Session, method: Method, path: &str, body: &Value) -> Response {
    let request = Client::new().request(method, server.url(path)).bearer_auth(&session.access);
    let request = request.header("idempotency-key", uuid::Uuid::new_v4().to_string());
    let request = if body.is_null() { request } else { request.json(body) };
    request.send().await.unwrap()
}

/// Returns true if the table of customers has a user, and the age of the table is known.
async fn is_copied(orders: &PgPool, id: &str) -> bool {
    let user: generated::latest::UserId = id.parse().unwrap();
    let copied = "SELECT EXISTS (SELECT FROM customers WHERE user_id = $1) AND count(*) = 16
                  FROM writ.event_progress WHERE consumer = 'customers' AND outbox = 'users'";
    sqlx::query_scalar(copied).bind(user.uuid()).fetch_one(orders).await.unwrap()
}

/// Returns the age of the copy from which a response comes.
fn age(response: &Response) -> Option<u64> {
    response.headers().get("x-copy-age").map(|age| age.to_str().unwrap().parse().unwrap())
}

#[tokio::test]
async fn orders_asks_users_for_the_account_of_another_user() {
    let Services { users, orders } = Services::start().await;
    let ((_, id), admin) = (register(&users).await, admin(&users).await);
    let pool = &testing::orders(&orders).pool;
    eventually(async || is_copied(pool, &id).await).await;
    // The service `users` is asked, so an empty copy does not matter.
    sqlx::query("DELETE FROM customers").execute(pool).await.unwrap();
    let (cart, list) = (format!("/v2/users/{id}/cart"), format!("/v2/users/{id}/orders"));
    let read = send(&orders, &admin, Method::GET, &cart, &Value::Null).await;
    assert_eq!(age(&read), None);
    body_of(read, 200).await;
    body_of(send(&orders, &admin, Method::POST, &list, &a_notebook()).await, 201).await;
    let nobody = "/v2/users/usr_01kf0fv2e0fabr24pa3eywnyp2/cart";
    refused(send(&orders, &admin, Method::GET, nobody, &Value::Null).await, 404, "NOT_FOUND").await;
}

#[tokio::test]
async fn without_users_orders_responds_from_its_copy_where_the_contract_says_so_and_refuses_elsewhere() {
    let (between, Services { users, orders }) = Between::start().await;
    let ((owner, id), admin) = (register(&users).await, admin(&users).await);
    let pool = &testing::orders(&orders).pool;
    eventually(async || is_copied(pool, &id).await).await;
    let (cart, list) = (format!("/v2/users/{id}/cart"), format!("/v2/users/{id}/orders"));
    // The keys of access tokens are fetched once.
    body_of(send(&orders, &admin, Method::GET, &cart, &Value::Null).await, 200).await;
    between.refuse(true);
    let items = json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }] });
    for path in [&cart, &list] {
        let response = send(&orders, &admin, Method::GET, path, &Value::Null).await;
        assert!(age(&response).is_some_and(|age| age <= 600), "{path}: {:?}", response.headers());
        body_of(response, 200).await;
    }
    for (method, path, body) in
        [(Method::PUT, &cart, &items), (Method::DELETE, &cart, &Value::Null), (Method::POST, &list, &a_notebook())]
    {
        let response = send(&orders, &admin, method, path, body).await;
        let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        refused(response, 503, "SERVICE_UNAVAILABLE").await;
    }
    // A caller with a session has an account.
    for (method, path, body, status) in [
        (Method::GET, &cart, &Value::Null, 200),
        (Method::PUT, &cart, &items, 200),
        (Method::POST, &list, &a_notebook(), 201),
    ] {
        let response = send(&orders, &owner, method, path, body).await;
        assert_eq!(age(&response), None, "{path}");
        body_of(response, status).await;
    }
    between.refuse(false);
    eventually(async || {
        let response = send(&orders, &admin, Method::GET, &cart, &Value::Null).await;
        response.status() == 200 && age(&response).is_none()
    })
    .await;
    body_of(send(&orders, &admin, Method::POST, &list, &a_notebook()).await, 201).await;
}

#[tokio::test]
async fn a_copy_that_is_older_than_the_contract_permits_is_not_used() {
    let (between, Services { users, orders }) = Between::start().await;
    let ((_, id), admin) = (register(&users).await, admin(&users).await);
    let pool = &testing::orders(&orders).pool;
    eventually(async || is_copied(pool, &id).await).await;
    let cart = format!("/v2/users/{id}/cart");
    body_of(send(&orders, &admin, Method::GET, &cart, &Value::Null).await, 200).await;
    between.refuse(true);
    let status = async || send(&orders, &admin, Method::GET, &cart, &Value::Null).await.status();
    assert_eq!(status().await, 200);
    // The progress advances all the time, so it is set back until a request has seen that.
    let set_back = "UPDATE writ.event_progress SET complete_at = now() - interval '601 seconds'
                    WHERE consumer = 'customers' AND partition = 7";
    eventually(async || {
        sqlx::query(set_back).execute(pool).await.unwrap();
        status().await == 503
    })
    .await;
}

#[tokio::test]
async fn a_service_token_is_valid_for_one_service_and_for_the_operations_that_accept_it() {
    let (between, Services { users, orders }) = Between::start().await;
    let ((_, id), admin) = (register(&users).await, admin(&users).await);
    let (user, cart) = (format!("/v2/users/{id}"), format!("/v2/users/{id}/cart"));
    body_of(send(&orders, &admin, Method::GET, &cart, &Value::Null).await, 200).await;
    let token = between.token();
    let with = |access: String| Session { access, refresh: String::new() };
    let status = async |server: &TestServer, access: &str, path: &str| {
        send(server, &with(access.to_owned()), Method::GET, path, &Value::Null).await.status().as_u16()
    };
    assert_eq!(status(&users, &token, &user).await, 200);
    // Other operations accept users only, and so do those of the service that issued the token.
    assert_eq!(status(&users, &token, "/v2/users").await, 401);
    assert_eq!(status(&orders, &token, &cart).await, 401);
    let past = Utc::now().timestamp() - 60;
    for (key, name, value) in [
        (TOKEN_KEYS[1], "aud", json!("orders")),
        (TOKEN_KEYS[1], "iss", json!("users")),
        (TOKEN_KEYS[1], "exp", json!(past)),
        (TOKEN_KEYS[0], "jti", json!("another")),
    ] {
        let changed = resigned_token(&token, &key, |claims| claims[name] = value);
        assert_eq!(status(&users, &changed, &user).await, 401, "{name}");
    }
    let renewed = resigned_token(&token, &TOKEN_KEYS[1], |claims| claims["jti"] = json!("another"));
    assert_eq!(status(&users, &renewed, &user).await, 200);
}

#[tokio::test]
async fn a_lost_database_of_users_does_not_hide_the_carts_from_an_administrator() {
    let database = Proxy::postgres().await;
    let change = |settings: &mut Source| {
        let name = "WRIT_USERS_DATABASE_URL";
        let url = database.url(settings.value(name).unwrap());
        settings.set(name, &url);
    };
    let Services { users, orders } = Services::start_with(change, |_| ()).await;
    let ((_, id), admin) = (register(&users).await, admin(&users).await);
    let pool = &testing::orders(&orders).pool;
    eventually(async || is_copied(pool, &id).await).await;
    let path = format!("/v2/users/{id}/cart");
    let read = async || send(&orders, &admin, Method::GET, &path, &Value::Null).await;
    // No account was read before, so no cached response hides the outage.
    database.set(Flow::Closed);
    let copied = read().await;
    assert!(age(&copied).is_some_and(|age| age <= 600), "{copied:?}");
    assert_eq!(copied.status(), 200);
    let replaced = send(&orders, &admin, Method::PUT, &path, &json!({ "items": [] })).await;
    refused(replaced, 503, "SERVICE_UNAVAILABLE").await;
    database.set(Flow::Open);
    eventually(async || {
        let certain = read().await;
        certain.status() == 200 && age(&certain).is_none()
    })
    .await;
}
