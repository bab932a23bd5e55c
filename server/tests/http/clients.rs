//! Callers of sessions and accounts.

use std::sync::atomic::{AtomicU32, Ordering};

use generated::v1::client::Client;
use http::{HeaderName, HeaderValue, Method};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use server::platform::config::Config;
use server::testing::TestServer;

use crate::support::{Service, Session};

/// A server that believes what callers say of their address, so that a test of many requests is
/// not stopped by the limit of one.
pub struct Clients {
    pub service: Service,
    next: AtomicU32,
}

impl Clients {
    pub async fn start() -> Clients {
        Clients::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Clients {
        let server = TestServer::start_with(|config| {
            config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
            change(config);
        });
        Clients { service: Service::of(server.await), next: AtomicU32::new(0) }
    }

    /// A request from an address that made none before.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + self.next.fetch_add(1, Ordering::Relaxed));
        self.service.request(method, path).header("x-forwarded-for", address.to_string())
    }

    /// Typed calls from an address that made none before.
    pub fn client(&self) -> Client {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + self.next.fetch_add(1, Ordering::Relaxed));
        let address = HeaderValue::try_from(address.to_string()).unwrap();
        Client::new(self.service.connection().header(HeaderName::from_static("x-forwarded-for"), address))
    }

    pub async fn login(&self, email: &str, password: &str) -> Response {
        let body = json!({ "email": email, "password": password });
        self.request(Method::POST, "/v1/auth/login").json(&body).send().await.unwrap()
    }

    pub async fn refresh(&self, token: &str) -> Response {
        let body = json!({ "refreshToken": token });
        self.request(Method::POST, "/v1/auth/refresh").json(&body).send().await.unwrap()
    }
}

pub async fn login(service: &Service, email: &str, password: &str) -> Response {
    let body = json!({ "email": email, "password": password });
    service.request(Method::POST, "/v1/auth/login").json(&body).send().await.unwrap()
}

/// Where a user is.
pub fn own_path(user: &Value) -> String {
    format!("/v1/users/{}", user["id"].as_str().unwrap())
}

pub async fn get(service: &Service, session: &Session, path: &str) -> Response {
    service.call(session, Method::GET, path).send().await.unwrap()
}

/// A request to change something of the version `tag`.
pub fn conditional(service: &Service, session: &Session, method: Method, path: &str, tag: &str) -> RequestBuilder {
    service.call(session, method, path).header("if-match", tag)
}

pub async fn patch(service: &Service, session: &Session, path: &str, tag: &str, body: Value) -> Response {
    conditional(service, session, Method::PATCH, path, tag).json(&body).send().await.unwrap()
}

pub async fn delete(service: &Service, session: &Session, path: &str, tag: &str) -> Response {
    conditional(service, session, Method::DELETE, path, tag).send().await.unwrap()
}
