//! Changing a password.

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};

use crate::clients::{login, own_path};
use crate::envelope::{refused, unauthorized};
use crate::support::{PASSWORD, Service, Session, body_of};

const NEW: &str = "a longer phrase is a better one";

async fn change(service: &Service, session: &Session, user: &Value, current: &str, new: &str) -> Response {
    let path = format!("{}/password", own_path(user));
    let body = json!({ "current": current, "new": new });
    service.call(session, Method::POST, &path).json(&body).send().await.unwrap()
}

async fn look(service: &Service, session: &Session, user: &Value) -> Response {
    service.call(session, Method::GET, &own_path(user)).send().await.unwrap()
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_but_the_one_it_was_set_in() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let elsewhere = service.login("user@example.com", PASSWORD).await;
    body_of(look(&service, &elsewhere, &user).await, 200).await;
    body_of(change(&service, &session, &user, PASSWORD, NEW).await, 204).await;
    unauthorized(look(&service, &elsewhere, &user).await).await;
    body_of(look(&service, &session, &user).await, 200).await;
    unauthorized(login(&service, "user@example.com", PASSWORD).await).await;
    service.login("user@example.com", NEW).await;
}

#[tokio::test]
async fn a_wrong_password_changes_nothing_and_is_named() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let elsewhere = service.login("user@example.com", PASSWORD).await;
    let answer = change(&service, &session, &user, "wrong horse battery staple", NEW).await;
    assert_eq!(refused(answer, 422, "VALIDATION_ERROR").await.fields, ["current"]);
    body_of(look(&service, &elsewhere, &user).await, 200).await;
    service.login("user@example.com", PASSWORD).await;
}

#[tokio::test]
async fn of_two_new_passwords_at_once_one_is_set() {
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
