//! Tests of policies at run time: commands, their effect on requests, their end, and the processes that apply them.

#[cfg(feature = "postgres")]
mod on_postgres;

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Router;
use chrono::{TimeDelta, Utc};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use writ_runtime::operation::{Cache, LimitBy, RateLimit};
use writ_runtime::{Context, Method, NoAuthentication, Operation, PROBLEM_JSON, Pipeline, Problem, Reply, nothing};

use super::active::Clock;
use super::*;
use crate::testing::TestServer;
use crate::{Builder, Platform, Service, Store};

static LIST_EVENTS: Operation = Operation {
    id: "listEvents",
    path: "/events",
    rate_limits: &[RateLimit { requests: 100, window: Duration::from_secs(60), by: LimitBy::Address }],
    cache: Some(Cache { ttl: Duration::from_secs(60), tags: &["events"], shared: true }),
    statuses: &[200],
    ..Operation::NONE
};

static BUY_TICKET: Operation =
    Operation { id: "buyTicket", method: Method::POST, path: "/tickets", statuses: &[204], ..Operation::NONE };

static LIVEZ: Operation = Operation { id: "livez", path: "/livez", statuses: &[204], ..Operation::NONE };

static ALL: [&Operation; 3] = [&LIST_EVENTS, &BUY_TICKET, &LIVEZ];

struct Handlers;

impl Handlers {
    async fn respond(&self, _: &Context<()>) -> Result<Reply, Problem> {
        Ok(Reply::status(200).bytes("application/json", format!("\"{}\"", uuid::Uuid::new_v4())))
    }
}

fn router(store: &Store, platform: &Platform) -> Router {
    let gate = platform.gate::<Infallible>(store, &ALL);
    let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, gate, platform.serve_options());
    let mut endpoints = Vec::new();
    let mut routes = pipeline.routes(Handlers, &mut endpoints);
    for operation in ALL {
        routes.public_bare(operation, nothing, Handlers::respond);
    }
    writ_runtime::router(&PROBLEM_JSON, endpoints)
}

/// A service in one process without a database.
struct Kiosk(Store);

impl Service for Kiosk {
    const PREFIX: &'static str = "KIOSK_";

    fn new(_: &mut Builder) -> Kiosk {
        Kiosk(Store::memory())
    }

    fn router(&self, platform: &Platform) -> Router {
        router(&self.0, platform)
    }
}

