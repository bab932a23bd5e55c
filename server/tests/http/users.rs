//! Accounts: opened, read, changed and closed.

use http::Method;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::clients::{login, own_path};
use crate::envelope::{names, refused, unauthorized};
use crate::support::{PASSWORD, Service, Session, body_of};

async fn register(service: &Service, email: &str) -> Response {
    let body = json!({ "email": email, "name": "Sample User", "password": PASSWORD });
    service.request(Method::POST, "/v1/users").json(&body).send().await.unwrap()
}

async fn get(service: &Service, session: &Session, path: &str) -> Response {
    service.call(session, Method::GET, path).send().await.unwrap()
}

/// A request to change something of the version `tag`.
fn conditional(service: &Service, session: &Session, method: Method, path: &str, tag: &str) -> RequestBuilder {
    service.call(session, method, path).header("if-match", tag)
}

async fn patch(service: &Service, session: &Session, path: &str, tag: &str, body: Value) -> Response {
    conditional(service, session, Method::PATCH, path, tag).json(&body).send().await.unwrap()
}

async fn delete(service: &Service, session: &Session, path: &str, tag: &str) -> Response {
    conditional(service, session, Method::DELETE, path, tag).send().await.unwrap()
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

#[tokio::test]
async fn replacing_sets_everything() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let body = json!({ "email": "new@example.com", "name": "New Name", "role": "user" });
    let answer = conditional(&service, &session, Method::PUT, &own_path(&user), r#""1""#).json(&body).send().await;
    let answer = answer.unwrap();
    assert_eq!(answer.headers()["etag"], "\"2\"");
    let replaced = body_of(answer, 200).await;
    for field in ["email", "name", "role"] {
        assert_eq!(replaced[field], body[field]);
    }
    assert_eq!((&replaced["id"], &replaced["createdAt"]), (&user["id"], &user["createdAt"]));
    assert_ne!(replaced["updatedAt"], user["updatedAt"]);
    assert_eq!(body_of(get(&service, &session, &own_path(&user)).await, 200).await, replaced);
    service.login("new@example.com", PASSWORD).await;
    unauthorized(login(&service, "user@example.com", PASSWORD).await).await;
}

#[tokio::test]
async fn both_media_types_of_a_patch_mean_the_same() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    for (tag, media) in [(r#""1""#, "application/merge-patch+json"), (r#""2""#, "application/json")] {
        let request = conditional(&service, &session, Method::PATCH, &own_path(&user), tag);
        let answer = request.header("content-type", media).body(format!(r#"{{"name":"{media}"}}"#)).send().await;
        let patched = body_of(answer.unwrap(), 200).await;
        assert_eq!((&patched["name"], &patched["email"]), (&json!(media), &user["email"]));
    }
    refused(patch(&service, &session, &own_path(&user), "*", json!({})).await, 422, "VALIDATION_ERROR").await;
}

#[tokio::test]
async fn only_the_version_that_was_read_is_changed() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let (path, body) = (own_path(&user), json!({ "email": "user@example.com", "name": "New Name", "role": "user" }));
    for tag in [r#""2""#, r#"W/"1""#, r#""01""#, r#""x", "0""#] {
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = conditional(&service, &session, method, &path, tag).json(&body).send().await.unwrap();
            refused(answer, 412, "PRECONDITION_FAILED").await;
        }
    }
    for tag in [r#""1""#, r#""7", "2""#, "*"] {
        body_of(patch(&service, &session, &path, tag, body.clone()).await, 200).await;
    }
    refused(delete(&service, &session, &path, r#""3""#).await, 412, "PRECONDITION_FAILED").await;
    body_of(delete(&service, &session, &path, r#""4""#).await, 204).await;
}

#[tokio::test]
async fn nobody_takes_the_address_of_another() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    service.user("other@example.com").await;
    let path = own_path(&user);
    let whole = json!({ "email": "OTHER@example.com", "name": "Sample User", "role": "user" });
    for method in [Method::PUT, Method::PATCH] {
        let answer = conditional(&service, &session, method, &path, r#""1""#).json(&whole).send().await.unwrap();
        assert_eq!(refused(answer, 409, "CONFLICT").await.fields, ["email"]);
    }
    let own = patch(&service, &session, &path, r#""1""#, json!({ "email": "USER@example.com" })).await;
    assert_eq!(body_of(own, 200).await["email"], "USER@example.com");
}

#[tokio::test]
async fn roles_are_given_by_administrators_and_count_at_once() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let admin = service.admin().await;
    let path = own_path(&user);
    let whole = json!({ "email": "user@example.com", "name": "Sample User", "role": "admin" });
    for method in [Method::PUT, Method::PATCH] {
        let answer = conditional(&service, &session, method, &path, r#""1""#).json(&whole).send().await.unwrap();
        refused(answer, 403, "FORBIDDEN").await;
    }
    refused(get(&service, &session, "/v1/users").await, 403, "FORBIDDEN").await;
    let promoted = body_of(patch(&service, &admin, &path, r#""1""#, json!({ "role": "admin" })).await, 200).await;
    assert_eq!(promoted["role"], "admin");
    unauthorized(get(&service, &session, &path).await).await;

    let second = service.login("user@example.com", PASSWORD).await;
    body_of(get(&service, &second, "/v1/users").await, 200).await;
    body_of(patch(&service, &admin, &path, r#""2""#, json!({ "role": "user" })).await, 200).await;
    unauthorized(get(&service, &second, "/v1/users").await).await;
    let third = service.login("user@example.com", PASSWORD).await;
    refused(get(&service, &third, "/v1/users").await, 403, "FORBIDDEN").await;
}

#[tokio::test]
async fn a_closed_account_is_gone_for_everybody() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let admin = service.admin().await;
    let path = own_path(&user);
    for caller in [&session, &admin] {
        body_of(get(&service, caller, &path).await, 200).await;
    }
    body_of(delete(&service, &admin, &path, r#""1""#).await, 204).await;
    unauthorized(get(&service, &session, &path).await).await;
    let body = json!({ "refreshToken": session.refresh });
    unauthorized(service.request(Method::POST, "/v1/auth/refresh").json(&body).send().await.unwrap()).await;
    unauthorized(login(&service, "user@example.com", PASSWORD).await).await;
    refused(get(&service, &admin, &path).await, 404, "NOT_FOUND").await;
    refused(delete(&service, &admin, &path, "*").await, 404, "NOT_FOUND").await;
    let all = body_of(get(&service, &admin, "/v1/users").await, 200).await;
    assert_eq!(all["pagination"]["total"], 1);
}
