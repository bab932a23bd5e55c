//! Tests of SIGTERM with real processes of the server: during the start, at rest, under load, and with a database that
//! does not respond.

mod process;

use std::collections::HashSet;
use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use process::Process;
use reqwest::RequestBuilder;
use serde_json::json;
use server::testing::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The longest time that a process may take to exit, whatever happens.
const LIMIT: Duration = Duration::from_secs(30);

/// The number of requests per second under load, unless the variable `WRIT_TEST_RATE` has another one.
const RATE: u32 = 500;

/// The time under load before the signal.
const BEFORE: Duration = Duration::from_secs(2);

/// The time between the signal and the end of the port under load.
const LINGER: Duration = Duration::from_millis(500);

/// One of so many requests under load is a login.
const LOGIN_EVERY: u32 = 50;

/// The number of logins that run when the port closes.
const LOGINS: u32 = 8;

/// The time between these logins and the end of the port.
const BEFORE_CLOSING: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_process_at_rest_exits_at_once() {
    let database = TestDatabase::empty(&server::USERS).await;
    let mut process = Process::start(&database, &[]).await;
    process.terminate();
    assert!(process.exited_within(Duration::from_secs(5)).await.success());
    assert!(process.has_logged("received SIGTERM"));
}

#[tokio::test]
async fn a_process_that_waits_for_the_migrations_of_another_one_exits_at_once() {
    let database = TestDatabase::empty(&server::USERS).await;
    let mut other = database.pool.acquire().await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(hashtext('writ schema'))").execute(&mut *other).await.unwrap();
    let mut process = Process::spawn(&database, &[]);
    wait_for_a_waiting_lock(&database.pool).await;
    process.terminate();
    assert!(process.exited_within(Duration::from_secs(5)).await.success());
}