async fn send<S: Service>(server: &TestServer<S>, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let request = format!("{request} HTTP/1.1\r\nhost: museum\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

async fn status<S: Service>(server: &TestServer<S>, request: &str) -> u16 {
    send(server, request).await.split(' ').nth(1).unwrap().parse().unwrap()
}

fn words(command: &str) -> Vec<String> {
    command.split(' ').map(str::to_owned).collect()
}

async fn policy<S: Service>(server: &TestServer<S>, command: &str) -> Result<String, String> {
    run(&server.platform, &words(command)).await.map_err(|error| error.to_string())
}

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Starts a kiosk with an admin port.
async fn kiosk() -> TestServer<Kiosk> {
    let server = TestServer::start_with(|settings| {
        settings.set("KIOSK_ADMIN_BIND", &free_address());
        settings.set("KIOSK_ADMIN_SECRET", "correct-horse-battery");
    });
    let server = server.await;
    // The server binds the port in a task.
    while tokio::net::TcpStream::connect(server.platform.config().admin.as_ref().unwrap().bind).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server
}

#[tokio::test]
async fn an_operation_that_is_switched_off_responds_with_503_in_the_envelope_until_the_end() {
    let kiosk = kiosk().await;
    assert_eq!(status(&kiosk, "POST /tickets").await, 200);
    let report = policy(&kiosk, "off buyTicket for 1s reason INC-812").await.unwrap();
    let lines: Vec<_> = report.lines().collect();
    assert!(lines[0].starts_with("buyTicket: off until 20") && lines[1] == "applied by 1 of 1 processes", "{report}");

    let refused = send(&kiosk, "POST /tickets").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: 1\r\n") && refused.contains("application/problem+json"), "{refused}");
    assert!(refused.contains("temporarily switched off") && !refused.contains("INC-812"), "{refused}");
    assert_eq!(status(&kiosk, "GET /events").await, 200);

    tokio::time::sleep(Duration::from_millis(1050)).await;
    assert_eq!(status(&kiosk, "POST /tickets").await, 200);
    assert!(policy(&kiosk, "list").await.unwrap().starts_with("no policies are set"));
    let log = policy(&kiosk, "log").await.unwrap();
    assert!(log.contains("set     buyTicket  off") && log.contains("admin port") && log.ends_with("INC-812"), "{log}");
}

#[tokio::test]
async fn a_rate_limit_and_a_cache_time_replace_those_of_the_contract_until_they_are_cleared() {
    let kiosk = kiosk().await;
    let first = send(&kiosk, "GET /events").await;
    assert!(first.contains("x-ratelimit-limit: 100"), "{first}");
    let body = |response: &str| response.rsplit("\r\n").next().unwrap().to_owned();
    assert_eq!(body(&send(&kiosk, "GET /events").await), body(&first));

    policy(&kiosk, "set listEvents rate=3/60s cache=off for 1m by user@example.com").await.unwrap();
    let second = send(&kiosk, "GET /events").await;
    assert!(second.contains("x-ratelimit-limit: 3") && second.contains("x-ratelimit-remaining: 2"), "{second}");
    assert_ne!(body(&second), body(&first));
    let third = send(&kiosk, "GET /events").await;
    assert_ne!(body(&third), body(&second));
    assert_eq!(status(&kiosk, "GET /events").await, 200);
    assert_eq!(status(&kiosk, "GET /events").await, 429);
    let list = policy(&kiosk, "list").await.unwrap();
    assert!(list.contains("listEvents  rate=3/1m  ") && list.contains("user@example.com (admin port)"), "{list}");

    policy(&kiosk, "set listEvents cache=30s for 1m").await.unwrap();
    policy(&kiosk, "clear listEvents rate").await.unwrap();
    let stored = body(&send(&kiosk, "GET /events").await);
    assert_ne!(stored, body(&first));
    assert_eq!(body(&send(&kiosk, "GET /events").await), stored);
    policy(&kiosk, "clear listEvents").await.unwrap();
    assert_eq!(body(&send(&kiosk, "GET /events").await), body(&first));
}

#[tokio::test]
async fn a_command_that_does_not_fit_the_contract_says_what_exists() {
    let kiosk = kiosk().await;
    for (command, message) in [
        (
            "off buyTickets for 1m",
            "the contract has no operation `buyTickets`; did you mean `buyTicket`?\n\
             its operations are buyTicket, listEvents",
        ),
        ("off xyz for 1m", "the contract has no operation `xyz`\nits operations are buyTicket, listEvents"),
        ("clear Listevents", "the contract has no operation `Listevents`; did you mean `listEvents`?"),
        ("clear buyTicket", "no policy is set for `buyTicket`; `policy list` prints those that are"),
        ("off livez for 1m", "`livez` is a health check, which is never limited or switched off"),
        ("set buyTicket cache=30s for 1m", "the contract declares no x-cache for `buyTicket`"),
        ("off buyTicket for 25h", "the duration must be from 1s to 24h"),
    ] {
        let error = policy(&kiosk, command).await.unwrap_err();
        assert!(error.starts_with(message), "{command}: {error}");
    }
    assert_eq!(policy(&kiosk, "log").await.unwrap(), "the log is empty");
}

#[tokio::test]
async fn the_admin_port_requires_its_secret_and_a_loopback_address() {
    let kiosk = kiosk().await;
    let admin = kiosk.platform.config().admin.clone().unwrap();
    for authorization in
        ["", "authorization: Bearer correct-horse-batterz\r\n", "authorization: correct-horse-battery\r\n"]
    {
        let mut stream = tokio::net::TcpStream::connect(admin.bind).await.unwrap();
        let body = r#"{"arguments":["off","buyTicket","for","1m"]}"#;
        let head = format!("POST /policy HTTP/1.1\r\nhost: kiosk\r\nconnection: close\r\n{authorization}");
        let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 401"), "{response}");
    }
    assert_eq!(status(&kiosk, "POST /tickets").await, 200);

    for (bind, secret, fault) in [
        ("0.0.0.0:9091", "correct-horse-battery", "KIOSK_ADMIN_BIND: must be a loopback address with a port"),
        ("127.0.0.1:9091", "short", "KIOSK_ADMIN_SECRET: must be at least 16 visible ASCII characters"),
        ("127.0.0.1:9091", "", "KIOSK_ADMIN_SECRET: is required with the admin port"),
    ] {
        let variables = [("KIOSK_ADMIN_BIND", bind), ("KIOSK_ADMIN_SECRET", secret)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let builder = Builder::new(crate::config::Source::new("KIOSK_", "", variables));
        let faults = builder.build().unwrap_err().faults;
        assert!(faults.len() == 1 && faults[0].starts_with(fault), "{faults:?}");
    }
    let without = TestServer::<Kiosk>::start().await;
    let error = policy(&without, "list").await.unwrap_err();
    assert!(error.contains("set KIOSK_ADMIN_BIND and KIOSK_ADMIN_SECRET"), "{error}");
}

#[test]
fn an_override_ends_by_the_clock_of_the_store_without_another_message() {
    let overrides = Overrides::default();
    // The clock of the store is an hour ahead of that of this process.
    let time = Utc::now() + TimeDelta::hours(1);
    let until = time + TimeDelta::milliseconds(200);
    let author = crate::operator::Author { operator: String::new(), role: "writ".to_owned() };
    let off = Override { operation: "buyTicket".to_owned(), change: Change::Off, until, author, reason: String::new() };
    overrides.replace(1, vec![off], Clock::new(Instant::now(), time));
    assert!(overrides.off(&BUY_TICKET).is_some_and(|remaining| remaining <= Duration::from_millis(200)));
    assert!(overrides.off(&LIST_EVENTS).is_none());
    std::thread::sleep(Duration::from_millis(210));
    assert!(overrides.off(&BUY_TICKET).is_none() && overrides.current().is_empty());
}
