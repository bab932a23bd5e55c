//! Accounts, opened and read.

use http::Method;
use reqwest::Response;
use serde_json::json;

use crate::clients::{conditional, delete, get, own_path, patch};
use crate::envelope::{names, refused};
use crate::support::{PASSWORD, Service, body_of};

async fn register(service: &Service, email: &str) -> Response {
    let body = json!({ "email": email, "name": "Sample User", "password": PASSWORD });
    service.request(Method::POST, "/v1/users").json(&body).send().await.unwrap()
}

#[tokio::test]
async fn an_account_is_opened_where_the_answer_says() {
    let service = Service::start().await;
    let answer = register(&service, "user@example.com").await;
    let headers = answer.headers().clone();
    let user = body_of(answer, 201).await;
    assert_eq!(names(&user), ["createdAt", "email", "id", "name", "role", "updatedAt"]);
    assert_eq!(
        (&user["email"], &user["name"], &user["role"]),
        (&json!("user@example.com"), &json!("Sample User"), &json!("user"))
    );
    assert_eq!(
        (&headers["location"], &headers["etag"]),
        (&own_path(&user).parse().unwrap(), &"\"1\"".parse().unwrap())
    );
    let session = service.login("user@example.com", PASSWORD).await;
    assert_eq!(body_of(get(&service, &session, &own_path(&user)).await, 200).await, user);
}

#[tokio::test]
async fn an_address_belongs_to_one_account_until_it_is_closed() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let error = refused(register(&service, "USER@example.com").await, 409, "CONFLICT").await;
    assert_eq!(error.fields, ["email"]);
    body_of(delete(&service, &session, &own_path(&user), "*").await, 204).await;
    let again = body_of(register(&service, "USER@example.com").await, 201).await;
    assert_ne!(again["id"], user["id"]);
}

#[tokio::test]
async fn another_account_is_as_hidden_as_none() {
    let service = Service::start().await;
    let (session, _) = service.user("user@example.com").await;
    let (_, other) = service.user("other@example.com").await;
    let admin = service.admin().await;
    let path = own_path(&other);
    assert_eq!(body_of(get(&service, &admin, &path).await, 200).await, other);
    let whole = json!({ "email": "mine@example.com", "name": "Mine", "role": "user" });
    let passwords = json!({ "current": PASSWORD, "new": "another good password" });
    for path in [path.as_str(), "/v1/users/usr_01kf0fv2e0fabr24pa3eywnyp2"] {
        let call = |method| conditional(&service, &session, method, path, "*");
        let hidden = [
            call(Method::GET).send().await,
            call(Method::PUT).json(&whole).send().await,
            call(Method::PATCH).json(&whole).send().await,
            call(Method::DELETE).send().await,
            service.call(&session, Method::POST, &format!("{path}/password")).json(&passwords).send().await,
        ];
        for answer in hidden {
            let error = refused(answer.unwrap(), 404, "NOT_FOUND").await;
            assert_eq!(error.message, "user not found");
        }
    }
    assert_eq!(body_of(get(&service, &admin, &path).await, 200).await, other);
}

#[tokio::test]
async fn what_one_has_already_is_not_sent_again() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let path = own_path(&user);
    let ask = |tag: &'static str| service.call(&session, Method::GET, &path).header("if-none-match", tag).send();
    for tag in [r#""1""#, r#"W/"1""#, r#""0", "1""#, "*"] {
        let answer = ask(tag).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["etag"]), (304, &"\"1\"".parse().unwrap()), "{tag}");
        assert_eq!(answer.text().await.unwrap(), "");
    }
    body_of(ask(r#""2""#).await.unwrap(), 200).await;
    body_of(patch(&service, &session, &path, r#""1""#, json!({ "name": "New Name" })).await, 200).await;
    body_of(ask(r#""1""#).await.unwrap(), 200).await;
}

#[tokio::test]
async fn only_the_fields_that_are_asked_for_are_sent() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let path = own_path(&user);
    let answer = get(&service, &session, &format!("{path}?fields=name,id")).await;
    assert_eq!(answer.headers()["etag"], "\"1\"");
    assert_eq!(body_of(answer, 200).await, json!({ "id": user["id"], "name": user["name"] }));
    assert_eq!(body_of(get(&service, &session, &path).await, 200).await, user);
}

#[tokio::test]
async fn a_change_is_seen_at_once_by_everybody_who_looked_before() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let admin = service.admin().await;
    let path = own_path(&user);
    for round in 1..6 {
        for caller in [&session, &admin, &session] {
            let answer = get(&service, caller, &path).await;
            assert_eq!(answer.headers()["etag"], format!("\"{round}\""));
        }
        let changed = patch(&service, &session, &path, "*", json!({ "name": format!("Name {round}") })).await;
        assert_eq!(changed.headers()["etag"], format!("\"{}\"", round + 1));
        let changed = body_of(changed, 200).await;
        for caller in [&session, &admin] {
            assert_eq!(body_of(get(&service, caller, &path).await, 200).await, changed);
        }
    }
}
