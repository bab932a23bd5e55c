//! Helpers for tests of sessions and users.

use std::sync::atomic::{AtomicU32, Ordering};

use generated::v1::client::Client;
use http::{HeaderName, HeaderValue, Method};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use writ_platform::config::Source;

use crate::support::{Service, Session};

/// A server that trusts `X-Forwarded-For`, so that each request can have another client address. Tests with
/// many requests do not reach the rate limit of an address.
pub struct Clients {
    pub service: Service,
    next: AtomicU32,
}

impl Clients {
    pub async fn start() -> Clients {
        Clients::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl Fn(&mut Source)) -> Clients {
        let service = Service::start_with(|settings| {
            settings.set("WRIT_TRUSTED_PROXIES", "127.0.0.0/8");
            change(settings);
        });
        Clients { service: service.await, next: AtomicU32::new(0) }
    }

    /// Returns a request from a new client address.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + self.next.fetch_add(1, Ordering::Relaxed));
        self.service.request(method, path).header("x-forwarded-for", address.to_string())
    }

    /// Returns a generated client with a new client address.
    pub fn client(&self) -> Client {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + self.next.fetch_add(1, Ordering::Relaxed));
        let address = HeaderValue::try_from(address.to_string()).unwrap();
        Client::new(self.service.connection().header(HeaderName::from_static("x-forwarded-for"), address))
    }

    /// Sends a login request from a new client address.
    pub async fn login(&self, email: &str, password: &str) -> Response {
        let body = json!({ "email": email, "password": password });
        self.request(Method::POST, "/v1/auth/login").json(&body).send().await.unwrap()
    }

    /// Sends a refresh request from a new client address.
    pub async fn refresh(&self, token: &str) -> Response {
        let body = json!({ "refreshToken": token });
        self.request(Method::POST, "/v1/auth/refresh").json(&body).send().await.unwrap()
    }
}

/// Sends a login request.
pub async fn login(service: &Service, email: &str, password: &str) -> Response {
    let body = json!({ "email": email, "password": password });
    service.request(Method::POST, "/v1/auth/login").json(&body).send().await.unwrap()
}

/// Returns the path of a user.
pub fn own_path(user: &Value) -> String {
    format!("/v1/users/{}", user["id"].as_str().unwrap())
}

pub async fn get(service: &Service, session: &Session, path: &str) -> Response {
    service.call(session, Method::GET, path).send().await.unwrap()
}

/// Returns a request with the header `If-Match`.
pub fn conditional(service: &Service, session: &Session, method: Method, path: &str, tag: &str) -> RequestBuilder {
    service.call(session, method, path).header("if-match", tag)
}

pub async fn patch(service: &Service, session: &Session, path: &str, tag: &str, body: Value) -> Response {
    conditional(service, session, Method::PATCH, path, tag).json(&body).send().await.unwrap()
}

pub async fn delete(service: &Service, session: &Session, path: &str, tag: &str) -> Response {
    conditional(service, session, Method::DELETE, path, tag).send().await.unwrap()
}
