//! Tests of log lines and traces with real processes of the server.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails if an operation fails")]

mod collector;
#[path = "../envoy/mod.rs"]
mod envoy;
#[path = "../process/mod.rs"]
mod process;
mod services;

use std::io::Read as _;
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use server::testing::TestDatabase;

use collector::{Collector, Exported, hex};
use process::Process;

/// The trace context that a caller sends.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Sends a request with a trace context to a server, ends the server, and returns the spans that it exported.
async fn spans_of_a_request(trusted: &str) -> Vec<Exported> {
    let database = TestDatabase::empty(&server::USERS).await;
    let (collector, url) = Collector::start().await;
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
        ("OTEL_SERVICE_NAME", "shop-test"),
        ("WRIT_TRUSTED_PROXIES", trusted),
    ];
    let mut process = Process::start(&database, &settings).await;
    let request = reqwest::Client::new().get(format!("{}/v1/products/SKU-1", process.url));
    let response = request.header("traceparent", format!("00-{TRACE}-{PARENT}-01")).send().await.unwrap();
    assert_eq!(response.status(), 404);
    // The spans that still wait are sent before the process ends.
    assert!(process.end().await.success());
    let spans = collector.spans();
    assert!(spans.iter().all(|span| span.service == "shop-test"), "{spans:?}");
    spans
}

#[tokio::test]
async fn the_trace_of_a_trusted_proxy_continues_with_the_request_and_its_calls_of_stores() {
    let spans = spans_of_a_request("127.0.0.0/8").await;
    let of_trace = |span: &&Exported| hex(&span.trace_id) == TRACE;
    let request = spans.iter().filter(of_trace).find(|span| span.name == "GET /v1/products/{sku}").unwrap();
    assert_eq!((hex(&request.parent_span_id).as_str(), request.kind()), (PARENT, SpanKind::Server));
    let attributes = format!("{:?}", request.attributes);
    for attribute in ["http.request.method", "http.route", "http.response.status_code", "url.scheme", "request.id"] {
        assert!(attributes.contains(attribute), "{attribute}: {attributes}");
    }
    assert!(!attributes.contains("SKU-1"), "{attributes}");
    for name in ["redis", "SELECT"] {
        let call = spans.iter().filter(of_trace).find(|span| span.name == name);
        let call = call.unwrap_or_else(|| panic!("no span `{name}`: {spans:?}"));
        assert_eq!((&call.parent_span_id, call.kind()), (&request.span_id, SpanKind::Client), "{name}");
        assert!(call.start_time_unix_nano >= request.start_time_unix_nano, "{name}");
    }
}

#[tokio::test]
async fn the_trace_context_of_a_stranger_is_ignored() {
    let spans = spans_of_a_request("10.0.0.0/8").await;
    let request = spans.iter().find(|span| span.name == "GET /v1/products/{sku}").unwrap();
    assert_ne!(hex(&request.trace_id), TRACE);
    assert!(request.parent_span_id.is_empty(), "{request:?}");
}

#[tokio::test]
async fn a_collector_that_does_not_respond_delays_neither_requests_nor_the_end() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let database = TestDatabase::empty(&server::USERS).await;
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mut process = Process::start(&database, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &url)]).await;
    for _ in 0..100 {
        assert_eq!(process.get("/v1/products").await, Some(200));
    }
    assert!(process.end().await.success());
}

#[tokio::test]
async fn log_lines_of_a_request_with_effects_have_its_request_id_although_spans_are_exported() {
    let database = TestDatabase::empty(&server::USERS).await;
    let (_collector, url) = Collector::start().await;
    // The driver logs each statement of the handler, which runs in a task of its own.
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()), ("WRIT_LOG", "info,sqlx=debug")];
    let mut process = Process::start(&database, &settings).await;
    let body = r#"{"email":"user@example.com","password":"not the password"}"#;
    let login = reqwest::Client::new().post(format!("{}/v1/auth/login", process.url)).body(body);
    let login = login.header("content-type", "application/json").header("x-request-id", "login-1");
    assert_eq!(login.send().await.unwrap().status(), 401);
    assert!(process.end().await.success());
    let lines = process.lines();
    let of_request = |target: &str| {
        let id = |line: &&serde_json::Value| line["span"]["requestId"] == "login-1" || line["requestId"] == "login-1";
        lines.iter().filter(id).any(|line| line["target"].as_str().is_some_and(|found| found.starts_with(target)))
    };
    assert!(of_request("sqlx") && of_request("writ::request"), "{lines:?}");
}

#[tokio::test]
async fn log_lines_in_a_file_have_no_escape_sequences() {
    let database = TestDatabase::empty(&server::USERS).await;
    let mut process = Process::start(&database, &[("WRIT_LOG_FORMAT", "text")]).await;
    assert!(process.end().await.success());
    let log = process.log();
    assert!(log.contains("serving requests") && !log.contains('\u{1b}'), "{log:?}");
}

#[tokio::test]
async fn requests_complete_while_nothing_reads_the_log_and_dropped_lines_are_counted() {
    let database = TestDatabase::empty(&server::USERS).await;
    // A pipe holds 64 KiB, so that few requests fill it and the buffer.
    let mut process = Process::start_unread(&database, &[("WRIT_LOG_BUFFER", "16384")]).await;
    let dropped = async || {
        let metrics = process.metrics().await;
        let line = metrics.lines().find(|line| line.starts_with("writ_log_lines_dropped_total{")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    process
        .until(async || {
            for _ in 0..100 {
                let request = tokio::time::timeout(Duration::from_secs(5), process.get("/livez"));
                assert_eq!(request.await.expect("the log does not delay the request"), Some(200));
            }
            dropped().await > 0
        })
        .await;

    // As soon as the log is read again, it says how many lines are missing.
    let mut stdout = process.child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    assert!(process.end().await.success());
    let text = reader.join().unwrap().unwrap();
    assert!(text.contains("log lines were dropped"), "{}", text.lines().last().unwrap_or_default());
    assert!(text.lines().all(|line| line.starts_with('{') && line.ends_with('}')), "every line is complete");
}

#[tokio::test]
async fn a_process_ends_although_nothing_reads_its_log() {
    let database = TestDatabase::empty(&server::USERS).await;
    let mut process = Process::start_unread(&database, &[("WRIT_LOG_BUFFER", "1024")]).await;
    for _ in 0..400 {
        assert_eq!(process.get("/livez").await, Some(200));
    }
    assert!(process.end().await.success());
}
