//! Tests of the metrics: names, labels and their bounds.

use std::time::Duration;

use http::Method;

use super::*;

static GET_VISITOR: Operation = Operation { id: "getVisitor", path: "/visitors/{id}", ..Operation::NONE };

#[test]
fn responses_are_counted_by_operation_route_method_status_and_error() {
    let metrics = Metrics::new("museum");
    for _ in 0..2 {
        metrics.observe(Some(&GET_VISITOR), &Method::GET, 200, Duration::from_millis(3));
    }
    metrics.observe(Some(&GET_VISITOR), &Method::GET, 499, Duration::from_millis(3));
    metrics.observe(Some(&GET_VISITOR), &Method::GET, 500, Duration::from_millis(3));
    metrics.observe(None, &Method::POST, 404, Duration::from_millis(1));
    metrics.observe_breach("getVisitor");
    metrics.observe_webhook("rejected");
    let text = metrics.render().unwrap();
    for line in [
        r#"http_server_request_duration_seconds_count{service_name="museum",operation="getVisitor",http_route="/visitors/{id}",http_request_method="GET",http_response_status_code="200",url_scheme="http",error_type=""} 2"#,
        r#"http_response_status_code="499",url_scheme="http",error_type=""} 1"#,
        r#"http_response_status_code="500",url_scheme="http",error_type="500"} 1"#,
        r#"operation="unknown",http_route="",http_request_method="POST",http_response_status_code="404",url_scheme="http",error_type=""} 1"#,
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
fn the_metrics_of_a_job_begin_at_zero_and_show_its_batches() {
    let metrics = Metrics::new("museum");
    let shows = |line: &str| {
        let text = metrics.render().unwrap();
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    };
    metrics.register_job("purge");
    shows(r#"writ_job_batches_total{service_name="museum",job_name="purge",result="ok"} 0"#);
    shows(r#"writ_job_batches_total{service_name="museum",job_name="purge",result="failed"} 0"#);
    shows(r#"writ_job_batch_duration_seconds_count{service_name="museum",job_name="purge"} 0"#);
    shows(r#"writ_job_lag_seconds{service_name="museum",job_name="purge"} 0"#);
    metrics.observe_batch("purge", true, Duration::from_secs(2));
    shows(r#"writ_job_batches_total{service_name="museum",job_name="purge",result="ok"} 1"#);
    shows(r#"writ_job_batch_duration_seconds_sum{service_name="museum",job_name="purge"} 2.0"#);
    metrics.job_completed("announce");
    shows(r#"writ_job_lag_seconds{service_name="museum",job_name="announce"} 0"#);
}

#[test]
fn a_request_is_active_until_it_ends() {
    let metrics = Metrics::new("museum");
    let shows = |method: &str, count: u32| {
        let labels = format!(r#"service_name="museum",http_request_method="{method}",url_scheme="http""#);
        let line = format!("http_server_active_requests{{{labels}}} {count}");
        let text = metrics.render().unwrap();
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    };
    let first = metrics.begin_request(&http::Method::GET);
    let second = metrics.begin_request(&http::Method::GET);
    let other = metrics.begin_request(&http::Method::from_bytes(b"BREW").unwrap());
    shows("GET", 2);
    shows("_OTHER", 1);
    drop(first);
    shows("GET", 1);
    drop((second, other));
    shows("GET", 0);
    shows("_OTHER", 0);
}

#[test]
fn counters_of_operations_begin_at_zero() {
    static CREATE: Operation = Operation { id: "create", statuses: &[503], ..Operation::NONE };
    let metrics = Metrics::default();
    metrics.add_operations(&[&CREATE]);
    let text = metrics.render().unwrap();
    assert!(text.contains(r#"writ_response_breaches_total{service_name="unknown_service",operation="create"} 0"#));
}

#[test]
#[cfg(all(feature = "postgres", feature = "redis", feature = "passwords", feature = "otlp", feature = "webhooks"))]
fn each_event_and_state_changes_its_own_metric() {
    let metrics = Metrics::new("museum");
    for result in CacheResult::ALL {
        metrics.observe_lookup(&GET_VISITOR, result);
    }
    metrics.observe_breach("getVisitor");
    metrics.observe_webhook("rejected");
    metrics.observe_outage(OutageCause::Statement);
    metrics.set_pending_invalidations(3);
    metrics.set_cache_size(4, 5);
    metrics.observe_limited(&GET_VISITOR);
    for result in KeyResult::ALL {
        metrics.observe_key(&GET_VISITOR, result);
    }
    metrics.observe_switched_off(&GET_VISITOR);
    metrics.set_overrides(6);
    metrics.add_class("reads");
    metrics.observe_shed("reads");
    metrics.set_concurrency_limit("reads", 32);
    metrics.set_connections("main", 7, 8, 9);
    metrics.observe_password_hash("computed");
    metrics.set_dropped_log_lines(10);
    metrics.set_dropped_log_lines(11);
    metrics.set_alive_tasks(13);
    metrics.observe_trace_export(false);
    metrics.observe_store_call("redis", "", Duration::from_millis(1));
    metrics.set_job_overdue("purge", Duration::from_secs(12));
    metrics.observe_batch("purge", false, Duration::from_millis(1));
    metrics.sample(|metrics| metrics.set_concurrency_limit("writes", 33));
    let text = metrics.render().unwrap();
    for line in [
        r#"writ_cache_lookups_total{service_name="museum",operation="getVisitor",result="bypass"} 1"#,
        r#"writ_cache_lookups_total{service_name="museum",operation="getVisitor",result="hit"} 1"#,
        r#"writ_cache_lookups_total{service_name="museum",operation="getVisitor",result="miss"} 1"#,
        r#"writ_response_breaches_total{service_name="museum",operation="getVisitor"} 1"#,
        r#"writ_webhook_attempts_total{service_name="museum",result="rejected"} 1"#,
        r#"writ_database_outages_total{service_name="museum",cause="statement"} 1"#,
        r#"writ_database_outages_total{service_name="museum",cause="connection"} 0"#,
        r#"writ_database_outages_total{service_name="museum",cause="pool_timeout"} 0"#,
        r#"writ_cache_pending_invalidations{service_name="museum"} 3"#,
        r#"writ_cache_entries{service_name="museum"} 4"#,
        r#"writ_cache_bytes{service_name="museum"} 5"#,
        r#"writ_rate_limited_requests_total{service_name="museum",operation="getVisitor"} 1"#,
        r#"writ_idempotency_keys_total{service_name="museum",operation="getVisitor",result="recorded"} 1"#,
        r#"writ_idempotency_keys_total{service_name="museum",operation="getVisitor",result="replayed"} 1"#,
        r#"writ_idempotency_keys_total{service_name="museum",operation="getVisitor",result="conflict"} 1"#,
        r#"writ_idempotency_keys_total{service_name="museum",operation="getVisitor",result="in_progress"} 1"#,
        r#"writ_policy_refused_requests_total{service_name="museum",operation="getVisitor"} 1"#,
        r#"writ_policy_overrides{service_name="museum"} 6"#,
        r#"writ_shed_requests_total{service_name="museum",class="reads"} 1"#,
        r#"writ_concurrency_limit{service_name="museum",class="reads"} 32"#,
        r#"writ_concurrency_limit{service_name="museum",class="writes"} 33"#,
        r#"db_client_connection_pool_name="main",db_client_connection_state="used"} 7"#,
        r#"db_client_connection_pool_name="main",db_client_connection_state="idle"} 8"#,
        r#"db_client_connection_max{service_name="museum",db_client_connection_pool_name="main"} 9"#,
        r#"writ_password_hashes_total{service_name="museum",result="computed"} 1"#,
        r#"writ_log_lines_dropped_total{service_name="museum"} 11"#,
        r#"writ_alive_tasks{service_name="museum"} 13"#,
        r#"writ_trace_exports_total{service_name="museum",result="failed"} 1"#,
        r#"db_client_operation_duration_seconds_count{service_name="museum",db_system_name="redis",error_type=""} 1"#,
        r#"writ_job_overdue_seconds{service_name="museum",job_name="purge"} 12"#,
        r#"writ_job_batches_total{service_name="museum",job_name="purge",result="failed"} 1"#,
    ] {
        assert!(text.lines().any(|found| found.ends_with(line)), "{line}\n{text}");
    }
}
