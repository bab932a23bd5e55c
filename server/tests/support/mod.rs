//! The setup of integration tests: a server, a client, and helpers to sign in and to read responses.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file uses some of the helpers, and a helper that fails must fail the test"
)]

mod deployment;
#[path = "../envoy/mod.rs"]
mod envoy;

use generated::v1::client::Client;
use generated::v1::{LoginCall, LoginRequest};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use server::testing::ADMIN_PASSWORD;
use sqlx::PgPool;
use writ_platform::config::Source;
use writ_platform::testing::Sweep;
use writ_runtime::Operation;
use writ_runtime::client::Connection;

pub use deployment::{Deployment, through_gateway};

/// The password of the users that tests register.
pub const PASSWORD: &str = "correct horse battery staple";

/// The number of concurrent requests in a round of a race.
pub const CALLERS: usize = 50;

/// Returns the number of rounds of a race: fewer through the gateway, which decides no race. The variable `WRIT_ROUNDS`
/// changes it.
pub fn rounds() -> usize {
    let default = if through_gateway() { 10 } else { 100 };
    std::env::var("WRIT_ROUNDS").ok().map_or(default, |rounds| rounds.parse().unwrap())
}

/// The running services and a client for them.
pub struct Service {
    pub server: Deployment,
    http: reqwest::Client,
}

/// The tokens of a session.
pub struct Session {
    pub access: String,
    pub refresh: String,
}

impl Service {
    /// Starts a server with the configuration for tests.
    pub async fn start() -> Service {
        Service::start_with(|_| ()).await
    }

    /// Starts a server with the configuration for tests, modified by `change`.
    pub async fn start_with(change: impl Fn(&mut Source)) -> Service {
        Service { server: Deployment::start_with(change).await, http: reqwest::Client::new() }
    }

    /// Starts a server that admits any number of requests for these operations from one caller, also while they are slow.
    pub async fn start_race(operations: &[&str]) -> Service {
        let service = Service::start_with(|settings| settings.set("WRIT_LOAD_SHEDDING", "off")).await;
        service.raise_limits(operations).await;
        service
    }

    /// Returns the connection pool of the service `users`.
    pub fn users(&self) -> &PgPool {
        &self.server.users().pool
    }

    /// Returns the connection pool of the service `orders`.
    pub fn orders(&self) -> &PgPool {
        &self.server.orders().pool
    }

    /// Returns a sweep of these operations, without credentials.
    pub fn sweep(&self, operations: &[&'static Operation]) -> Sweep {
        let sweep = Sweep::new(self.server.of("users"), operations).at(self.server.address);
        if through_gateway() { sweep.behind_gateway() } else { sweep }
    }

    /// Returns a connection for the generated client.
    pub fn connection(&self) -> Connection {
        Connection::new(&self.server.url("")).unwrap()
    }

    /// Returns a generated client without credentials.
    pub fn client(&self) -> Client {
        Client::new(self.connection())
    }

    /// Returns a generated client with the access token of a session.
    pub fn client_of(&self, session: &Session) -> Client {
        Client::new(self.connection().bearer(&session.access))
    }

    /// Returns a request without credentials.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.server.url(path))
    }

    /// Returns a request with the access token of a session.
    pub fn call(&self, session: &Session, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(&session.access)
    }

    /// Signs in.
    pub async fn login(&self, email: &str, password: &str) -> Session {
        let body = LoginRequest { email: email.to_owned(), password: password.to_owned() };
        let tokens = self.client().auth.login(&LoginCall { body }).await.unwrap().body;
        Session { access: tokens.access_token, refresh: tokens.refresh_token }
    }

    /// Signs in as the administrator.
    pub async fn admin(&self) -> Session {
        self.login("admin@example.com", ADMIN_PASSWORD).await
    }

    /// Resets all rate limits.
    pub async fn reset_limits(&self) {
        let redis = self.server.redis();
        let mut list = redis::pipe();
        list.cmd("KEYS").arg(redis.key("limit:*"));
        let (mut buckets,) = redis.run::<(Vec<String>,)>(&list).await.unwrap();
        // `DEL` needs at least one key.
        buckets.push(redis.key("limit:none"));
        let mut reset = redis::pipe();
        reset.cmd("DEL").arg(buckets).ignore();
        redis.run::<()>(&reset).await.unwrap();
    }

    /// Raises the rate limits of operations, for tests with many requests of one caller.
    pub async fn raise_limits(&self, operations: &[&str]) {
        for operation in operations {
            self.server.policy(&format!("set {operation} rate=1000000/60s for 1h")).await;
        }
    }

    /// Registers a user and signs in. Returns the session and the response body of the registration.
    pub async fn user(&self, email: &str) -> (Session, Value) {
        let body = json!({ "email": email, "name": "Sample User", "password": PASSWORD });
        let response = self.request(Method::POST, "/v1/users").json(&body).send().await.unwrap();
        let user = body_of(response, 201).await;
        (self.login(email, PASSWORD).await, user)
    }
}

/// Returns the body of a response, and fails the test if the response has another status.
pub async fn body_of(response: Response, status: u16) -> Value {
    let found = response.status().as_u16();
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}
