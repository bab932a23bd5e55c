//! Tests of policies at run time with real processes of the server.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::Response;
use serde_json::Value;
use server::testing::TestDatabase;

/// A process of the server. Dropping the value kills the process.
struct Process {
    child: Child,
    url: String,
}

/// Returns the server program with the settings of a database.
fn program(database: &TestDatabase) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
    program.env("DATABASE_URL", &database.url).env("WRIT_LOG", "warn").env("WRIT_DATABASE_CONNECTIONS", "4");
    program.env("REDIS_URL", std::env::var("WRIT_TEST_REDIS_URL").unwrap());
    program.env("WRIT_TRUSTED_PROXIES", "127.0.0.0/8").env("WRIT_REDIS_TIMEOUT", "2s");
    program.env("WRIT_REDIS_PREFIX", database.url.rsplit('/').next().unwrap());
    program
}

impl Process {
    /// Starts a process and waits until it is ready.
    async fn start(database: &TestDatabase) -> Process {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = program(database).env("WRIT_BIND", address.to_string()).stdout(Stdio::null()).spawn().unwrap();
        let process = Process { child, url: format!("http://{address}") };
        let started = Instant::now();
        while !reqwest::get(format!("{}/readyz", process.url)).await.is_ok_and(|response| response.status() == 200) {
            assert!(started.elapsed() < Duration::from_secs(30), "the process is not ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        process
    }

    async fn products(&self) -> Response {
        reqwest::get(format!("{}/v1/products", self.url)).await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the subcommand `policy` in a process of its own.
fn policy(database: &TestDatabase, arguments: &[&str]) -> Output {
    program(database).arg("policy").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn two_processes_apply_a_policy_within_two_seconds_and_drop_it_at_its_end_although_others_have_died() {
    let database = TestDatabase::empty(&server::USERS).await;
    let (first, second) = (Process::start(&database).await, Process::start(&database).await);
    assert_eq!(
        (first.products().await.status(), second.products().await.status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );

    let started = Instant::now();
    let arguments = ["off", "listProducts", "for", "5s", "by", "alice", "reason", "INC-812"];
    let set = policy(&database, &arguments);
    assert!(set.status.success(), "{}", text(&set.stderr));
    assert!(text(&set.stdout).ends_with("applied by 2 of 2 processes\n"), "{}", text(&set.stdout));
    let confirmed = started.elapsed();
    assert!(confirmed < Duration::from_secs(2), "{confirmed:?}");
    for process in [&first, &second] {
        let response = process.products().await;
        assert_eq!(response.status(), 503);
        let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=5).contains(&seconds), "{seconds}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "SERVICE_UNAVAILABLE");
    }

    // The process that set the policy has ended already. Another one is killed.
    drop(first);
    while second.products().await.status() == 503 {
        assert!(started.elapsed() < Duration::from_secs(6), "the policy outlived its end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(started.elapsed() > Duration::from_secs(4), "the policy ended early: {:?}", started.elapsed());
    let log = text(&policy(&database, &["log"]).stdout);
    assert!(log.contains("listProducts  off") && log.contains("alice (") && log.contains("INC-812"), "{log}");
}

#[tokio::test]
async fn a_command_that_is_not_valid_fails_and_lists_what_exists() {
    let database = TestDatabase::empty(&server::USERS).await;
    let unknown = policy(&database, &["off", "listProduct", "for", "5m"]);
    assert!(!unknown.status.success());
    assert!(text(&unknown.stderr).contains("did you mean `listProducts`?"), "{}", text(&unknown.stderr));
    let unmigrated = policy(&database, &["list"]);
    assert!(text(&unmigrated.stderr).contains("created when the service starts"), "{}", text(&unmigrated.stderr));
    let usage = policy(&database, &[]);
    assert!(usage.status.success() && text(&usage.stdout).contains("policy set OPERATION"), "{}", text(&usage.stdout));
    let argument = program(&database).arg("--port").output().unwrap();
    assert!(text(&argument.stderr).contains("unknown argument `--port`"), "{}", text(&argument.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_together_admit_as_many_requests_as_a_bucket_has() {
    let rounds = std::env::var("WRIT_ROUNDS").ok().map_or(100, |rounds| rounds.parse().unwrap());
    let database = TestDatabase::empty(&server::USERS).await;
    let (first, second) = (Process::start(&database).await, Process::start(&database).await);
    // The bucket receives a token in 72 minutes.
    let set = policy(&database, &["set", "listProducts", "rate=20/24h", "for", "1h"]);
    assert!(set.status.success(), "{}", text(&set.stderr));
    let client = reqwest::Client::new();
    for round in 0..rounds {
        // Each round has a client address of its own.
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + round).to_string();
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..50 {
            let process = if number % 2 == 0 { &first } else { &second };
            let request = client.get(format!("{}/v1/products", process.url)).header("x-forwarded-for", &address);
            requests.spawn(async move { request.send().await.unwrap().status().as_u16() });
        }
        let statuses = requests.join_all().await;
        let count = |status| statuses.iter().filter(|found| **found == status).count();
        assert_eq!((count(200), count(429)), (20, 30), "round {round}");
    }
}
