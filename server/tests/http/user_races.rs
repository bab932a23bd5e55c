//! Tests of concurrent changes of users.

use std::sync::Arc;

use http::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::clients::{Clients, own_path};
use crate::envelope::refused;
use crate::support::{CALLERS, PASSWORD, Service, body_of, rounds};

#[tokio::test]
async fn one_of_many_concurrent_registrations_with_one_address_succeeds() {
    let clients = Arc::new(Clients::start().await);
    for round in 0..4 {
        let mut tasks = JoinSet::new();
        for task in 0..12 {
            let clients = clients.clone();
            // The requests have the same address in two spellings.
            let email =
                if task % 2 == 0 { format!("user{round}@example.com") } else { format!("USER{round}@Example.com") };
            let body = json!({ "email": email, "name": "Sample User", "password": PASSWORD });
            tasks.spawn(async move { clients.request(Method::POST, "/v1/users").json(&body).send().await.unwrap() });
        }
        let mut succeeded = 0;
        for response in tasks.join_all().await {
            match response.status().as_u16() {
                201 => succeeded += 1,
                _ => assert_eq!(refused(response, 409, "CONFLICT").await.fields, ["email"]),
            }
        }
        assert_eq!(succeeded, 1, "round {round}");
    }
}

#[tokio::test]
async fn one_of_many_concurrent_changes_to_one_address_succeeds() {
    let clients = Arc::new(Clients::start().await);
    let mut movers = Vec::new();
    for mover in 0..6 {
        movers.push(clients.service.user(&format!("user{mover}@example.com")).await);
    }
    for round in 0..4 {
        let mut tasks = JoinSet::new();
        for (session, user) in &movers {
            let body = json!({ "email": format!("wanted{round}@example.com") });
            let request = clients.service.call(session, Method::PATCH, &own_path(user)).header("if-match", "*");
            tasks.spawn(async move { request.json(&body).send().await.unwrap() });
        }
        let mut succeeded = 0;
        for response in tasks.join_all().await {
            match response.status().as_u16() {
                200 => succeeded += 1,
                _ => assert_eq!(refused(response, 409, "CONFLICT").await.fields, ["email"]),
            }
        }
        assert_eq!(succeeded, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_many_concurrent_changes_to_one_version_succeeds() {
    let service = Service::start_race(&["replaceUser", "updateUser", "getUser"]).await;
    let (session, user) = service.user("user@example.com").await;
    let path = own_path(&user);
    for version in 1..=rounds() {
        let mut tasks = JoinSet::new();
        for task in 0..CALLERS {
            let method = [Method::PUT, Method::PATCH][task % 2].clone();
            let body = json!({ "email": user["email"], "name": format!("Name {task}"), "role": "user" });
            let request = service.call(&session, method, &path).header("if-match", format!("\"{version}\""));
            tasks.spawn(async move { request.json(&body).send().await.unwrap() });
        }
        let mut changed = Vec::new();
        for response in tasks.join_all().await {
            match response.status().as_u16() {
                200 => changed.push(body_of(response, 200).await),
                _ => drop(refused(response, 412, "PRECONDITION_FAILED").await),
            }
        }
        assert_eq!(changed.len(), 1, "version {version}");
        let response = service.call(&session, Method::GET, &path).send().await.unwrap();
        assert_eq!(response.headers()["etag"], format!("\"{}\"", version + 1));
        assert_eq!(body_of(response, 200).await, changed[0]);
    }
}

#[tokio::test]
async fn concurrent_unconditional_changes_are_serialized() {
    let clients = Clients::start().await;
    let (session, user) = clients.service.user("user@example.com").await;
    let path = own_path(&user);
    let mut tasks = JoinSet::new();
    for task in 0..24 {
        let body = json!({ "name": format!("Name {task}") });
        let request = clients.service.call(&session, Method::PATCH, &path).header("if-match", "*");
        tasks.spawn(async move { request.json(&body).send().await.unwrap() });
    }
    let mut tags = Vec::new();
    for response in tasks.join_all().await {
        tags.push(response.headers()["etag"].to_str().unwrap().trim_matches('"').parse::<u32>().unwrap());
        body_of(response, 200).await;
    }
    tags.sort_unstable();
    assert_eq!(tags, (2..26).collect::<Vec<_>>());
}

#[tokio::test]
async fn signing_in_while_the_user_is_deleted_leaves_no_session() {
    let clients = Clients::start().await;
    let users = clients.service.users();
    for round in 0..5 {
        let email = format!("user{round}@example.com");
        let (session, user) = clients.service.user(&email).await;
        let close = async {
            // The deletion happens at different times during the logins.
            tokio::time::sleep(std::time::Duration::from_millis(round * 15)).await;
            let request = clients.service.call(&session, Method::DELETE, &own_path(&user)).header("if-match", "*");
            request.send().await.unwrap()
        };
        let (closed, first, second) =
            tokio::join!(close, clients.login(&email, PASSWORD), clients.login(&email, PASSWORD));
        body_of(closed, 204).await;
        for response in [first, second].into_iter().filter(|response| response.status() == 200) {
            let tokens = body_of(response, 200).await;
            let refreshed = clients.refresh(tokens["refreshToken"].as_str().unwrap()).await;
            refused(refreshed, 401, "UNAUTHORIZED").await;
        }
        let live = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE revoked_at IS NULL").fetch_one(users);
        let live: i64 = live.await.unwrap();
        assert_eq!(live, 0, "round {round}");
    }
}
