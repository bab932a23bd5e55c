//! Tests of the services `users` and `orders` in servers of their own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use generated::{v1, v2};
use http::Method;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use server::testing::{self, ADMIN_PASSWORD, CURSOR_KEYS, Services, TOKEN_KEYS, TestServer};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection, PgPool};
use writ_platform::testing::{Flow, Proxy, resigned_token};

use crate::customers::eventually;
use crate::envelope::refused;
use crate::support::{PASSWORD, Session, body_of};

/// Sends a request with the access token of a session.
async fn send(server: &TestServer, session: &Session, method: Method, path: &str) -> Response {
    Client::new().request(method, server.url(path)).bearer_auth(&session.access).send().await.unwrap()
}

/// Signs in at the service `users`.
async fn login(users: &TestServer, email: &str, password: &str) -> Session {
    let login = json!({ "email": email, "password": password });
    let response = Client::new().post(users.url("/v2/auth/login")).json(&login).send().await.unwrap();
    let tokens = body_of(response, 200).await;
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    Session { access: token("accessToken"), refresh: token("refreshToken") }
}

pub async fn admin(users: &TestServer) -> Session {
    login(users, "admin@example.com", ADMIN_PASSWORD).await
}

/// Registers a user and signs in. Returns the session and the id of the user.
pub async fn register(users: &TestServer) -> (Session, String) {
    let email = "user@example.com";
    let user = json!({ "email": email, "givenName": "Sample", "familyName": "User", "password": PASSWORD });
    let response = Client::new().post(users.url("/v2/users")).json(&user).send().await.unwrap();
    let id = body_of(response, 201).await["id"].as_str().unwrap().to_owned();
    (login(users, email, PASSWORD).await, id)
}

async fn logout(users: &TestServer, session: &Session) {
    let body = json!({ "refreshToken": session.refresh });
    let response = Client::new().post(users.url("/v2/auth/logout")).json(&body).send().await.unwrap();
    body_of(response, 204).await;
}

fn pools(services: &Services) -> [&PgPool; 2] {
    [&testing::users(&services.users).pool, &testing::orders(&services.orders).pool]
}

#[tokio::test]
async fn a_service_has_its_own_operations_and_those_of_every_service() {
    let services = Services::start().await;
    let method = Method::from_bytes(b"REPORT").unwrap();
    for (service, server) in [("users", &services.users), ("orders", &services.orders)] {
        let mut counts = [0, 0];
        for operation in v1::operations::ALL.iter().chain(v2::operations::ALL) {
            let path = operation.path.replace(['{', '}'], "");
            let response = Client::new().request(method.clone(), server.url(&path)).send().await.unwrap();
            // A method that no operation has is refused with 405 on a path that exists.
            match operation.belongs_to(service) {
                true => drop(refused(response, 405, "METHOD_NOT_ALLOWED").await),
                false => drop(refused(response, 404, "NOT_FOUND").await),
            }
            counts[usize::from(operation.belongs_to(service))] += 1;
        }
        assert!(counts.iter().all(|count| *count > 10), "{service}: {counts:?}");
    }
}

#[tokio::test]
async fn orders_accepts_the_access_tokens_of_users_and_its_own_key_signs_none() {
    let Services { users, orders } = Services::start().await;
    let (session, id) = register(&users).await;
    let own = [(&users, format!("/v2/users/{id}")), (&orders, format!("/v2/users/{id}/cart"))];
    for (server, path) in &own {
        body_of(send(server, &session, Method::GET, path).await, 200).await;
        for (key, status) in [(TOKEN_KEYS[0], 200), (TOKEN_KEYS[1], 401)] {
            let access = resigned_token(&session.access, &key, |claims| claims["jti"] = json!("another"));
            let resigned = Session { access, refresh: String::new() };
            assert_eq!(send(server, &resigned, Method::GET, path).await.status(), status, "{path}");
        }
        let swapped = Session { access: session.refresh.clone(), refresh: String::new() };
        assert_eq!(send(server, &swapped, Method::GET, path).await.status(), 401, "{path}");
    }
    // Each service publishes the keys of its own tokens.
    let key_set = async |server: &TestServer| {
        body_of(Client::new().get(server.url("/.well-known/jwks.json")).send().await.unwrap(), 200).await
    };
    assert_ne!(key_set(&users).await, key_set(&orders).await);
}

#[tokio::test]
async fn the_cursor_key_of_one_service_makes_no_cursor_of_the_other() {
    let services = Services::start().await;
    for (key, status) in [(CURSOR_KEYS[0], 200), (CURSOR_KEYS[1], 400)] {
        let other = TestServer::start_service("users", |settings| {
            settings.set("ADMIN_PASSWORD", ADMIN_PASSWORD);
            settings.set("WRIT_CURSOR_KEY", &STANDARD.encode(key));
        })
        .await;
        register(&other).await;
        let page = send(&other, &admin(&other).await, Method::GET, "/v2/users?limit=1").await;
        let cursor = body_of(page, 200).await["pagination"]["nextCursor"].as_str().unwrap().to_owned();
        let path = format!("/v2/users?limit=1&cursor={cursor}");
        let response = send(&services.users, &admin(&services.users).await, Method::GET, &path).await;
        assert_eq!(response.status(), status);
    }
}

