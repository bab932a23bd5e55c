//! Tests of what operators read: the dashboard, the alert rules and the list of metrics belong to the running server.
#![allow(clippy::unwrap_used, reason = "a test fails if an operation fails")]

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use generated::latest::client::Client;
use http::Method;
use server::testing;
use support::Service;
use writ_platform::calls::{CallConfig, Calls};
use writ_platform::metrics::Metrics;
use writ_runtime::client::Connection;

/// The beginnings of the names of metrics.
const BEGINNINGS: [&str; 4] = ["http_server_", "http_client_", "db_client_", "writ_"];

/// The metrics that the sample does not always have: those of a cache without Redis, of an overload, and of purges that have
/// run.
const OCCASIONAL: [&str; 4] =
    ["writ_cache_bytes", "writ_cache_entries", "writ_concurrency_limit", "writ_job_overdue_seconds"];

fn document(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the metrics that queries name. Labels are in braces, or in parentheses after a word such as `by`.
fn metrics_in(queries: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let (mut braces, mut labels, mut word, mut before) = (0, false, String::new(), String::new());
    for letter in queries.chars().chain([' ']) {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            word.push(letter);
            continue;
        }
        if !word.is_empty() {
            before = std::mem::take(&mut word);
            if braces == 0 && !labels && BEGINNINGS.iter().any(|start| before.starts_with(start)) {
                names.insert(before.clone());
            }
        }
        match letter {
            '{' => braces += 1,
            '}' => braces -= 1,
            '(' => labels = ["by", "on", "without", "ignoring"].contains(&before.as_str()),
            ')' => labels = false,
            _ => {}
        }
    }
    names
}

/// Returns the queries of the dashboard.
fn dashboard() -> String {
    let dashboard: serde_json::Value = serde_json::from_str(&document("operations/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter().filter_map(|panel| panel["targets"].as_array());
    panels.flatten().map(|target| format!("{} ", target["expr"].as_str().unwrap())).collect()
}

/// Returns the alert rules without the templates of their texts.
fn rules() -> String {
    document("operations/alerts.yaml").lines().filter(|line| !line.contains("summary:")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_names_of_metrics_are_told_from_labels() {
    let query = r#"sum by (db_client_connection_state) (rate(writ_a_total{db_client_x="writ_b"}[5m])) / on (writ_c) http_server_d"#;
    assert_eq!(metrics_in(query), ["http_server_d".to_owned(), "writ_a_total".to_owned()].into());
}

/// Calls a service that does not exist, which has the metrics of any call.
async fn call_another_service(metrics: &Arc<Metrics>) {
    let calls = Calls::new("other", writ_runtime::Router::new(), &CallConfig::default(), metrics.clone());
    let connection = Connection::over("http://other", calls).unwrap();
    Client::new(connection).health.livez().await.unwrap_err();
}

#[tokio::test]
async fn every_metric_of_the_dashboard_and_of_the_alert_rules_is_served() {
    let service = Service::of(testing::start().await);
    for path in ["/v1/products", "/v1/products", "/nowhere"] {
        service.request(Method::GET, path).send().await.unwrap();
    }
    call_another_service(service.server.platform.metrics()).await;
    let text = service.server.platform.metrics().render().unwrap();
    let served: BTreeSet<&str> = text.lines().filter_map(|line| line.split('{').next()).collect();
    let (shown, watched) = (metrics_in(&dashboard()), metrics_in(&rules()));
    assert!(shown.len() > 15 && watched.len() > 10, "{shown:?} {watched:?}");
    for metric in shown.union(&watched).filter(|metric| !OCCASIONAL.contains(&metric.as_str())) {
        assert!(served.contains(metric.as_str()), "{metric} is not served:\n{text}");
    }
    let names = service.server.platform.metrics().names();
    assert!(OCCASIONAL.iter().all(|metric| names.contains(metric)), "{names:?}");
}

#[tokio::test]
async fn every_metric_has_a_panel() {
    let service = Service::of(testing::start().await);
    let shown = metrics_in(&dashboard());
    let suffixes = ["", "_total", "_bucket", "_count"];
    let is_shown = |name: &str| suffixes.iter().any(|suffix| shown.contains(&format!("{name}{suffix}")));
    let missing: Vec<_> =
        service.server.platform.metrics().names().into_iter().filter(|name| !is_shown(name)).collect();
    assert!(missing.is_empty(), "the dashboard has no panel for {missing:?}");
}

#[tokio::test]
async fn every_metric_is_documented() {
    let service = Service::of(testing::start().await);
    let names = service.server.platform.metrics().names();
    let text = document("operations.md");
    let missing: Vec<_> = names.iter().filter(|name| !text.contains(&format!("| `{name}"))).collect();
    assert!(missing.is_empty(), "docs/operations.md has no row for {missing:?}");
    let documented = text.lines().filter_map(|line| line.strip_prefix("| `")?.split(['`', '{']).next());
    for metric in documented.filter(|name| BEGINNINGS.iter().any(|start| name.starts_with(start))) {
        let name = metric.strip_suffix("_total").unwrap_or(metric);
        assert!(names.contains(&name), "docs/operations.md lists {metric}, which is not a metric");
    }
}

#[test]
fn every_alert_has_a_section_that_its_annotation_names() {
    let (rules, text) = (document("operations/alerts.yaml"), document("operations.md"));
    let alerts: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let runbooks: Vec<_> = rules.lines().filter_map(|line| line.trim().strip_prefix("runbook: ")).collect();
    assert_eq!(alerts.len(), runbooks.len());
    for (alert, runbook) in alerts.iter().zip(runbooks) {
        assert!(text.contains(&format!("\n### {alert}\n")), "docs/operations.md has no section {alert}");
        assert_eq!(runbook, format!("docs/operations.md#{}", alert.to_lowercase()));
    }
}
