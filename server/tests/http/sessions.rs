//! Staying in and signing out.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::clients::{Clients, own_path};
use crate::envelope::unauthorized;
use crate::support::{PASSWORD, Session, body_of};

fn session_of(tokens: &Value) -> Session {
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    Session { access: token("accessToken"), refresh: token("refreshToken") }
}

/// Checks that a session opens nothing any more, by neither token.
async fn assert_over(clients: &Clients, session: &Session, path: &str) {
    let answer = clients.service.call(session, Method::GET, path).send().await.unwrap();
    unauthorized(answer).await;
    unauthorized(clients.refresh(&session.refresh).await).await;
}

async fn assert_lives(clients: &Clients, session: &Session, path: &str) {
    let answer = clients.service.call(session, Method::GET, path).send().await.unwrap();
    body_of(answer, 200).await;
}

#[tokio::test]
async fn a_session_is_continued_with_new_tokens() {
    let clients = Clients::start().await;
    let (mut session, user) = clients.service.user("user@example.com").await;
    for _ in 0..3 {
        let tokens = body_of(clients.refresh(&session.refresh).await, 200).await;
        assert_ne!(tokens["refreshToken"], session.refresh);
        assert_eq!((&tokens["tokenType"], &tokens["expiresIn"]), (&"Bearer".into(), &900.into()));
        session = session_of(&tokens);
        assert_lives(&clients, &session, &own_path(&user)).await;
    }
}

#[tokio::test]
async fn a_token_that_comes_twice_ends_its_session_at_once_and_no_other() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    let other = clients.service.login("user@example.com", PASSWORD).await;
    let second = session_of(&body_of(clients.refresh(&first.refresh).await, 200).await);
    let third = session_of(&body_of(clients.refresh(&second.refresh).await, 200).await);
    assert_lives(&clients, &third, &own_path(&user)).await;

    unauthorized(clients.refresh(&first.refresh).await).await;
    for session in [&first, &second, &third] {
        assert_over(&clients, session, &own_path(&user)).await;
    }
    assert_lives(&clients, &other, &own_path(&user)).await;
}

#[tokio::test]
async fn of_many_who_refresh_with_one_token_one_wins() {
    let clients = std::sync::Arc::new(Clients::start().await);
    let (_, user) = clients.service.user("user@example.com").await;
    for round in 0..8 {
        let answer = clients.login("user@example.com", PASSWORD).await;
        let session = session_of(&body_of(answer, 200).await);
        let mut tasks = JoinSet::new();
        for _ in 0..16 {
            let (clients, token) = (clients.clone(), session.refresh.clone());
            tasks.spawn(async move { clients.refresh(&token).await });
        }
        let mut winners = Vec::new();
        for answer in tasks.join_all().await {
            match answer.status().as_u16() {
                200 => winners.push(session_of(&body_of(answer, 200).await)),
                _ => drop(unauthorized(answer).await),
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        // Whoever lost showed a spent token: nobody knows which of them is the thief.
        assert_over(&clients, &winners[0], &own_path(&user)).await;
    }
}

#[tokio::test]
async fn after_signing_out_nothing_opens_any_more() {
    let clients = Clients::start().await;
    let (session, user) = clients.service.user("user@example.com").await;
    let other = clients.service.login("user@example.com", PASSWORD).await;
    assert_lives(&clients, &session, &own_path(&user)).await;
    body_of(clients.logout(&session.refresh).await, 204).await;
    assert_over(&clients, &session, &own_path(&user)).await;
    assert_lives(&clients, &other, &own_path(&user)).await;
}

#[tokio::test]
async fn signing_out_answers_the_same_to_tokens_that_are_unknown_or_spent() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    body_of(clients.logout("no-such-token").await, 204).await;
    let second = session_of(&body_of(clients.refresh(&first.refresh).await, 200).await);
    for _ in 0..2 {
        body_of(clients.logout(&first.refresh).await, 204).await;
        assert_over(&clients, &second, &own_path(&user)).await;
    }
}

#[tokio::test]
async fn a_refresh_beside_signing_out_leaves_no_session() {
    let clients = Clients::start().await;
    let (_, user) = clients.service.user("user@example.com").await;
    for _ in 0..9 {
        let session = session_of(&body_of(clients.login("user@example.com", PASSWORD).await, 200).await);
        let (refreshed, left) = tokio::join!(clients.refresh(&session.refresh), clients.logout(&session.refresh));
        body_of(left, 204).await;
        let last = match refreshed.status().as_u16() {
            200 => session_of(&body_of(refreshed, 200).await),
            _ => session,
        };
        assert_over(&clients, &last, &own_path(&user)).await;
    }
}

#[tokio::test]
async fn a_refresh_token_gets_too_old() {
    let clients = Clients::start().await;
    let (session, _) = clients.service.user("user@example.com").await;
    let age = sqlx::query("UPDATE sessions SET expires_at = now() - interval '1 second'");
    age.execute(&clients.service.server.platform.databases.users).await.unwrap();
    unauthorized(clients.refresh(&session.refresh).await).await;
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
    let session = session_of(&body_of(clients.refresh(&session.refresh).await, 200).await);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    unauthorized(clients.refresh(&session.refresh).await).await;
}

#[tokio::test]
async fn sessions_begin_and_end_without_redis_all_the_same() {
    let clients = Clients::start_with(|config| config.redis.url = "redis://127.0.0.1:1".into()).await;
    let (first, user) = clients.service.user("user@example.com").await;
    assert_lives(&clients, &first, &own_path(&user)).await;
    let second = session_of(&body_of(clients.refresh(&first.refresh).await, 200).await);
    body_of(clients.logout(&second.refresh).await, 204).await;
    assert_over(&clients, &second, &own_path(&user)).await;
}

#[tokio::test]
async fn who_hangs_up_while_signing_out_leaves_no_access_token_to_an_ended_session() {
    let clients = Clients::start().await;
    let (first, user) = clients.service.user("user@example.com").await;
    body_of(clients.logout(&first.refresh).await, 204).await;
    let users = &clients.service.server.platform.databases.users;
    for round in 0..9 {
        let session = session_of(&body_of(clients.login("user@example.com", PASSWORD).await, 200).await);
        let patience = Duration::from_micros(400 + 400 * round);
        let _ = tokio::time::timeout(patience, clients.logout(&session.refresh)).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let live = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE revoked_at IS NULL").fetch_one(users);
        if live.await.map(|live: i64| live == 0).unwrap() {
            // What the database says the gate is told in the same breath, caller or no caller.
            tokio::time::sleep(Duration::from_millis(250)).await;
            assert_over(&clients, &session, &own_path(&user)).await;
        }
        body_of(clients.logout(&session.refresh).await, 204).await;
    }
}