#[tokio::test]
async fn sql_across_the_boundary_fails_by_permission() {
    let services = Services::start().await;
    let [users, orders] = pools(&services);
    for (own, other, table) in [(users, orders, "orders.orders"), (orders, users, "users.users")] {
        let query = format!("SELECT FROM {table}");
        // The other schema is not in this database.
        let error = sqlx::query(sqlx::AssertSqlSafe(query)).execute(own).await.unwrap_err();
        assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42P01");
        let (own, other) = (own.connect_options(), other.connect_options());
        let database = other.get_database().unwrap();
        let connect = async |options: PgConnectOptions| match PgConnection::connect_with(&options).await {
            Ok(_) => "connected".to_owned(),
            Err(error) => error.as_database_error().unwrap().code().unwrap().into_owned(),
        };
        assert_eq!(connect(PgConnectOptions::clone(&own).database(database)).await, "42501");
        // The password of this service is wrong for the role of the other one.
        let role = PgConnectOptions::clone(&own).username(other.get_username()).database(database);
        assert_eq!(connect(role).await, "28P01");
        assert_eq!(connect(PgConnectOptions::clone(&other)).await, "connected");
    }
}

#[tokio::test]
async fn the_events_of_users_reach_orders() {
    let services = Services::start().await;
    let (_, id) = register(&services.users).await;
    let admin = admin(&services.users).await;
    let path = format!("/v2/users/{id}/cart");
    eventually(async || send(&services.orders, &admin, Method::GET, &path).await.status() == 200).await;
}

#[tokio::test]
async fn a_session_that_ends_in_users_has_ended_in_orders_at_once() {
    let Services { users, orders } = Services::start().await;
    let (session, id) = register(&users).await;
    let path = format!("/v2/users/{id}/cart");
    body_of(send(&orders, &session, Method::GET, &path).await, 200).await;
    logout(&users, &session).await;
    refused(send(&orders, &session, Method::GET, &path).await, 401, "UNAUTHORIZED").await;
}

#[tokio::test]
async fn orders_trusts_its_copy_of_ended_sessions_without_redis_for_a_minute() {
    let redis = Proxy::redis().await;
    let change = |settings: &mut writ_platform::config::Source| {
        let url = redis.url(settings.value("REDIS_URL").unwrap());
        settings.set("REDIS_URL", &url);
        settings.set("WRIT_REDIS_TIMEOUT", "250ms");
    };
    let services = Services::start_with(|_| (), change).await;
    let (users, orders) = (&services.users, &services.orders);
    let (ended, id) = register(users).await;
    let live = login(users, "user@example.com", PASSWORD).await;
    logout(users, &ended).await;
    let pool = pools(&services)[1];
    let copied = async || {
        let copied = "SELECT (SELECT count(*) FROM ended_sessions) = 1 AND count(*) = 16
                      FROM writ.event_progress WHERE consumer = 'ended-sessions' AND outbox = 'users'";
        sqlx::query_scalar::<_, bool>(copied).fetch_one(pool).await.unwrap()
    };
    eventually(copied).await;
    redis.set(Flow::Closed);
    let path = format!("/v2/users/{id}/cart");
    let status = async |session: &Session| send(orders, session, Method::GET, &path).await.status().as_u16();
    assert_eq!((status(&live).await, status(&ended).await), (200, 401));
    let age = "UPDATE writ.event_progress SET complete_at = now() - interval '61 seconds' WHERE partition = 7";
    sqlx::query(age).execute(pool).await.unwrap();
    let unavailable = send(orders, &live, Method::GET, &path).await;
    assert_eq!(unavailable.headers()["retry-after"], "1");
    refused(unavailable, 503, "SERVICE_UNAVAILABLE").await;
    // An end that the copy knows is certain, and a request without a session needs no copy.
    assert_eq!(status(&ended).await, 401);
    let products = Client::new().get(orders.url("/v2/products")).send().await.unwrap();
    assert_eq!(products.status(), 200);
    redis.set(Flow::Open);
    eventually(async || status(&live).await == 200).await;
}

/// Returns the texts of all queries of the sample.
fn queries() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../.sqlx");
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    let text = |file: String| serde_json::from_str::<Value>(&file).unwrap()["query"].as_str().unwrap().to_owned();
    files.map(text).collect()
}

#[tokio::test]
async fn every_query_is_for_the_database_of_one_service() {
    use sqlx::{Executor as _, SqlSafeStr as _};

    let services = Services::start().await;
    let queries = queries();
    assert!(queries.len() > 20);
    for query in queries {
        let mut owners = 0;
        for pool in pools(&services) {
            let prepared = pool.prepare(sqlx::AssertSqlSafe(query.clone()).into_sql_str()).await;
            owners += usize::from(prepared.is_ok());
        }
        assert_eq!(owners, 1, "{query}");
    }
}
