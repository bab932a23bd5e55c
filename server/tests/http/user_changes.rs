//! Tests of replacing, updating and deleting users.

use http::Method;
use serde_json::json;

use crate::clients::{conditional, delete, get, login, own_path, patch};
use crate::envelope::{refused, unauthorized};
use crate::support::{PASSWORD, Service, body_of};

#[tokio::test]
async fn replacing_a_user_sets_all_fields() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let body = json!({ "email": "new@example.com", "name": "New Name", "role": "user" });
    let response = conditional(&service, &session, Method::PUT, &own_path(&user), r#""1""#).json(&body).send().await;
    let response = response.unwrap();
    assert_eq!(response.headers()["etag"], "\"2\"");
    let replaced = body_of(response, 200).await;
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
async fn both_media_types_of_an_update_have_equal_effects() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    for (tag, media) in [(r#""1""#, "application/merge-patch+json"), (r#""2""#, "application/json")] {
        let request = conditional(&service, &session, Method::PATCH, &own_path(&user), tag);
        let response = request.header("content-type", media).body(format!(r#"{{"name":"{media}"}}"#)).send().await;
        let patched = body_of(response.unwrap(), 200).await;
        assert_eq!((&patched["name"], &patched["email"]), (&json!(media), &user["email"]));
    }
    refused(patch(&service, &session, &own_path(&user), "*", json!({})).await, 422, "VALIDATION_ERROR").await;
}

#[tokio::test]
async fn a_change_requires_the_version_that_was_read() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let (path, body) = (own_path(&user), json!({ "email": "user@example.com", "name": "New Name", "role": "user" }));
    for tag in [r#""2""#, r#"W/"2""#, r#""01""#, r#""x", "0""#] {
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let response = conditional(&service, &session, method, &path, tag).json(&body).send().await.unwrap();
            refused(response, 412, "PRECONDITION_FAILED").await;
        }
    }
    for tag in [r#""1""#, r#""7", "2""#, "*"] {
        body_of(patch(&service, &session, &path, tag, body.clone()).await, 200).await;
    }
    refused(delete(&service, &session, &path, r#""3""#).await, 412, "PRECONDITION_FAILED").await;
    body_of(delete(&service, &session, &path, r#""4""#).await, 204).await;
}

#[tokio::test]
async fn a_user_cannot_take_the_address_of_another_user() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    service.user("other@example.com").await;
    let path = own_path(&user);
    let replacement = json!({ "email": "OTHER@example.com", "name": "Sample User", "role": "user" });
    for method in [Method::PUT, Method::PATCH] {
        let response =
            conditional(&service, &session, method, &path, r#""1""#).json(&replacement).send().await.unwrap();
        assert_eq!(refused(response, 409, "CONFLICT").await.fields, ["email"]);
    }
    let own = patch(&service, &session, &path, r#""1""#, json!({ "email": "USER@example.com" })).await;
    assert_eq!(body_of(own, 200).await["email"], "USER@example.com");
}

#[tokio::test]
async fn only_administrators_change_roles_and_the_change_is_effective_immediately() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let admin = service.admin().await;
    let path = own_path(&user);
    let replacement = json!({ "email": "user@example.com", "name": "Sample User", "role": "admin" });
    for method in [Method::PUT, Method::PATCH] {
        let response =
            conditional(&service, &session, method, &path, r#""1""#).json(&replacement).send().await.unwrap();
        refused(response, 403, "FORBIDDEN").await;
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
async fn a_deleted_user_does_not_exist_for_any_caller() {
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

#[tokio::test]
async fn a_new_address_is_unverified() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let users = service.users();
    sqlx::query("UPDATE users SET email_verified_at = now()").execute(users).await.unwrap();
    for (email, verified) in [("USER@example.com", true), ("new@example.com", false)] {
        let body = json!({ "email": email, "name": "New Name" });
        body_of(patch(&service, &session, &own_path(&user), "*", body).await, 200).await;
        let found = sqlx::query_scalar("SELECT email_verified_at IS NOT NULL FROM users WHERE role = 'user'");
        let found: bool = found.fetch_one(users).await.unwrap();
        assert_eq!(found, verified, "{email}");
    }
}
