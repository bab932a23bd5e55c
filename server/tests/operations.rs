//! Tests of what operators read: the dashboard, the alert rules and the list of metrics belong to the running server.
#![allow(clippy::unwrap_used, reason = "a test fails if an operation fails")]

#[path = "operations/queries.rs"]
mod queries;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use generated::latest::client::Client;
use http::Method;
use queries::{BEGINNINGS, Condition, Query, Series};
use support::Service;
use writ_platform::calls::{CallConfig, Calls};
use writ_platform::metrics::Metrics;
use writ_runtime::client::Connection;

/// The metrics that the sample does not always have: those of a cache without Redis, of an overload, and of purges that have
/// run.
const OCCASIONAL: [&str; 4] =
    ["writ_cache_bytes", "writ_cache_entries", "writ_concurrency_limit", "writ_job_overdue_seconds"];

/// The values of labels that exist only after a failure.
const AFTER_FAILURES: [(&str, &str); 1] = [("error_type", "unavailable")];

/// Labels with their known values.
type Labels = BTreeMap<String, BTreeSet<String>>;

fn document(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the queries of the dashboard with the legends of their graphs.
fn dashboard() -> Vec<(Query, String)> {
    let dashboard: serde_json::Value = serde_json::from_str(&document("operations/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter().filter_map(|panel| panel["targets"].as_array());
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    panels.flatten().map(|target| (Query::read(&text(&target["expr"])), text(&target["legendFormat"]))).collect()
}

/// Returns the queries of the alert rules.
fn rules() -> Vec<Query> {
    let text = document("operations/alerts.yaml");
    let rules = text.split("- alert: ").skip(1);
    rules.map(|rule| Query::read(rule.split_once("expr: ").unwrap().1.split("labels: ").next().unwrap())).collect()
}

fn metrics_of<'a>(queries: impl IntoIterator<Item = &'a Query>) -> BTreeSet<&'a str> {
    queries.into_iter().flat_map(|query| &query.series).map(|series| series.metric.as_str()).collect()
}

/// Returns the name of a metric without the suffix that the text format appends to it.
fn base<'a>(metric: &'a str, names: &[&str]) -> &'a str {
    let suffixes = ["", "_total", "_bucket", "_count", "_sum"];
    let name = suffixes.iter().find_map(|suffix| metric.strip_suffix(suffix).filter(|name| names.contains(name)));
    name.unwrap_or(metric)
}

/// Returns the labels of each metric in the text format.
fn rendered_labels(text: &str, names: &[&str]) -> BTreeMap<String, Labels> {
    let mut metrics: BTreeMap<String, Labels> = BTreeMap::new();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for Series { metric, conditions } in lines.flat_map(|line| Query::read(line).series) {
        let labels = metrics.entry(base(&metric, names).to_owned()).or_default();
        for Condition { label, value, .. } in conditions {
            labels.entry(label).or_default().insert(value);
        }
    }
    metrics
}

