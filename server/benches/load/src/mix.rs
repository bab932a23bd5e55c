//! The requests of the long mixed load to each service.

use std::sync::Arc;

use anyhow::{Context, ensure};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::bare::id;
use crate::load::Requests;
use crate::rows::value;
use crate::servers::{Sample, Server};
use crate::{accounts, get, post, rows, seed};

/// The operations of the museum whose rate limits are raised, so that the load is not refused.
const OF_MUSEUM: [&str; 6] = ["getHours", "listEvents", "createEvent", "getEvent", "sellTicket", "listTickets"];

/// The API key of the museum with all scopes.
const KEY: &str = "a key of the benchmark";

/// The number of events of the museum for which tickets are sold. A consumer counts the visitors of each event, so the sales
/// of one event wait for each other.
const EVENTS: usize = 200;

/// The text of an event of the museum.
const EVENT: &str =
    r#"{"title":"The night of the clocks","startsAt":"2030-01-01T20:00:00Z","price":"12.50","places":5000}"#;

/// The requests of a mixed load.
#[derive(Clone)]
pub enum Mix {
    /// Requests to the sample: its users, and the token of the administrator.
    Shop { users: Arc<[Uuid]>, token: String },
    /// Requests to the museum: its events.
    Museum { events: Arc<[String]> },
}

/// A generator of numbers that are spread evenly (xorshift).
pub struct Random(pub u64);

impl Random {
    /// Returns a number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % bound
    }
}

impl Mix {
    /// Creates the data of the sample.
    pub async fn shop(sample: &Sample, server: &Server, database: &str) -> anyhow::Result<Mix> {
        let users = seed::seed(database, database).await?.iter().map(|user| user.id).collect();
        for operation in rows::OPERATIONS {
            sample.set(operation, "rate=1000000/1s").await?;
        }
        Ok(Mix::Shop { users, token: accounts::administrator(server).await? })
    }

    /// Creates the data of the museum.
    pub async fn museum(sample: &Sample, server: &Server, database: &str) -> anyhow::Result<Mix> {
        let mut connection = PgConnection::connect(database).await.context("cannot connect to PostgreSQL")?;
        let insert = "INSERT INTO writ.api_keys (service, key_hash, name, scopes)
                      VALUES ('museum', sha256($1::bytea), 'benchmark', '{events:write,tickets:read,tickets:write}')";
        sqlx::query(insert).bind(KEY.as_bytes()).execute(&mut connection).await?;
        connection.close().await?;
        for operation in OF_MUSEUM {
            sample.set(operation, "rate=1000000/1s").await?;
        }
        let create = Requests::new(server.address, |_, request| {
            post(request, "/events", &format!("x-api-key: {KEY}\r\n"), EVENT);
        });
        let mut events = Vec::new();
        for _ in 0..EVENTS {
            let created = create.first().await?;
            let event = value(&created)?;
            ensure!(created.status == 201, "the museum responded with {}: {event}", created.status);
            events.push(event["id"].as_str().context("the new event has no id")?.to_owned());
        }
        Ok(Mix::Museum { events: events.into() })
    }

    /// Appends a request of the load.
    pub fn write(&self, random: &mut Random, request: &mut Vec<u8>) {
        // Few callers share an address, so that most requests are within their limits.
        let [a, b] = [random.below(100), random.below(250)];
        let stranger = format!("x-forwarded-for: 198.51.{a}.{b}\r\n");
        match self {
            Mix::Shop { users, token } => {
                let user = users[random.below(users.len() as u64) as usize];
                let known = format!("authorization: Bearer {token}\r\n{stranger}");
                to_shop(request, random, &id("usr", user), &stranger, &known);
            }
            Mix::Museum { events } => {
                let event = &events[random.below(events.len() as u64) as usize];
                to_museum(request, random, event, &stranger, &format!("x-api-key: {KEY}\r\n{stranger}"));
            }
        }
    }
}

/// Appends a request to the sample. `stranger` and `known` are the headers of a caller without a token and with one.
fn to_shop(request: &mut Vec<u8>, random: &mut Random, user: &str, stranger: &str, known: &str) {
    let number = random.below(u64::MAX);
    match random.below(10) {
        0 => get(request, &format!("/v1/products/NEW-{number}"), stranger),
        1 => get(request, &format!("/{number}/{number}"), stranger),
        2 => get(request, &format!("/v1/users/{user}"), known),
        3 => get(request, "/v1/products?limit=5", stranger),
        4 => get(
            request,
            &format!("/v1/users?limit=20&sort=name&createdBefore=2026-01-01T00:00:{:02}Z", number % 60),
            known,
        ),
        5 => get(request, &format!("/v1/users/{user}"), &format!("authorization: Bearer x{number}\r\n{stranger}")),
        6 => {
            let body = r#"{"items":[{"sku":"ABC-1","quantity":1}],"currency":"EUR"}"#;
            let headers = format!("idempotency-key: k{number}\r\n{known}");
            post(request, &format!("/v1/users/{user}/orders"), &headers, body);
        }
        7 => get(request, "/v1/orders?limit=20", known),
        8 => {
            let body = format!(r#"{{"email":"nobody{number}@example.com","password":"wrong password"}}"#);
            // A login costs 20 ms of a processor, so only some of these are complete.
            let body = if number % 8 == 0 { body } else { body.replace('}', "") };
            post(request, "/v1/auth/login", stranger, &body);
        }
        _ => get(request, "/readyz", ""),
    }
}

/// Appends a request to the museum. `stranger` and `known` are the headers of a caller without a key and with one.
fn to_museum(request: &mut Vec<u8>, random: &mut Random, event: &str, stranger: &str, known: &str) {
    let number = random.below(u64::MAX);
    let keyed = format!("idempotency-key: k{number}\r\n{known}");
    match random.below(10) {
        0 => get(request, &format!("/opening-hours?from=2030-01-{:02}", 1 + number % 28), stranger),
        1 => get(request, &format!("/{number}/{number}"), stranger),
        2 => get(request, &format!("/events/{event}"), stranger),
        3 => get(request, &format!("/events?limit=20&after=2030-01-01T00:00:{:02}Z", number % 60), stranger),
        4 => get(request, &format!("/events/{}", id("evt", Uuid::from_u64_pair(number, number))), stranger),
        5 => get(request, "/tickets", &format!("x-api-key: x{number}\r\n{stranger}")),
        6 => post(request, &format!("/events/{event}/tickets"), &keyed, r#"{"visitors":1}"#),
        7 => get(request, "/tickets?limit=20", known),
        8 => post(request, "/events", &keyed, &EVENT.replace("2030-01-01", &format!("2031-01-{:02}", 1 + number % 28))),
        _ => get(request, "/readyz", ""),
    }
}
