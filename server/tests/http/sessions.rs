//! Staying in and signing out.

use std::time::Duration;

use generated::v1::{
    GetUserError, GetUserRequest, LoginCall, LoginRequest, LogoutCall, LogoutError, LogoutRequest, LogoutResponse,
    RefreshCall, RefreshError, RefreshRequest, TokenType, Tokens, UserId,
};
use serde_json::Value;
use tokio::task::JoinSet;
use writ_runtime::client::Failure;

use crate::clients::Clients;
use crate::support::{PASSWORD, Session};

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

/// Checks that a token is not taken any more.
fn assert_spent(refreshed: Result<Tokens, Failure<RefreshError>>) {
    let failure = refreshed.unwrap_err();
    assert!(matches!(failure.refusal(), Some(RefreshError::Unauthorized(_))), "{failure}");
}

/// Checks that a session opens nothing any more, by neither token.
async fn assert_over(clients: &Clients, session: &Session, user_id: UserId) {
    let users = clients.service.client_of(session).users;
    let failure = users.get_user(&GetUserRequest { user_id, fields: None }).await.unwrap_err();
    assert!(matches!(failure.refusal(), Some(GetUserError::Unauthorized(_))), "{failure}");
    assert_spent(refresh(clients, &session.refresh).await);
}

async fn assert_lives(clients: &Clients, session: &Session, user_id: UserId) {
    let users = clients.service.client_of(session).users;
    users.get_user(&GetUserRequest { user_id, fields: None }).await.unwrap();
}

#[tokio::test]
async fn a_session_is_continued_with_new_tokens() {
    let clients = Clients::start().await;
    let (mut session, user) = clients.service.user("user@example.com").await;
    for _ in 0..3 {
        let tokens = refresh(&clients, &session.refresh).await.unwrap();
        assert_ne!(tokens.refresh_token, session.refresh);
        assert_eq!((tokens.token_type, tokens.expires_in), (TokenType::Bearer, 900));
        session = session_of(tokens);
        assert_lives(&clients, &session, id_of(&user)).await;
    }
}

#[tokio::test]
async fn a_token_that_comes_twice_ends_its_session_at_once_and_no_other() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    let other = clients.service.login("user@example.com", PASSWORD).await;
    let second = session_of(refresh(&clients, &first.refresh).await.unwrap());
    let third = session_of(refresh(&clients, &second.refresh).await.unwrap());
    assert_lives(&clients, &third, id_of(&user)).await;

    assert_spent(refresh(&clients, &first.refresh).await);
    for session in [&first, &second, &third] {
        assert_over(&clients, session, id_of(&user)).await;
    }
    assert_lives(&clients, &other, id_of(&user)).await;
}

#[tokio::test]
async fn of_many_who_refresh_with_one_token_one_wins() {
    let clients = std::sync::Arc::new(Clients::start().await);
    let (_, user) = clients.service.user("user@example.com").await;
    for round in 0..8 {
        let session = login(&clients, "user@example.com").await;
        let mut tasks = JoinSet::new();
        for _ in 0..16 {
            let (clients, token) = (clients.clone(), session.refresh.clone());
            tasks.spawn(async move { refresh(&clients, &token).await });
        }
        let mut winners = Vec::new();
        for answer in tasks.join_all().await {
            match answer {
                Ok(tokens) => winners.push(session_of(tokens)),
                refused => assert_spent(refused),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        // Whoever lost showed a spent token: nobody knows which of them is the thief.
        assert_over(&clients, &winners[0], id_of(&user)).await;
    }
}

#[tokio::test]
async fn after_signing_out_nothing_opens_any_more() {
    let clients = Clients::start().await;
    let (session, user) = clients.service.user("user@example.com").await;
    let other = clients.service.login("user@example.com", PASSWORD).await;
    assert_lives(&clients, &session, id_of(&user)).await;
    logout(&clients, &session.refresh).await.unwrap();
    assert_over(&clients, &session, id_of(&user)).await;
    assert_lives(&clients, &other, id_of(&user)).await;
}

#[tokio::test]
async fn signing_out_answers_the_same_to_tokens_that_are_unknown_or_spent() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    logout(&clients, "no-such-token").await.unwrap();
    let second = session_of(refresh(&clients, &first.refresh).await.unwrap());
    for _ in 0..2 {
        logout(&clients, &first.refresh).await.unwrap();
        assert_over(&clients, &second, id_of(&user)).await;
    }
}

#[tokio::test]
async fn a_refresh_beside_signing_out_leaves_no_session() {
    let clients = Clients::start().await;
    let (_, user) = clients.service.user("user@example.com").await;
    for _ in 0..9 {
        let session = login(&clients, "user@example.com").await;
        let (refreshed, left) = tokio::join!(refresh(&clients, &session.refresh), logout(&clients, &session.refresh));
        left.unwrap();
        let last = refreshed.map_or(session, session_of);
        assert_over(&clients, &last, id_of(&user)).await;
    }
}

#[tokio::test]
async fn a_refresh_token_gets_too_old() {
    let clients = Clients::start().await;
    let (session, _) = clients.service.user("user@example.com").await;
    let age = sqlx::query("UPDATE sessions SET expires_at = now() - interval '1 second'");
    age.execute(&clients.service.server.platform.databases.users).await.unwrap();
    assert_spent(refresh(&clients, &session.refresh).await);
}

#[tokio::test]
async fn a_session_ends_however_often_it_is_refreshed() {
    let clients = Clients::start().await;
    let (session, _) = clients.service.user("user@example.com").await;
    let users = &clients.service.server.platform.databases.users;
    let end = sqlx::query(
        "UPDATE sessions SET expires_at = now() + interval '1 second', ends_at = now() + interval '1 second'",
    );
    end.execute(users).await.unwrap();
    let session = session_of(refresh(&clients, &session.refresh).await.unwrap());
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_spent(refresh(&clients, &session.refresh).await);
}

#[tokio::test]
async fn sessions_begin_and_end_without_redis_all_the_same() {
    let clients = Clients::start_with(|config| config.redis.url = "redis://127.0.0.1:1".into()).await;
    let (first, user) = clients.service.user("user@example.com").await;
    assert_lives(&clients, &first, id_of(&user)).await;
    let second = session_of(refresh(&clients, &first.refresh).await.unwrap());
    logout(&clients, &second.refresh).await.unwrap();
    assert_over(&clients, &second, id_of(&user)).await;
}

#[tokio::test]
async fn who_hangs_up_while_signing_out_leaves_no_access_token_to_an_ended_session() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    logout(&clients, &first.refresh).await.unwrap();
    let users = &clients.service.server.platform.databases.users;
    for round in 0..9 {
        let session = login(&clients, "user@example.com").await;
        let patience = Duration::from_micros(400 + 400 * round);
        let _ = tokio::time::timeout(patience, logout(&clients, &session.refresh).into_future()).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let live = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE revoked_at IS NULL").fetch_one(users);
        if live.await.map(|live: i64| live == 0).unwrap() {
            // What the database says the gate is told in the same breath, caller or no caller.
            tokio::time::sleep(Duration::from_millis(250)).await;
            assert_over(&clients, &session, id_of(&user)).await;
        }
        logout(&clients, &session.refresh).await.unwrap();
    }
}
