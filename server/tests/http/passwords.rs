//! Tests of changing a password.

use http::Method;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::clients::{Clients, login, own_path};
use crate::envelope::{refused, unauthorized};
use crate::support::{PASSWORD, Service, Session, body_of};

const NEW: &str = "another correct horse battery staple";

async fn change(service: &Service, session: &Session, user: &Value, current: &str, new: &str) -> Response {
    let path = format!("{}/password", own_path(user));
    let body = json!({ "current": current, "new": new });
    service.call(session, Method::POST, &path).json(&body).send().await.unwrap()
}

async fn get_user(service: &Service, session: &Session, user: &Value) -> Response {
    service.call(session, Method::GET, &own_path(user)).send().await.unwrap()
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let other_session = service.login("user@example.com", PASSWORD).await;
    body_of(get_user(&service, &other_session, &user).await, 200).await;
    body_of(change(&service, &session, &user, PASSWORD, NEW).await, 204).await;
    unauthorized(get_user(&service, &other_session, &user).await).await;
    body_of(get_user(&service, &session, &user).await, 200).await;
    unauthorized(login(&service, "user@example.com", PASSWORD).await).await;
    service.login("user@example.com", NEW).await;
}

#[tokio::test]
async fn a_wrong_current_password_is_reported_and_changes_nothing() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let other_session = service.login("user@example.com", PASSWORD).await;
    let response = change(&service, &session, &user, "wrong horse battery staple", NEW).await;
    assert_eq!(refused(response, 422, "VALIDATION_ERROR").await.fields, ["current"]);
    body_of(get_user(&service, &other_session, &user).await, 200).await;
    service.login("user@example.com", PASSWORD).await;
}

#[tokio::test]
async fn one_of_two_concurrent_password_changes_succeeds() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let other = "yet another phrase of some length";
    let (first, second) = tokio::join!(
        change(&service, &session, &user, PASSWORD, NEW),
        change(&service, &session, &user, PASSWORD, other),
    );
    let (set, refusal) = if first.status() == 204 { (NEW, second) } else { (other, first) };
    assert_eq!(refused(refusal, 422, "VALIDATION_ERROR").await.fields, ["current"]);
    service.login("user@example.com", set).await;
}

/// Keeps the queue of password hashes of a server full until the returned tasks are aborted.
fn fill_queue(service: &Service) -> tokio::task::JoinSet<()> {
    let mut tasks = tokio::task::JoinSet::new();
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    // The queue has a place for each processor and a waiting one.
    for _ in 0..processors + 1 {
        let passwords = service.server.users().passwords.clone();
        tasks.spawn(async move {
            loop {
                let _ = passwords.hash("sesame").await;
                tokio::task::yield_now().await;
            }
        });
    }
    tasks
}

/// Sends a request until a queue of password hashes is full, and checks the refusal.
async fn assert_refused(request: impl Fn() -> RequestBuilder) {
    loop {
        let response = request().send().await.unwrap();
        if response.status() != 503 {
            assert!(response.status() == 401 || response.status() == 409, "{}", response.status());
            continue;
        }
        assert_eq!(response.headers()["retry-after"], "1");
        refused(response, 503, "SERVICE_UNAVAILABLE").await;
        return;
    }
}

#[tokio::test]
async fn a_password_that_finds_the_queue_full_is_refused_with_503_and_retry_after() {
    let clients = Clients::start_with(|settings| settings.set("WRIT_PASSWORD_QUEUE", "1")).await;
    clients.service.user("user@example.com").await;
    let mut load = fill_queue(&clients.service);
    let attempts = std::sync::atomic::AtomicU32::new(0);
    assert_refused(|| {
        // Each attempt is for another account, whose rate limit is not exhausted.
        let attempt = attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let body = json!({ "email": format!("nobody-{attempt}@example.com"), "password": "wrong" });
        clients.request(Method::POST, "/v1/auth/login").json(&body)
    })
    .await;
    assert_refused(|| {
        let body = json!({ "email": "user@example.com", "name": "Sample User", "password": PASSWORD });
        clients.request(Method::POST, "/v1/users").json(&body)
    })
    .await;
    load.shutdown().await;
    clients.service.login("user@example.com", PASSWORD).await;
}
