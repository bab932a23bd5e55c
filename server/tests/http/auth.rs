//! Tests of signing in.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use generated::v1::{LoginCall, LoginRequest, TokenType, Tokens};
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
async fn no_cache_may_store_refreshed_tokens() {
    let clients = Clients::start().await;
    let (session, _) = clients.service.user("user@example.com").await;
    let response = clients.refresh(&session.refresh).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let tokens = body_of(response, 200).await;
    assert_eq!(names(&tokens), ["accessToken", "expiresIn", "refreshToken", "tokenType"]);
}

#[tokio::test]
async fn the_letter_case_of_an_address_is_ignored() {
    let service = Service::start().await;
    service.user("User@example.com").await;
    body_of(login(&service, "uSER@EXAMPLE.com", PASSWORD).await, 200).await;
}

#[test]
fn passwords_and_tokens_are_not_printed() {
    let body = LoginRequest { email: "user@example.com".to_owned(), password: "sesame".to_owned() };
    let text = format!("{:?}", LoginCall { body });
    assert!(text.contains("user@example.com") && text.contains("password: [redacted]"), "{text}");
    let (access_token, refresh_token) = ("sesame".to_owned(), "sesame".to_owned());
    let tokens = Tokens { access_token, refresh_token, token_type: TokenType::Bearer, expires_in: 900 };
    assert!(!format!("{tokens:?}").contains("sesame"));
}

/// Returns the number of password hashes that a server has computed.
fn computed_hashes(service: &Service) -> u64 {
    let text = service.server.of("users").platform.metrics().render().unwrap();
    let counted = |line: &&str| line.starts_with("writ_password_hashes_total{") && line.contains("computed");
    text.lines().find(counted).unwrap().rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_refused_login_reveals_neither_by_text_nor_by_work_if_the_address_exists() {
    let service = Service::start().await;
    service.user("user@example.com").await;
    let attempt = async |email: &str| {
        let before = computed_hashes(&service);
        let refusal = unauthorized(login(&service, email, "wrong horse battery staple").await).await;
        (refusal.message, refusal.fields, computed_hashes(&service) - before)
    };
    let known = attempt("user@example.com").await;
    assert_eq!(known.2, 1);
    assert_eq!(attempt("nobody@example.com").await, known);
}

/// Returns the median of these times in milliseconds.
fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2] * 1000.0
}

#[tokio::test]
#[ignore = "takes a minute, on a machine without other load; docs/operations.md has the command"]
async fn the_median_times_of_500_unknown_users_and_500_wrong_passwords_differ_by_less_than_5_percent() {
    let clients = Clients::start().await;
    clients.service.user("user@example.com").await;
    let (mut unknown, mut known) = (Vec::new(), Vec::new());
    let sample = async |email: &str, times: &mut Vec<f64>| {
        let started = std::time::Instant::now();
        unauthorized(clients.login(email, "wrong horse battery staple").await).await;
        times.push(started.elapsed().as_secs_f64());
    };
    for round in 0..500 {
        if round % 8 == 0 {
            clients.service.reset_limits().await;
        }
        // The order alternates, so that neither kind always profits from the work of the other.
        if round % 2 == 0 {
            sample("nobody@example.com", &mut unknown).await;
            sample("user@example.com", &mut known).await;
        } else {
            sample("user@example.com", &mut known).await;
            sample("nobody@example.com", &mut unknown).await;
        }
    }
    let (unknown, known) = (median(&mut unknown), median(&mut known));
    println!("median of 500 logins: unknown user {unknown:.2} ms, wrong password {known:.2} ms");
    assert!((0.95..1.05).contains(&(unknown / known)), "{unknown:.2} ms, {known:.2} ms");
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
    let users = service.users();
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
