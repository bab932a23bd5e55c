//! Tests of the metrics: names, labels and their bounds.

use std::time::Duration;

use http::Method;

use super::*;

static GET_VISITOR: Operation = Operation { id: "getVisitor", path: "/visitors/{id}", ..Operation::NONE };

#[test]
fn responses_are_counted_by_operation_route_method_and_status() {
    let metrics = Metrics::new("museum");
    for _ in 0..2 {
        metrics.observe(Some(&GET_VISITOR), &Method::GET, 200, Duration::from_millis(3));
    }
    metrics.observe(None, &Method::POST, 404, Duration::from_millis(1));
    metrics.observe_breach("getVisitor");
    let text = metrics.render().unwrap();
    for line in [
        r#"http_server_request_duration_seconds_count{service_name="museum",operation="getVisitor",http_route="/visitors/{id}",http_request_method="GET",http_response_status_code="200",url_scheme="http"} 2"#,
        r#"operation="unknown",http_route="",http_request_method="POST",http_response_status_code="404",url_scheme="http"} 1"#,
        r#"writ_response_breaches_total{service_name="museum",operation="getVisitor"} 1"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn running_requests_are_counted_until_they_end() {
    let metrics = Metrics::default();
    let line = |count| format!(r#"http_request_method="GET",url_scheme="http"}} {count}"#);
    let request = metrics.begin_request(&Method::GET);
    assert!(metrics.render().unwrap().contains(&line(1)));
    drop(request);
    assert!(metrics.render().unwrap().contains(&line(0)));
}

#[test]
fn a_method_that_a_client_invents_adds_no_label() {
    let metrics = Metrics::default();
    for number in 0..1000 {
        let method = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
        drop(metrics.begin_request(&method));
        metrics.observe(None, &method, 405, Duration::ZERO);
    }
    let text = metrics.render().unwrap();
    assert!(text.contains(r#"http_request_method="_OTHER""#), "{text}");
    assert!(text.lines().count() < 100, "{text}");
}

#[tokio::test]
async fn an_event_counts_in_the_metrics_of_its_request() {
    let (first, second) = (std::sync::Arc::new(Metrics::default()), std::sync::Arc::new(Metrics::default()));
    let limited = async || record(|metrics| metrics.observe_limited(&GET_VISITOR));
    within(first.clone(), limited()).await;
    limited().await;
    let name = "writ_rate_limited_requests_total{";
    assert!(first.render().unwrap().contains(name));
    assert!(!second.render().unwrap().contains(name));
}

#[test]
#[cfg(feature = "postgres")]
fn gauges_are_sampled_when_the_metrics_are_read() {
    let metrics = Metrics::default();
    metrics.sample(|metrics| metrics.set_connections("orders", 3, 5, 16));
    let text = metrics.render().unwrap();
    assert!(text.contains(r#"pool_name="orders",db_client_connection_state="used"} 3"#), "{text}");
}

#[test]
fn counters_of_operations_begin_at_zero() {
    static CREATE: Operation = Operation { id: "create", statuses: &[503], ..Operation::NONE };
    let metrics = Metrics::default();
    metrics.add_operations(&[&CREATE]);
    let text = metrics.render().unwrap();
    assert!(text.contains(r#"writ_response_breaches_total{service_name="unknown_service",operation="create"} 0"#));
}
