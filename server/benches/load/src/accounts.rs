//! The accounts whose requests are measured, with their access tokens.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::load::Requests;
use crate::post;
use crate::servers::{ADMIN_EMAIL, ADMIN_PASSWORD, Server};

const CUSTOMER_EMAIL: &str = "customer@example.com";
const CUSTOMER_PASSWORD: &str = "a password of a customer";

/// A user without special rights.
pub struct Customer {
    /// The id of the user, as the API of the sample writes it.
    pub id: String,
    pub token: String,
}

/// Returns an access token of the administrator.
pub async fn administrator(server: &Server) -> anyhow::Result<String> {
    token(server, ADMIN_EMAIL, ADMIN_PASSWORD).await
}

/// Creates a user without special rights and logs in.
pub async fn customer(server: &Server) -> anyhow::Result<Customer> {
    let account = json!({ "email": CUSTOMER_EMAIL, "name": "A customer", "password": CUSTOMER_PASSWORD });
    let created = send(server, "/v1/users", 201, &account).await?;
    let id = created["id"].as_str().context("the new user has no id")?.to_owned();
    Ok(Customer { id, token: token(server, CUSTOMER_EMAIL, CUSTOMER_PASSWORD).await? })
}

async fn token(server: &Server, email: &str, password: &str) -> anyhow::Result<String> {
    let login = send(server, "/v1/auth/login", 200, &json!({ "email": email, "password": password })).await?;
    Ok(login["accessToken"].as_str().context("the login has no token")?.to_owned())
}

async fn send(server: &Server, path: &'static str, status: u16, body: &Value) -> anyhow::Result<Value> {
    let body = body.to_string();
    let request = Requests::new(server.address, move |_, request| post(request, path, "", &body));
    let response = request.first().await?;
    let text = String::from_utf8_lossy(&response.body);
    ensure!(response.status == status, "{path} responded with {}: {text}", response.status);
    Ok(serde_json::from_str(&text)?)
}
