//! Tests of changing a password.

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};

use crate::clients::{login, own_path};
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
