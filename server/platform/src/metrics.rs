//! The metrics of requests, counted by operation, and of jobs, in the OpenMetrics text format.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{StatusCode, header};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The upper bounds of the buckets in the latency histogram, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The metrics of the requests that this process handles.
///
/// The labels name the operations of the contract instead of paths, so that their number is limited.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Family<OperationLabels, Histogram>,
    breaches: Family<OperationLabels, Counter>,
    batches: Family<BatchLabels, Counter>,
    lag: Family<JobLabels, Gauge>,
    overdue: Family<JobLabels, Gauge>,
    shed: Family<ClassLabels, Counter>,
    concurrency_limit: Family<ClassLabels, Gauge>,
    password_hashes: Family<ResultLabels, Counter>,
    /// The time at which each job last had nothing left to do; at first the time at which it was started.
    completed: Mutex<BTreeMap<String, Instant>>,
}

/// The labels of the metric that counts requests.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    status: u16,
}

/// The labels of the metrics that are kept for each operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

/// The labels of the metric that counts the batches of jobs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BatchLabels {
    job: String,
    result: &'static str,
}

/// The labels of the metric that counts password hashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    result: &'static str,
}

/// The labels of the metrics of load shedding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClassLabels {
    class: &'static str,
}

/// The labels of the metrics that are kept for each job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobLabels {
    job: String,
}

impl Default for Metrics {
    fn default() -> Metrics {
        let requests = Family::<RequestLabels, Counter>::default();
        let latency = Family::<OperationLabels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let mut registry = Registry::with_prefix("writ");
        registry.register("requests", "Number of requests", requests.clone());
        registry.register("request_duration_seconds", "Time from the request to the response", latency.clone());
        let breaches = Family::<OperationLabels, Counter>::default();
        registry.register("response_breaches", "Number of checked responses that break the contract", breaches.clone());
        let (batches, lag) = (Family::<BatchLabels, Counter>::default(), Family::<JobLabels, Gauge>::default());
        registry.register("job_batches", "Number of batches of a job by their result", batches.clone());
        registry.register("job_lag_seconds", "Time since a job last had nothing left to do", lag.clone());
        let overdue = Family::<JobLabels, Gauge>::default();
        let help = "Time for which the oldest work of a job has been due";
        registry.register("job_overdue_seconds", help, overdue.clone());
        let (shed, concurrency_limit) =
            (Family::<ClassLabels, Counter>::default(), Family::<ClassLabels, Gauge>::default());
        registry.register("shed_requests", "Number of requests that were refused because of overload", shed.clone());
        let help = "Largest number of requests that run at the same time";
        registry.register("concurrency_limit", help, concurrency_limit.clone());
        let password_hashes = Family::<ResultLabels, Counter>::default();
        let help = "Number of password hashes that were computed, or refused because too many wait";
        registry.register("password_hashes", help, password_hashes.clone());
        let completed = Mutex::default();
        Metrics {
            registry,
            requests,
            latency,
            breaches,
            batches,
            lag,
            overdue,
            shed,
            concurrency_limit,
            password_hashes,
            completed,
        }
    }
}

impl Metrics {
    /// Adds a response and its latency to the metrics of requests. An empty `operation` stands for a path that
    /// is not in the contract.
    pub fn observe(&self, operation: &'static str, status: u16, latency: Duration) {
        let operation = if operation.is_empty() { "unknown" } else { operation };
        self.requests.get_or_create(&RequestLabels { operation, status }).inc();
        self.latency.get_or_create(&OperationLabels { operation }).observe(latency.as_secs_f64());
    }

    /// Counts a response that breaks the contract.
    pub fn observe_breach(&self, operation: &'static str) {
        self.breaches.get_or_create(&OperationLabels { operation }).inc();
    }

    /// Counts a batch of a job.
    pub fn observe_batch(&self, job: &str, succeeded: bool) {
        let result = if succeeded { "ok" } else { "failed" };
        self.batches.get_or_create(&BatchLabels { job: job.to_owned(), result }).inc();
    }

    /// Counts a request that is refused because of overload.
    pub fn observe_shed(&self, class: &'static str) {
        self.shed.get_or_create(&ClassLabels { class }).inc();
    }

    /// Sets the largest number of requests of a class that run at the same time.
    pub fn set_concurrency_limit(&self, class: &'static str, limit: u32) {
        self.concurrency_limit.get_or_create(&ClassLabels { class }).set(i64::from(limit));
    }

    /// Counts a password hash that is `computed` or `refused`.
    #[cfg(feature = "passwords")]
    pub(crate) fn observe_password_hash(&self, result: &'static str) {
        self.password_hashes.get_or_create(&ResultLabels { result }).inc();
    }

    /// Begins to measure the lag of a job.
    pub fn register_job(&self, job: &str) {
        self.completed().entry(job.to_owned()).or_insert_with(Instant::now);
    }

    /// Sets the lag of a job to zero, because it has nothing left to do.
    pub fn job_completed(&self, job: &str) {
        self.completed().insert(job.to_owned(), Instant::now());
    }

    /// Sets the time for which the oldest work of a job has been due.
    pub fn set_job_overdue(&self, job: &str, overdue: Duration) {
        let seconds = i64::try_from(overdue.as_secs()).unwrap_or(i64::MAX);
        self.overdue.get_or_create(&JobLabels { job: job.to_owned() }).set(seconds);
    }

    fn completed(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.completed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all metrics in the OpenMetrics text format.
    ///
    /// # Errors
    /// Returns an error if formatting fails. Writing to a string cannot fail, so this does not happen in
    /// practice.
    pub fn render(&self) -> Result<String, std::fmt::Error> {
        for (job, completed) in self.completed().iter() {
            let seconds = i64::try_from(completed.elapsed().as_secs()).unwrap_or(i64::MAX);
            self.lag.get_or_create(&JobLabels { job: job.clone() }).set(seconds);
        }
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

/// Returns the route `/metrics`. Serve it on a port that only operators can reach.
pub fn router(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(metrics)
}

async fn scrape(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    match metrics.render() {
        Ok(text) => {
            let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, content_type)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_counted_by_operation_and_status() {
        let metrics = Metrics::default();
        metrics.observe("getVisitor", 200, Duration::from_millis(3));
        metrics.observe("getVisitor", 200, Duration::from_millis(3));
        metrics.observe("", 404, Duration::from_millis(1));
        metrics.observe_breach("getVisitor");
        let text = metrics.render().unwrap();
        assert!(text.contains(r#"writ_requests_total{operation="getVisitor",status="200"} 2"#), "{text}");
        assert!(text.contains(r#"writ_requests_total{operation="unknown",status="404"} 1"#), "{text}");
        assert!(text.contains(r#"writ_response_breaches_total{operation="getVisitor"} 1"#), "{text}");
        assert!(text.contains(r#"writ_request_duration_seconds_count{operation="getVisitor"} 2"#), "{text}");
    }
}
