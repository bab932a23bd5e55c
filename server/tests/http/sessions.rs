//! Tests of refreshing and ending sessions.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use generated::v1::{
    GetUserError, GetUserRequest, LoginCall, LoginRequest, LogoutCall, LogoutError, LogoutRequest, LogoutResponse,
    RefreshCall, RefreshError, RefreshRequest, TokenType, Tokens, UserId,
};
use serde_json::Value;
use tokio::task::JoinSet;
use writ_runtime::client::Failure;

use crate::clients::Clients;
use crate::support::{CALLERS, PASSWORD, Session, rounds};

fn session_of(tokens: Tokens) -> Session {
    Session { access: tokens.access_token, refresh: tokens.refresh_token }
}

fn id_of(user: &Value) -> UserId {
    user["id"].as_str().unwrap().parse().unwrap()
}

async fn login(clients: &Clients, email: &str) -> Session {
    let body = LoginRequest { email: email.to_owned(), password: PASSWORD.to_owned() };
    session_of(clients.client().auth.login(&LoginCall { body }).await.unwrap().body)
}

async fn refresh(clients: &Clients, token: &str) -> Result<Tokens, Failure<RefreshError>> {
    let body = RefreshRequest { refresh_token: token.to_owned() };
    clients.client().auth.refresh(&RefreshCall { body }).await.map(|refreshed| refreshed.body)
}

async fn logout(clients: &Clients, token: &str) -> Result<LogoutResponse, Failure<LogoutError>> {
    let body = LogoutRequest { refresh_token: token.to_owned() };
    clients.client().auth.logout(&LogoutCall { body }).await
}

/// Checks that a refresh token was rejected.
fn assert_rejected(refreshed: Result<Tokens, Failure<RefreshError>>) {
    let failure = refreshed.unwrap_err();
    assert!(matches!(failure.refusal(), Some(RefreshError::Unauthorized(_))), "{failure}");
}

/// Checks that neither token of a session is accepted.
async fn assert_ended(clients: &Clients, session: &Session, user_id: UserId) {
    let users = clients.service.client_of(session).users;
    let failure = users.get_user(&GetUserRequest { user_id, fields: None }).await.unwrap_err();
    assert!(matches!(failure.refusal(), Some(GetUserError::Unauthorized(_))), "{failure}");
    assert_rejected(refresh(clients, &session.refresh).await);
}

/// Checks that the access token of a session is accepted.
async fn assert_live(clients: &Clients, session: &Session, user_id: UserId) {
    let users = clients.service.client_of(session).users;
    users.get_user(&GetUserRequest { user_id, fields: None }).await.unwrap();
}

#[tokio::test]
async fn a_refresh_returns_new_tokens_for_the_session() {
    let clients = Clients::start().await;
    let (mut session, user) = clients.service.user("user@example.com").await;
    for _ in 0..3 {
        let tokens = refresh(&clients, &session.refresh).await.unwrap();
        assert_ne!(tokens.refresh_token, session.refresh);
        assert_eq!((tokens.token_type, tokens.expires_in), (TokenType::Bearer, 900));
        session = session_of(tokens);
        assert_live(&clients, &session, id_of(&user)).await;
    }
}

