//! A client for a server of its own: what integration tests call with.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses its part of it, and fails where that fails")]

use generated::v1::client::Client;
use generated::v1::{LoginCall, LoginRequest};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use server::testing::{ADMIN_PASSWORD, TestServer};
use writ_runtime::client::Connection;

/// What users of tests sign in with.
pub const PASSWORD: &str = "correct horse battery staple";

/// A server and a client of it.
pub struct Service {
    pub server: TestServer,
    http: reqwest::Client,
}

/// Somebody who has signed in.
pub struct Session {
    pub access: String,
    pub refresh: String,
}

impl Service {
    pub async fn start() -> Service {
        Service::of(TestServer::start().await)
    }

    pub fn of(server: TestServer) -> Service {
        Service { server, http: reqwest::Client::new() }
    }

    /// The way to the server for typed calls.
    pub fn connection(&self) -> Connection {
        Connection::new(&self.server.url("")).unwrap()
    }

    /// Typed calls without credentials.
    pub fn client(&self) -> Client {
        Client::new(self.connection())
    }

    /// Typed calls of somebody.
    pub fn client_of(&self, session: &Session) -> Client {
        Client::new(self.connection().bearer(&session.access))
    }

    /// A request without credentials.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.server.url(path))
    }

    /// A request of somebody.
    pub fn call(&self, session: &Session, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(&session.access)
    }

    pub async fn login(&self, email: &str, password: &str) -> Session {
        let body = LoginRequest { email: email.to_owned(), password: password.to_owned() };
        let tokens = self.client().auth.login(&LoginCall { body }).await.unwrap().body;
        Session { access: tokens.access_token, refresh: tokens.refresh_token }
    }

    pub async fn admin(&self) -> Session {
        self.login("admin@example.com", ADMIN_PASSWORD).await
    }

    /// Gives everybody the requests back that rate limits have counted.
    pub async fn forget_limits(&self) {
        let redis = &self.server.platform.redis;
        let mut all = redis::pipe();
        all.cmd("KEYS").arg(redis.key("limit:*"));
        let (mut counted,) = redis.run::<(Vec<String>,)>(&all).await.unwrap();
        counted.push(redis.key("limit:none"));
        let mut forget = redis::pipe();
        forget.cmd("DEL").arg(counted).ignore();
        redis.run::<()>(&forget).await.unwrap();
    }

    /// Registers somebody and signs them in. The second is what registering answered.
    pub async fn user(&self, email: &str) -> (Session, Value) {
        let body = json!({ "email": email, "name": "Sample User", "password": PASSWORD });
        let answer = self.request(Method::POST, "/v1/users").json(&body).send().await.unwrap();
        let user = body_of(answer, 201).await;
        (self.login(email, PASSWORD).await, user)
    }
}

/// The body of an answer that has to have this status.
pub async fn body_of(answer: Response, status: u16) -> Value {
    let found = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}
