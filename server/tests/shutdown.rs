//! Tests of SIGTERM with real processes of the server: during the start, at rest, under load, and with a database that
//! does not respond.

mod process;

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use process::Process;
use server::testing::TestDatabase;
use sqlx::{AssertSqlSafe, PgPool};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The longest time that a process may take to exit, whatever happens.
const LIMIT: Duration = Duration::from_secs(30);

/// The number of requests per second under load, unless the variable `WRIT_TEST_RATE` has another one.
const RATE: u32 = 100;

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

#[tokio::test]
async fn no_request_whose_head_was_read_fails_under_load() {
    let rate = std::env::var("WRIT_TEST_RATE").map_or(RATE, |rate| rate.parse().unwrap());
    let database = TestDatabase::empty(&server::USERS).await;
    // Each request has a client address of its own, so that no rate limit applies.
    let mut process = Process::start(&database, &[("WRIT_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let (stop, stopped) = watch::channel(false);
    let load = tokio::spawn(load(process.url.clone(), rate, stopped));
    tokio::time::sleep(Duration::from_secs(2)).await;
    process.terminate();
    let terminated = Instant::now();
    let status = process.exited_within(LIMIT).await;
    let elapsed = terminated.elapsed();
    stop.send_replace(true);
    let outcomes = load.await.unwrap();

    let read: HashSet<String> = process
        .lines()
        .iter()
        .filter(|line| line["message"] == "request completed")
        .filter_map(|line| Some(line["requestId"].as_str()?.to_owned()))
        .collect();
    let failed: Vec<_> = outcomes.iter().filter(|(_, outcome)| **outcome != Some(200)).collect();
    let failed_although_read: Vec<_> = failed.iter().filter(|(id, _)| read.contains(*id)).collect();
    let (sent, served) = (outcomes.len(), outcomes.len() - failed.len());
    println!("{rate}/s: {sent} requests sent, {served} served, {} not read; exit after {elapsed:?}", failed.len());
    assert!(failed_although_read.is_empty(), "{failed_although_read:?}");
    assert!(served >= rate as usize, "only {served} of {sent} requests were served");
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
    process.exited_within(Duration::from_secs(15)).await;
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

/// Sends requests at a constant rate until `stopped`. Returns the status of each response by the id of the request, or
/// `None` if there was no complete response.
async fn load(url: String, rate: u32, stopped: watch::Receiver<bool>) -> HashMap<String, Option<u16>> {
    let client = reqwest::Client::new();
    let mut requests = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    for number in 0_u32.. {
        ticks.tick().await;
        if *stopped.borrow() {
            break;
        }
        let path = if number.is_multiple_of(2) { "/v1/products" } else { "/livez" };
        let id = format!("load-{number}");
        let [_, b, c, d] = number.to_be_bytes();
        let request = client.get(format!("{url}{path}")).header("x-request-id", &id);
        let request = request.header("x-forwarded-for", format!("10.{b}.{c}.{d}"));
        requests.spawn(async move {
            let outcome = async {
                let response = request.send().await.ok()?;
                let status = response.status().as_u16();
                response.bytes().await.ok().map(|_| status)
            };
            (id, outcome.await)
        });
    }
    requests.join_all().await.into_iter().collect()
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