/// Returns the labels of each metric in the table of docs/operations.md. The values of a label are in parentheses behind it.
fn documented_labels(names: &[&str]) -> BTreeMap<String, Labels> {
    let text = document("operations.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let rows = rows.filter(|(metric, _)| BEGINNINGS.iter().any(|start| metric.starts_with(start)));
    let labels = |row: &str| {
        let (mut labels, mut last, mut depth) = (Labels::new(), String::new(), 0);
        for (index, piece) in row.split('|').nth(1).unwrap().split('`').enumerate() {
            match (index % 2, depth) {
                (0, _) => depth += piece.matches('(').count() as i32 - piece.matches(')').count() as i32,
                (_, 0) => {
                    last = piece.to_owned();
                    labels.entry(last.clone()).or_default();
                }
                _ => {
                    labels.entry(last.clone()).or_default().insert(piece.to_owned());
                }
            }
        }
        labels
    };
    rows.map(|(metric, row)| (base(metric, names).to_owned(), labels(row))).collect()
}

#[test]
fn the_metrics_and_labels_of_a_query_are_told_apart() {
    let query = Query::read(
        r#"sum by (a, b) (rate(writ_a_total{x="writ_b", y!~"c{2}"}[5m])) / on (writ_c) group_left () http_server_d"#,
    );
    let conditions = [("x", "=", "writ_b"), ("y", "!~", "c{2}")].map(|(label, operator, value)| Condition {
        label: label.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
    });
    let series = [("writ_a_total", Vec::from(conditions)), ("http_server_d", Vec::new())];
    let series = series.map(|(metric, conditions)| Series { metric: metric.to_owned(), conditions });
    assert_eq!(query, Query { series: series.into(), groupings: ["a", "b", "writ_c"].map(str::to_owned).into() });
}

/// Calls a service that does not exist, which has the metrics of any call.
async fn call_another_service(metrics: &Arc<Metrics>) {
    let calls = Calls::new("other", writ_runtime::Router::new(), &CallConfig::default(), metrics.clone());
    let connection = Connection::over("http://other", calls).unwrap();
    Client::new(connection).health.livez().await.unwrap_err();
}

/// Returns the metrics of a service that has responded to requests, in the text format.
async fn rendered(service: &Service) -> String {
    for path in ["/v1/products", "/v1/products", "/nowhere", "/livez", "/readyz", "/health"] {
        service.request(Method::GET, path).send().await.unwrap();
    }
    let metrics = service.server.of("orders").platform.metrics();
    call_another_service(metrics).await;
    metrics.render().unwrap()
}

#[tokio::test]
async fn every_metric_of_the_dashboard_and_of_the_alert_rules_is_served() {
    let service = Service::start().await;
    let text = rendered(&service).await;
    let served: BTreeSet<&str> = text.lines().filter_map(|line| line.split('{').next()).collect();
    let (panels, rules) = (dashboard(), rules());
    let (shown, watched) = (metrics_of(panels.iter().map(|(query, _)| query)), metrics_of(&rules));
    assert!(shown.len() > 15 && watched.len() > 10, "{shown:?} {watched:?}");
    for metric in shown.union(&watched).filter(|metric| !OCCASIONAL.contains(metric)) {
        assert!(served.contains(metric), "{metric} is not served:\n{text}");
    }
    let names = service.server.of("orders").platform.metrics().names();
    assert!(OCCASIONAL.iter().all(|metric| names.contains(metric)), "{names:?}");
}

#[tokio::test]
async fn the_documented_labels_are_those_of_the_metrics() {
    let service = Service::start().await;
    let text = rendered(&service).await;
    let names = service.server.of("orders").platform.metrics().names();
    let documented = documented_labels(&names);
    for (metric, mut labels) in rendered_labels(&text, &names) {
        assert!(labels.remove("service_name").is_some(), "{metric}");
        labels.remove("le");
        let known = &documented[&metric];
        assert!(known.keys().eq(labels.keys()), "{metric} has the labels {:?}", labels.keys());
        for (label, values) in labels.iter().filter(|(label, _)| !known[*label].is_empty()) {
            // The error of a response is its status code, which the document does not list.
            let is_status = |value: &str| label == "error_type" && value.parse::<u16>().is_ok();
            let is_known = |value: &str| value.is_empty() || is_status(value) || known[label].contains(value);
            let missing: Vec<_> = values.iter().filter(|value| !is_known(value)).collect();
            assert!(missing.is_empty(), "docs/operations.md lacks the values {missing:?} of {label} of {metric}");
        }
    }
}

#[tokio::test]
async fn queries_name_labels_and_values_that_the_metrics_have() {
    let service = Service::start().await;
    let text = rendered(&service).await;
    let names = service.server.of("orders").platform.metrics().names();
    let (documented, rendered) = (documented_labels(&names), rendered_labels(&text, &names));
    let labels_of = |metric: &str| -> BTreeSet<&str> {
        let own = documented[base(metric, &names)].keys().map(String::as_str);
        // Prometheus adds the label `instance`.
        own.chain(["service_name", "instance"]).chain(metric.ends_with("_bucket").then_some("le")).collect()
    };
    let has_value = |metric: &str, label: &str, value: &str| {
        let metric = base(metric, &names);
        let known = rendered.get(metric).and_then(|labels| labels.get(label));
        match known.filter(|_| !AFTER_FAILURES.contains(&(label, value))) {
            Some(known) => known.contains(value),
            None => documented[metric][label].contains(value),
        }
    };
    let panels = dashboard();
    for query in panels.iter().map(|(query, _)| query).chain(&rules()) {
        for Series { metric, conditions } in &query.series {
            for Condition { label, operator, value } in conditions {
                assert!(labels_of(metric).contains(label.as_str()), "{metric} has no label {label}");
                let is_exact = ["=", "!="].contains(&operator.as_str()) && !value.is_empty();
                assert!(!is_exact || has_value(metric, label, value), "{metric} has no {label}{operator}\"{value}\"");
            }
        }
        let labels: BTreeSet<_> = query.series.iter().flat_map(|series| labels_of(&series.metric)).collect();
        let unknown: Vec<_> = query.groupings.iter().filter(|label| !labels.contains(label.as_str())).collect();
        assert!(unknown.is_empty(), "no metric of {query:?} has the labels {unknown:?}");
    }
    for (query, legend) in &panels {
        let mut shown = legend.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap());
        assert!(shown.all(|label| query.groupings.contains(label)), "`{legend}` names a label that {query:?} drops");
    }
}