#[tokio::test]
async fn a_spent_refresh_token_ends_only_its_session() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    let other = clients.service.login("user@example.com", PASSWORD).await;
    let second = session_of(refresh(&clients, &first.refresh).await.unwrap());
    let third = session_of(refresh(&clients, &second.refresh).await.unwrap());
    assert_live(&clients, &third, id_of(&user)).await;

    assert_rejected(refresh(&clients, &first.refresh).await);
    for session in [&first, &second, &third] {
        assert_ended(&clients, session, id_of(&user)).await;
    }
    assert_live(&clients, &other, id_of(&user)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_concurrent_refreshes_with_one_token_succeeds() {
    let clients = std::sync::Arc::new(Clients::start_with(|settings| settings.set("WRIT_LOAD_SHEDDING", "off")).await);
    let (_, user) = clients.service.user("user@example.com").await;
    for round in 0..rounds() {
        // The limit of an account would refuse so many logins.
        clients.service.reset_limits().await;
        let session = login(&clients, "user@example.com").await;
        let mut tasks = JoinSet::new();
        for _ in 0..CALLERS {
            let (clients, token) = (clients.clone(), session.refresh.clone());
            tasks.spawn(async move { refresh(&clients, &token).await });
        }
        let mut winners = Vec::new();
        for response in tasks.join_all().await {
            match response {
                Ok(tokens) => winners.push(session_of(tokens)),
                refused => assert_rejected(refused),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        // The other requests used a spent token. Any of them could be from a thief, so the session has ended.
        assert_ended(&clients, &winners[0], id_of(&user)).await;
    }
}

#[tokio::test]
async fn signing_out_ends_only_that_session() {
    let clients = Clients::start().await;
    let (session, user) = clients.service.user("user@example.com").await;
    let other = clients.service.login("user@example.com", PASSWORD).await;
    assert_live(&clients, &session, id_of(&user)).await;
    logout(&clients, &session.refresh).await.unwrap();
    assert_ended(&clients, &session, id_of(&user)).await;
    assert_live(&clients, &other, id_of(&user)).await;
}

#[tokio::test]
async fn signing_out_with_an_unknown_or_spent_token_succeeds() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    logout(&clients, "no-such-token").await.unwrap();
    let second = session_of(refresh(&clients, &first.refresh).await.unwrap());
    for _ in 0..2 {
        logout(&clients, &first.refresh).await.unwrap();
        assert_ended(&clients, &second, id_of(&user)).await;
    }
}

#[tokio::test]
async fn a_refresh_concurrent_to_signing_out_leaves_no_session() {
    let clients = Clients::start().await;
    let (_, user) = clients.service.user("user@example.com").await;
    for _ in 0..9 {
        let session = login(&clients, "user@example.com").await;
        let (refreshed, logged_out) =
            tokio::join!(refresh(&clients, &session.refresh), logout(&clients, &session.refresh));
        logged_out.unwrap();
        let last = refreshed.map_or(session, session_of);
        assert_ended(&clients, &last, id_of(&user)).await;
    }
}

#[tokio::test]
async fn an_expired_refresh_token_is_rejected() {
    let clients = Clients::start().await;
    let (session, _) = clients.service.user("user@example.com").await;
    let age = sqlx::query("UPDATE sessions SET expires_at = now() - interval '1 second'");
    age.execute(clients.service.users()).await.unwrap();
    assert_rejected(refresh(&clients, &session.refresh).await);
}

/// Returns the header and the claims of a token.
fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (next(), next())
}

#[tokio::test]
async fn no_token_outlives_its_session() {
    let clients = Clients::start().await;
    let (session, _) = clients.service.user("user@example.com").await;
    let users = clients.service.users();
    let end = "UPDATE sessions SET expires_at = now() + interval '1 minute', ends_at = now() + interval '1 minute'
               RETURNING ends_at";
    let ends_at: DateTime<Utc> = sqlx::query_scalar(end).fetch_one(users).await.unwrap();
    let tokens = refresh(&clients, &session.refresh).await.unwrap();
    assert!((1..=60).contains(&tokens.expires_in), "{}", tokens.expires_in);
    for token in [&tokens.access_token, &tokens.refresh_token] {
        assert_eq!(parts(token).1["exp"], ends_at.timestamp());
    }
    let kept: DateTime<Utc> = sqlx::query_scalar("SELECT ends_at FROM sessions").fetch_one(users).await.unwrap();
    assert_eq!(kept, ends_at);
}

#[tokio::test]
async fn a_session_in_its_last_second_is_not_refreshed() {
    let clients = Clients::start().await;
    let (session, _) = clients.service.user("user@example.com").await;
    let end = "UPDATE sessions SET expires_at = ends, ends_at = ends
               FROM (SELECT date_trunc('second', now()) + interval '990 milliseconds' AS ends) AS last";
    sqlx::query(end).execute(clients.service.users()).await.unwrap();
    assert_rejected(refresh(&clients, &session.refresh).await);
}

#[tokio::test]
async fn access_and_refresh_tokens_are_not_accepted_in_place_of_each_other() {
    let clients = Clients::start().await;
    let (session, user) = clients.service.user("user@example.com").await;
    let ((access, _), (header, claims)) = (parts(&session.access), parts(&session.refresh));
    assert_eq!((&access["typ"], &header["typ"]), (&Value::from("at+jwt"), &Value::from("refresh+jwt")));
    assert_eq!((&claims["sub"], &claims["aud"]), (&user["id"], &Value::from("writ/refresh")));
    assert!(claims["jti"].is_string() && claims["exp"].is_i64(), "{claims}");
    let swapped = Session { access: session.refresh.clone(), refresh: session.access.clone() };
    assert_ended(&clients, &swapped, id_of(&user)).await;
    assert_live(&clients, &session, id_of(&user)).await;
    // A token with another signature has another hash, so no row has it.
    let (claims, _) = session.refresh.rsplit_once('.').unwrap();
    assert_rejected(refresh(&clients, &format!("{claims}.{}", URL_SAFE_NO_PAD.encode([7; 64]))).await);
}

#[tokio::test]
async fn sessions_begin_and_end_without_redis() {
    let clients = Clients::start_with(|settings| settings.set("REDIS_URL", "redis://127.0.0.1:1")).await;
    let (first, user) = clients.service.user("user@example.com").await;
    assert_live(&clients, &first, id_of(&user)).await;
    let second = session_of(refresh(&clients, &first.refresh).await.unwrap());
    logout(&clients, &second.refresh).await.unwrap();
    assert_ended(&clients, &second, id_of(&user)).await;
}

#[tokio::test]
async fn a_disconnect_while_signing_out_leaves_no_valid_access_token_of_an_ended_session() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    logout(&clients, &first.refresh).await.unwrap();
    let users = clients.service.users();
    for round in 0..9 {
        let session = login(&clients, "user@example.com").await;
        let timeout = Duration::from_micros(400 + 400 * round);
        let _ = tokio::time::timeout(timeout, logout(&clients, &session.refresh).into_future()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let live = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE revoked_at IS NULL").fetch_one(users);
        if live.await.map(|live: i64| live == 0).unwrap() {
            // The markers for the gate are written after the commit, even though the client has disconnected.
            tokio::time::sleep(Duration::from_millis(250)).await;
            assert_ended(&clients, &session, id_of(&user)).await;
        }
        logout(&clients, &session.refresh).await.unwrap();
    }
}
