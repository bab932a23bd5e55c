//! The setup of integration tests: a server, a client, and helpers to sign in and to read responses.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses some of the helpers, and a helper that fails must fail the test"
)]

use generated::v1::client::Client;
use generated::v1::{LoginCall, LoginRequest};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use server::testing::{self, ADMIN_PASSWORD, TestServer};
use writ_runtime::client::Connection;

/// The password of the users that tests register.
pub const PASSWORD: &str = "correct horse battery staple";

/// The number of concurrent requests in a round of a race.
pub const CALLERS: usize = 50;

/// Returns the number of rounds of a race. The variable `WRIT_ROUNDS` changes it.
pub fn rounds() -> usize {
    std::env::var("WRIT_ROUNDS").ok().map_or(100, |rounds| rounds.parse().unwrap())
}

/// A running server and a client for it.
pub struct Service {
    pub server: TestServer,
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
        Service::of(testing::start().await)
    }

    /// Creates a client for a running server.
    pub fn of(server: TestServer) -> Service {
        Service { server, http: reqwest::Client::new() }
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
        let redis = &self.server.service.redis;
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
