//! The rows of the comparison: pairs of requests to the server of the sample and to the baseline.

use std::net::SocketAddr;

use crate::accounts::Customer;
use crate::bare::{id, uuid};
use crate::load::{Requests, Response};
use crate::seed::Listed;
use crate::servers::Server;
use crate::{get, post};
use anyhow::{Context, ensure};
use chrono::SecondsFormat;
use serde_json::{Value, json};

/// The operations whose rate limits are raised, so that the load is not refused.
pub const OPERATIONS: [&str; 4] = ["getUser", "listUsers", "listOrders", "createOrder"];

/// The number of users that the requests for one user ask for in turn.
const ASKED: usize = 500;

/// A row of the comparison.
pub struct Row {
    pub title: &'static str,
    /// The smallest ratio that the project aims at.
    pub aim: &'static str,
    pub sample: Requests,
    pub bare: Requests,
    /// The operation and its policy while the row is measured.
    pub policy: Option<(&'static str, &'static str)>,
    same: Same,
}

/// The part of the responses that both servers must have in common.
#[derive(Clone, Copy)]
enum Same {
    Body,
    Data,
    /// The rows differ in their ids, or the bodies are not JSON.
    Status,
}

/// Returns the rows of the comparison.
pub async fn rows(
    server: &Server,
    bare: &Server,
    users: &[Listed],
    token: &str,
    customer: &Customer,
) -> anyhow::Result<Vec<Row>> {
    let authorization = authorization(token);
    let ours = |path: String| {
        let headers = authorization.clone();
        Requests::new(server.address, move |_, request| get(request, &path, &headers))
    };
    let theirs = |path: String| Requests::new(bare.address, move |_, request| get(request, &path, ""));
    let user_row = |title, aim, policy| Row {
        title,
        aim,
        sample: by_user(server.address, &authorization, users, |user| format!("/v1/users/{}", id("usr", user.id))),
        bare: by_user(bare.address, "", users, |user| format!("/users/{}", user.id)),
        policy,
        same: Same::Body,
    };
    let list = |title, aim, sample: &str, bare: &str| Row {
        title,
        aim,
        sample: ours(sample.to_owned()),
        bare: theirs(bare.to_owned()),
        policy: None,
        same: Same::Data,
    };
    let first: Value = value(&ours("/v1/users?limit=20".to_owned()).first().await?)?;
    let cursor = first["pagination"]["nextCursor"].as_str().context("the first page has no cursor")?;
    let last = users.get(19).context("fewer than 20 users")?;
    let after = format!("&created_at={}&id={}", last.created_at.to_rfc3339_opts(SecondsFormat::Micros, true), last.id);
    Ok(vec![
        user_row("GET of a user, cached", "≥ 2.2", None),
        user_row("GET of a user, cache off", "≥ 0.8", Some(("getUser", "cache=off"))),
        list("list of 20 users with total, page and cursor", "≥ 0.95", "/v1/users?limit=20", "/users/counted?limit=20"),
        list(
            "list of 20 users by cursor, against a list without total",
            "≥ 0.8",
            &format!("/v1/users?limit=20&cursor={cursor}"),
            &format!("/users?limit=20{after}"),
        ),
        list("list of 20 orders with items", "≥ 0.9", "/v1/orders?limit=20", "/orders?limit=20"),
        created_orders(server, bare, customer)?,
        Row {
            title: "`/livez`",
            aim: "≥ 0.85",
            sample: ours("/livez".to_owned()),
            bare: theirs("/livez".to_owned()),
            policy: None,
            same: Same::Status,
        },
    ])
}

/// Returns the row of new orders with a new idempotency key each. A customer orders, as the handler of the baseline assumes:
/// for an administrator, the sample also reads the account of the customer.
fn created_orders(server: &Server, bare: &Server, customer: &Customer) -> anyhow::Result<Row> {
    let sample = placed_orders(server.address, customer);
    let user = uuid(&customer.id).context("the id of the customer is not valid")?;
    let body = json!({ "user": user, "items": items(), "currency": "EUR" }).to_string();
    let bare = Requests::new(bare.address, move |_, request| post(request, "/orders", "", &body));
    let title = "POST of an order, idempotent";
    Ok(Row { title, aim: "≥ 0.7", sample, bare, policy: None, same: Same::Status })
}

/// Returns requests for one of the first users each, at the path that `path` returns.
pub fn by_user(to: SocketAddr, headers: &str, users: &[Listed], path: impl Fn(&Listed) -> String) -> Requests {
    let (headers, paths): (_, Vec<String>) = (headers.to_owned(), users.iter().take(ASKED).map(path).collect());
    Requests::new(to, move |number, request| get(request, &paths[number as usize % paths.len()], &headers))
}

/// Returns requests with which a customer places orders at the sample.
pub fn placed_orders(to: SocketAddr, customer: &Customer) -> Requests {
    let path = format!("/v1/users/{}/orders", customer.id);
    let body = json!({ "items": items(), "currency": "EUR" }).to_string();
    let authorization = authorization(&customer.token);
    Requests::new(to, move |number, request| {
        let headers = format!("{authorization}idempotency-key: benchmark-{number}\r\n");
        post(request, &path, &headers, &body);
    })
}

/// Returns the items of an order.
fn items() -> Value {
    json!([{ "sku": "ABC-1", "quantity": 1 }, { "sku": "PEN-2", "quantity": 2 }])
}

/// Returns the header with an access token.
pub fn authorization(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

impl Row {
    /// Fails unless both servers give equal responses to the first request.
    pub async fn compare_responses(&self) -> anyhow::Result<()> {
        let [ours, theirs] = [self.sample.first().await?, self.bare.first().await?];
        let equal = match self.same {
            Same::Status => true,
            Same::Body => value(&ours)? == value(&theirs)?,
            Same::Data => {
                let [ours, theirs] = [value(&ours)?, value(&theirs)?];
                let total = &theirs["pagination"]["total"];
                ours["data"] == theirs["data"] && (total.is_null() || ours["pagination"]["total"] == *total)
            }
        };
        let text = |response: &Response| String::from_utf8_lossy(&response.body).into_owned();
        ensure!(
            equal && ours.status == theirs.status && ours.status / 100 == 2,
            "{}: the responses differ: {} {}\n{} {}",
            self.title,
            ours.status,
            text(&ours),
            theirs.status,
            text(&theirs),
        );
        Ok(())
    }
}

/// Returns the body of a response.
pub fn value(response: &Response) -> anyhow::Result<Value> {
    serde_json::from_slice(&response.body).context("a body is not JSON")
}
