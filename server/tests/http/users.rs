//! Tests of creating and reading users.

use generated::v1::{
    ChangePasswordRequest, CreateUserError, CreateUserRequest, CreateUserResponse, DeleteUserRequest, GetUserRequest,
    NewUser, PasswordChange, ReplaceUserRequest, UpdateUserRequest, User, UserId, UserPatch, UserReplacement, UserRole,
};
use http::Method;
use serde_json::json;
use writ_runtime::client::Failure;
use writ_runtime::{ETag, IfMatch};

use crate::clients::{get, own_path, patch};
use crate::support::{PASSWORD, Service, Session, body_of};

async fn register(service: &Service, email: &str) -> Result<CreateUserResponse, Failure<CreateUserError>> {
    let body = NewUser { email: email.to_owned(), name: "Sample User".to_owned(), password: PASSWORD.to_owned() };
    service.client().users.create_user(&CreateUserRequest { body }).await
}

/// Registers a user and signs in.
async fn user(service: &Service, email: &str) -> (Session, User) {
    let user = register(service, email).await.unwrap().body;
    (service.login(email, PASSWORD).await, user)
}

/// Returns a request for all fields of a user.
fn all_fields(user_id: UserId) -> GetUserRequest {
    GetUserRequest { user_id, fields: None }
}

#[tokio::test]
async fn a_new_user_is_at_the_location_of_the_response() {
    let service = Service::start().await;
    let CreateUserResponse { location, etag, body: user } = register(&service, "user@example.com").await.unwrap();
    assert_eq!(
        (user.email.as_str(), user.name.as_str(), user.role),
        ("user@example.com", "Sample User", UserRole::User)
    );
    assert_eq!((location, etag), (format!("/v1/users/{}", user.id), ETag::strong(1)));
    let session = service.login("user@example.com", PASSWORD).await;
    assert_eq!(service.client_of(&session).users.get_user(&all_fields(user.id)).await.unwrap().body, user);
}

#[tokio::test]
async fn an_address_can_be_used_again_after_its_user_is_deleted() {
    let service = Service::start().await;
    let (session, user) = user(&service, "user@example.com").await;
    match register(&service, "USER@example.com").await {
        Err(Failure::Refused(CreateUserError::Conflict(conflict), _)) => {
            let fields: Vec<&str> =
                conflict.problem().violations.iter().map(|violation| violation.field.as_str()).collect();
            assert_eq!((&*conflict.problem().code, fields), ("CONFLICT", vec!["email"]));
        }
        other => panic!("{other:?}"),
    }
    let close = DeleteUserRequest { user_id: user.id, if_match: IfMatch::Any };
    service.client_of(&session).users.delete_user(&close).await.unwrap();
    assert_ne!(register(&service, "USER@example.com").await.unwrap().body.id, user.id);
}

#[tokio::test]
async fn another_user_is_reported_like_one_that_does_not_exist() {
    let service = Service::start().await;
    let (session, _) = user(&service, "user@example.com").await;
    let (_, other) = user(&service, "other@example.com").await;
    let admin = service.client_of(&service.admin().await).users;
    assert_eq!(admin.get_user(&all_fields(other.id)).await.unwrap().body, other);
    let users = service.client_of(&session).users;
    let (email, name) = ("mine@example.com".to_owned(), "Mine".to_owned());
    let (if_match, role) = (IfMatch::Any, UserRole::User);
    for user_id in [other.id, "usr_01kf0fv2e0fabr24pa3eywnyp2".parse().unwrap()] {
        let replacement = UserReplacement { email: email.clone(), name: name.clone(), role };
        let replace = ReplaceUserRequest { user_id, if_match: if_match.clone(), body: replacement };
        let change = UserPatch { email: Some(email.clone()), name: Some(name.clone()), role: Some(role) };
        let update = UpdateUserRequest { user_id, if_match: if_match.clone(), body: change };
        let passwords = PasswordChange { current: PASSWORD.to_owned(), new: "another good password".to_owned() };
        let hidden = [
            users.get_user(&all_fields(user_id)).await.map(drop).map_err(|failure| failure.to_string()),
            users.replace_user(&replace).await.map(drop).map_err(|failure| failure.to_string()),
            users.update_user(&update).await.map(drop).map_err(|failure| failure.to_string()),
            users
                .delete_user(&DeleteUserRequest { user_id, if_match: if_match.clone() })
                .await
                .map(drop)
                .map_err(|failure| failure.to_string()),
            users
                .change_password(&ChangePasswordRequest { user_id, body: passwords })
                .await
                .map(drop)
                .map_err(|failure| failure.to_string()),
        ];
        for response in hidden {
            let message = response.unwrap_err();
            let refused = message.starts_with("the service refused with 404");
            assert!(refused && message.contains("user not found"), "{message}");
        }
    }
    assert_eq!(admin.get_user(&all_fields(other.id)).await.unwrap().body, other);
}

#[tokio::test]
async fn an_unchanged_user_is_not_sent_again() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let path = own_path(&user);
    let send = |tag: &'static str| service.call(&session, Method::GET, &path).header("if-none-match", tag).send();
    for tag in [r#""1""#, r#"W/"1""#, r#""0", "1""#, "*"] {
        let response = send(tag).await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["etag"]),
            (304, &"\"1\"".parse().unwrap()),
            "{tag}"
        );
        assert_eq!(response.text().await.unwrap(), "");
    }
    body_of(send(r#""2""#).await.unwrap(), 200).await;
    body_of(patch(&service, &session, &path, r#""1""#, json!({ "name": "New Name" })).await, 200).await;
    body_of(send(r#""1""#).await.unwrap(), 200).await;
}

#[tokio::test]
async fn only_the_requested_fields_are_returned() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let path = own_path(&user);
    let response = get(&service, &session, &format!("{path}?fields=name,id")).await;
    assert_eq!(response.headers()["etag"], "\"1\"");
    assert_eq!(body_of(response, 200).await, json!({ "id": user["id"], "name": user["name"] }));
    assert_eq!(body_of(get(&service, &session, &path).await, 200).await, user);
}

#[tokio::test]
async fn a_change_is_visible_immediately_to_all_callers_with_a_cached_response() {
    let service = Service::start().await;
    let (session, user) = user(&service, "user@example.com").await;
    let (mine, admin) = (service.client_of(&session).users, service.client_of(&service.admin().await).users);
    for round in 1..6 {
        for caller in [&mine, &admin, &mine] {
            assert_eq!(caller.get_user(&all_fields(user.id)).await.unwrap().etag, ETag::strong(round));
        }
        let body = UserPatch { name: Some(format!("Name {round}")), ..UserPatch::default() };
        let update = UpdateUserRequest { user_id: user.id, if_match: IfMatch::Any, body };
        let changed = mine.update_user(&update).await.unwrap();
        assert_eq!(changed.etag, ETag::strong(round + 1));
        for caller in [&mine, &admin] {
            assert_eq!(caller.get_user(&all_fields(user.id)).await.unwrap().body, changed.body);
        }
    }
}