#[tokio::test]
async fn alerts_about_failures_leave_out_the_health_checks_of_the_contract() {
    let service = Service::start().await;
    let text = rendered(&service).await;
    let probes = text.lines().flat_map(|line| Query::read(line).series).flat_map(|series| series.conditions);
    let probes = probes.filter(|condition| condition.label == "http_route").map(|condition| condition.value);
    let probes: BTreeSet<_> =
        probes.filter(|route| ["/livez", "/readyz", "/health"].contains(&route.as_str())).collect();
    assert_eq!(probes.len(), 3, "{text}");
    let rules = rules();
    let conditions = rules.iter().flat_map(|query| &query.series).flat_map(|series| &series.conditions);
    let excluded: Vec<_> = conditions.filter(|condition| condition.label == "http_route").collect();
    assert!(!excluded.is_empty());
    for Condition { operator, value, .. } in excluded {
        let names = value.strip_prefix(".*/(").and_then(|names| names.strip_suffix(')')).unwrap();
        let names: Vec<_> = names.split('|').collect();
        assert!(operator == "!~" && probes.iter().all(|route| names.contains(&&route[1..])), "{value}");
    }
}

#[tokio::test]
async fn every_metric_has_a_panel() {
    let service = Service::start().await;
    let panels = dashboard();
    let shown = metrics_of(panels.iter().map(|(query, _)| query));
    let suffixes = ["", "_total", "_bucket", "_count"];
    let is_shown = |name: &str| suffixes.iter().any(|suffix| shown.contains(format!("{name}{suffix}").as_str()));
    let names = service.server.of("orders").platform.metrics().names();
    let missing: Vec<_> = names.into_iter().filter(|name| !is_shown(name)).collect();
    assert!(missing.is_empty(), "the dashboard has no panel for {missing:?}");
}

#[tokio::test]
async fn every_metric_is_documented() {
    let service = Service::start().await;
    let names = service.server.of("orders").platform.metrics().names();
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

#[test]
fn every_alert_has_a_test_in_which_it_fires() {
    let (rules, tests) = (document("operations/alerts.yaml"), document("operations/alerts_test.yaml"));
    let mut fired = BTreeSet::new();
    for test in tests.split("alertname: ").skip(1) {
        let (alert, expected) = test.split_once("exp_alerts:").unwrap();
        if expected.trim_start().starts_with("- exp_labels") {
            fired.insert(alert.trim().trim_end_matches(','));
        }
    }
    let alerts = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let missing: Vec<_> = alerts.filter(|alert| !fired.contains(alert)).collect();
    assert!(missing.is_empty(), "no test of docs/operations/alerts_test.yaml expects {missing:?} to fire");
}
