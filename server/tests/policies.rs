//! Tests of policies at run time with real processes of the server.

mod process;

use std::process::Output;
use std::time::{Duration, Instant};

use process::{Process, program};
use reqwest::Response;
use serde_json::Value;
use server::testing::TestDatabase;

/// Starts a process in which only the rate limits of addresses, and of operators, refuse requests.
async fn start(database: &TestDatabase) -> Process {
    let settings = [
        ("WRIT_LOG", "warn"),
        ("WRIT_TRUSTED_PROXIES", "127.0.0.0/8"),
        ("WRIT_REDIS_TIMEOUT", "2s"),
        ("WRIT_LOAD_SHEDDING", "off"),
    ];
    Process::start(database, &settings).await
}

async fn products(process: &Process) -> Response {
    reqwest::get(format!("{}/v1/products", process.url)).await.unwrap()
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
    let (first, second) = (start(&database).await, start(&database).await);
    assert_eq!(
        (products(&first).await.status(), products(&second).await.status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );

    let started = Instant::now();
    let arguments = ["off", "listProducts", "for", "5s", "by", "user@example.com", "reason", "INC-812"];
    let set = policy(&database, &arguments);
    assert!(set.status.success(), "{}", text(&set.stderr));
    assert!(text(&set.stdout).ends_with("applied by 2 of 2 processes\n"), "{}", text(&set.stdout));
    let confirmed = started.elapsed();
    assert!(confirmed < Duration::from_secs(2), "{confirmed:?}");
    for process in [&first, &second] {
        let response = products(process).await;
        assert_eq!(response.status(), 503);
        let seconds: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=5).contains(&seconds), "{seconds}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "SERVICE_UNAVAILABLE");
    }

    // The process that set the policy has ended already. Another one is killed.
    drop(first);
    while products(&second).await.status() == 503 {
        assert!(started.elapsed() < Duration::from_secs(6), "the policy outlived its end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(started.elapsed() > Duration::from_secs(4), "the policy ended early: {:?}", started.elapsed());
    let log = text(&policy(&database, &["log"]).stdout);
    assert!(
        log.contains("listProducts  off") && log.contains("user@example.com (") && log.contains("INC-812"),
        "{log}"
    );
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
    let (first, second) = (start(&database).await, start(&database).await);
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