#[tokio::test]
async fn a_process_with_an_idle_client_and_an_unfinished_request_head_exits_at_once() {
    let database = TestDatabase::empty(&server::USERS).await;
    let mut process = Process::start(&database, &[]).await;
    let address = process.url.trim_start_matches("http://").to_owned();
    let idle = TcpStream::connect(&address).await.unwrap();
    let client = reqwest::Client::new();
    client.get(format!("{}/livez", process.url)).send().await.unwrap().bytes().await.unwrap();
    process.terminate();
    assert!(process.exited_within(Duration::from_secs(5)).await.success());
    drop(idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_whose_head_was_read_fails_under_load() {
    let rate = std::env::var("WRIT_TEST_RATE").map_or(RATE, |rate| rate.parse().unwrap());
    let database = TestDatabase::empty(&server::USERS).await;
    let linger = format!("{}ms", LINGER.as_millis());
    let settings = [
        // Each request has a client address of its own, so that no rate limit applies.
        ("WRIT_TRUSTED_PROXIES", "127.0.0.0/8"),
        // The machine of the tests can be slow, so that requests take longer than usual.
        ("WRIT_LOAD_SHEDDING", "off"),
        ("WRIT_PASSWORD_QUEUE", "1000"),
        ("WRIT_LINGER", &linger),
    ];
    let mut process = Process::start(&database, &settings).await;
    let client = LoadClient { url: process.url.clone(), http: reqwest::Client::new() };
    let (stop, stopped) = watch::channel(false);
    let load = tokio::spawn(client.clone().load(rate, stopped));
    tokio::time::sleep(BEFORE).await;
    // The port closes at this time or a moment later.
    let closed = Instant::now() + LINGER;
    process.terminate();
    let (status, logins) = tokio::join!(process.exited_within(LIMIT), client.logins(closed - BEFORE_CLOSING));
    let elapsed = (closed - LINGER).elapsed();
    stop.send_replace(true);
    let mut requests = load.await.unwrap();
    requests.extend(logins);

    let read: HashSet<String> = process
        .lines()
        .iter()
        // The second message is that of a request whose handler was cancelled.
        .filter(|line| line["message"] == "request completed" || line["message"] == "caller disconnected")
        .filter_map(|line| Some(line["requestId"].as_str()?.to_owned()))
        .collect();
    let (served, failed): (Vec<_>, Vec<_>) = requests.iter().partition(|request| request.is_served());
    let is_early = |request: &&Sent| request.sent < closed;
    let sent_early = requests.iter().filter(is_early).count();
    let served_early = served.iter().copied().filter(is_early).count();
    println!(
        "{rate}/s: {served_early} of {sent_early} requests sent before the port closed are served; {} of all requests \
         are not read; exit after {elapsed:?}",
        failed.len()
    );
    let without_line: Vec<_> = served.iter().filter(|request| !read.contains(&request.id)).collect();
    assert!(without_line.is_empty(), "{without_line:?}");
    let failed_although_read: Vec<_> = failed.iter().filter(|request| read.contains(&request.id)).collect();
    assert!(failed_although_read.is_empty(), "{failed_although_read:?}");
    let lost: Vec<_> =
        failed.iter().filter(|request| request.ended < closed || !request.is_without_connection()).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let expected = (BEFORE + LINGER).as_secs_f64() * f64::from(rate);
    assert!(sent_early as f64 >= 0.9 * expected, "the client sent {sent_early} requests instead of {expected}");
    assert!(served_early * 20 >= sent_early * 19, "only {served_early} of {sent_early} requests were served");
    // Connections that are closed at the end of the drain timeout could have requests that leave no log line.
    assert!(!process.has_logged("drain timeout"), "requests were aborted");
    assert!(status.success());
}

#[tokio::test]
async fn a_process_whose_database_does_not_respond_exits_in_time() {
    let database = TestDatabase::empty(&server::USERS).await;
    let proxy = Proxy::start(&database.url).await;
    let through_proxy = [("DATABASE_URL", proxy.url.as_str()), ("WRIT_DRAIN_TIMEOUT", "2s")];
    let mut process = Process::start(&database, &through_proxy).await;
    proxy.stall();
    let mut hanging = JoinSet::new();
    for at in 0..8 {
        hanging.spawn(reqwest::get(format!("{}/v1/products/none-{at}", process.url)));
    }
    // Another request on the same kind of connection shows that the server reads requests.
    reqwest::get(format!("{}/livez", process.url)).await.unwrap();
    process.terminate();
    let status = process.exited_within(Duration::from_secs(15)).await;
    // Each step of the shutdown ends by its own limit, and not by that of the whole process.
    assert!(status.success() && !process.has_logged("the shutdown took longer"), "{status}\n{}", process.log());
}

#[tokio::test]
async fn a_second_signal_ends_a_process_whose_database_does_not_respond() {
    let database = TestDatabase::empty(&server::USERS).await;
    let proxy = Proxy::start(&database.url).await;
    let mut process = Process::start(&database, &[("DATABASE_URL", proxy.url.as_str())]).await;
    proxy.stall();
    let hanging = tokio::spawn(reqwest::get(format!("{}/v1/products/none", process.url)));
    reqwest::get(format!("{}/livez", process.url)).await.unwrap();
    process.terminate();
    while !process.has_logged("received SIGTERM") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    process.terminate();
    process.exited_within(Duration::from_secs(5)).await;
    assert!(process.has_logged("stopping immediately"), "{}", process.log());
    hanging.abort();
}

/// Waits until a connection to the database waits for an advisory lock.
async fn wait_for_a_waiting_lock(pool: &PgPool) {
    let waiting = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
                   WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()";
    let started = Instant::now();
    while sqlx::query_scalar::<_, i64>(AssertSqlSafe(waiting)).fetch_one(pool).await.unwrap() == 0 {
        assert!(started.elapsed() < LIMIT, "the process does not wait for the lock");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A request under load, and its result.
#[derive(Debug)]
struct Sent {
    id: String,
    sent: Instant,
    ended: Instant,
    /// The status code of a complete response.
    result: Result<u16, reqwest::Error>,
}

impl Sent {
    fn is_served(&self) -> bool {
        matches!(self.result, Ok(200 | 401))
    }

    /// Returns true if the connection was refused, or was closed before the first byte of the response.
    fn is_without_connection(&self) -> bool {
        let Err(error) = &self.result else { return false };
        let mut causes = std::iter::successors(error.source(), |cause| (*cause).source());
        error.is_connect() || error.is_request() && causes.any(is_end_of_connection)
    }
}

fn is_end_of_connection(error: &(dyn Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return error.is_incomplete_message() || error.is_canceled();
    }
    let error = error.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(error, Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe))
}

/// A client that sends many requests, each from an address of its own.
#[derive(Clone)]
struct LoadClient {
    url: String,
    http: reqwest::Client,
}

impl LoadClient {
    /// Sends requests at a constant rate until `stopped`. Returns them with their results.
    async fn load(self, rate: u32, stopped: watch::Receiver<bool>) -> Vec<Sent> {
        let mut requests = JoinSet::new();
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
        for number in 0_u32.. {
            ticks.tick().await;
            if *stopped.borrow() {
                break;
            }
            let request = match number % LOGIN_EVERY {
                0 => self.login(number),
                odd if odd % 2 == 1 => self.http.get(format!("{}/v1/products", self.url)),
                _ => self.http.get(format!("{}/livez", self.url)),
            };
            requests.spawn(send(number, request));
        }
        requests.join_all().await
    }

    /// Sends some logins at a time. The hashes of their passwords run for a while. Returns them with their results.
    async fn logins(&self, at: Instant) -> Vec<Sent> {
        tokio::time::sleep_until(at.into()).await;
        let numbers = u32::MAX - LOGINS..u32::MAX;
        numbers.map(|number| send(number, self.login(number))).collect::<JoinSet<_>>().join_all().await
    }

    fn login(&self, number: u32) -> RequestBuilder {
        let body = json!({ "email": format!("load-{number}@example.com"), "password": "not the password" });
        self.http.post(format!("{}/v1/auth/login", self.url)).json(&body)
    }
}

/// Sends a request whose number is its id and its client address.
async fn send(number: u32, request: RequestBuilder) -> Sent {
    let id = format!("load-{number}");
    let [_, b, c, d] = number.to_be_bytes();
    let request = request.header("x-request-id", &id).header("x-forwarded-for", format!("10.{b}.{c}.{d}"));
    let sent = Instant::now();
    let response = async {
        let response = request.send().await?;
        let status = response.status().as_u16();
        response.bytes().await.map(|_| status)
    };
    let result = response.await;
    Sent { id, sent, ended: Instant::now(), result }
}

/// A TCP proxy for PostgreSQL that can stop to forward data without closing connections.
struct Proxy {
    url: String,
    stalled: watch::Sender<bool>,
}

impl Proxy {
    async fn start(url: &str) -> Proxy {
        let upstream = url.rsplit('@').next().unwrap().split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = url.replacen(&upstream, &listener.local_addr().unwrap().to_string(), 1);
        let stalled = watch::Sender::new(false);
        let state = stalled.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (upstream, mut state) = (upstream.clone(), state.subscribe());
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(&upstream).await.unwrap();
                    let stalled = async { drop(state.wait_for(|stalled| *stalled).await) };
                    tokio::select! {
                        _ = copy_bidirectional(&mut stream, &mut server) => return,
                        () = stalled => {}
                    }
                    // Both connections stay open.
                    std::future::pending::<()>().await;
                });
            }
        });
        Proxy { url, stalled }
    }

    /// Stops to forward data, on new connections too.
    fn stall(&self) {
        self.stalled.send_replace(true);
    }
}
