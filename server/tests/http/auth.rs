//! Tests of signing in.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use http::Method;
use serde_json::json;
use server::testing::ADMIN_PASSWORD;

use crate::clients::{Clients, login, own_path};
use crate::envelope::{limited, names, unauthorized};
use crate::support::{PASSWORD, Service, body_of};

#[tokio::test]
async fn signing_in_returns_tokens_for_the_account() {
    let service = Service::start().await;
    let (session, user) = service.user("user@example.com").await;
    let response = login(&service, "user@example.com", PASSWORD).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let tokens = body_of(response, 200).await;
    assert_eq!(names(&tokens), ["accessToken", "expiresIn", "refreshToken", "tokenType"]);
    assert_eq!((&tokens["tokenType"], &tokens["expiresIn"]), (&json!("Bearer"), &json!(900)));
    let found = service.call(&session, Method::GET, &own_path(&user)).send().await.unwrap();
    assert_eq!(body_of(found, 200).await, user);
}

#[tokio::test]
async fn the_letter_case_of_an_address_is_ignored() {
    let service = Service::start().await;
    service.user("User@example.com").await;
    body_of(login(&service, "uSER@EXAMPLE.com", PASSWORD).await, 200).await;
}

#[tokio::test]
async fn a_refused_login_reveals_neither_by_text_nor_by_time_if_the_address_exists() {
    let service = Service::start().await;
    service.user("user@example.com").await;
    let attempt = async |email: &str| {
        let started = std::time::Instant::now();
        let refusal = unauthorized(login(&service, email, "wrong horse battery staple").await).await;
        ((refusal.message, refusal.fields), started.elapsed().as_secs_f64())
    };
    let (mut known, mut unknown) = (0.0, 0.0);
    for _ in 0..5 {
        let (of_known, of_unknown) = (attempt("user@example.com").await, attempt("nobody@example.com").await);
        assert_eq!(of_known.0, of_unknown.0);
        known += of_known.1;
        unknown += of_unknown.1;
    }
    assert!((0.4..2.5).contains(&(known / unknown)), "{known} {unknown}");
}

#[tokio::test]
async fn an_account_allows_ten_login_attempts_per_minute_from_all_addresses() {
    let clients = Clients::start().await;
    for _ in 0..10 {
        unauthorized(clients.login("admin@example.com", "wrong").await).await;
    }
    limited(clients.login("Admin@Example.com", ADMIN_PASSWORD).await, 10).await;
    unauthorized(clients.login("other@example.com", "wrong").await).await;
}

#[tokio::test]
async fn signing_in_replaces_a_hash_with_weaker_parameters() {
    let service = Service::start().await;
    service.user("user@example.com").await;
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8192, 1, 1, None).unwrap());
    let weak: PasswordHash = weak.hash_password(PASSWORD.as_bytes()).unwrap();
    let users = &service.server.service.users;
    let set = sqlx::query("UPDATE users SET password_hash = $1 WHERE role = 'user'").bind(weak.to_string());
    set.execute(users).await.unwrap();
    for _ in 0..2 {
        body_of(login(&service, "user@example.com", PASSWORD).await, 200).await;
        let stored = sqlx::query_scalar("SELECT password_hash FROM users WHERE role = 'user'").fetch_one(users);
        let stored: String = stored.await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    }
}

#[tokio::test]
async fn an_expired_access_token_is_rejected() {
    let clients = Clients::start_with(|settings| settings.set("WRIT_ACCESS_LIFETIME", "1s")).await;
    let service = &clients.service;
    let (session, user) = service.user("user@example.com").await;
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let response = service.call(&session, Method::GET, &own_path(&user)).send().await.unwrap();
    unauthorized(response).await;
}
