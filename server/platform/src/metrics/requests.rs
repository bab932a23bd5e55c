//! The metrics of requests under the semantic conventions of OpenTelemetry for HTTP servers.

use std::sync::OnceLock;
use std::time::Duration;

use http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use writ_runtime::Operation;

use super::Metrics;
use super::catalog::{By, Catalog, Labels, label_pair, seconds};

/// The scheme of the connections that this process accepts. A proxy terminates TLS.
const SCHEME: &str = "http";

/// The methods that HTTP defines. A label has no other ones, because clients could send any number of them.
/// Other methods have the last label.
const LABELS: [&str; 10] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "_OTHER"];

/// The metrics of requests.
pub(super) struct RequestMetrics {
    duration: Family<RequestLabels, Histogram, fn() -> Histogram>,
    active: By<2, Gauge>,
    /// The gauges of `active` by the position of their method in [`LABELS`], so that a request need not look its one up.
    active_by_method: [OnceLock<Gauge>; LABELS.len()],
}

/// The labels of a request that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    http_route: &'static str,
    http_request_method: &'static str,
    http_response_status_code: u16,
    url_scheme: &'static str,
    /// The status code of a response that is an error of the server.
    error_type: Option<u16>,
}

/// A request that is running. Dropping the value ends it.
#[derive(Debug)]
pub(crate) struct ActiveRequest(Gauge);

impl RequestMetrics {
    pub(super) fn new(add: &mut Catalog) -> RequestMetrics {
        let name = "http_server_request_duration_seconds";
        let duration = Family::new_with_constructor(seconds as fn() -> Histogram);
        RequestMetrics {
            duration: add.add(name, "Time from the head of a request to the head of its response", duration),
            active: add.gauges("http_server_active_requests", "Requests that are running"),
            active_by_method: Default::default(),
        }
    }
}

impl Metrics {
    /// Counts a request as running until the returned value is dropped.
    pub(crate) fn begin_request(&self, method: &Method) -> ActiveRequest {
        let index = label_index(method);
        let gauge = self.requests.active_by_method[index].get_or_init(|| {
            let labels: Labels<2> = label_pair(("http_request_method", LABELS[index]), ("url_scheme", SCHEME));
            self.requests.active.get_or_create_owned(&labels)
        });
        gauge.inc();
        ActiveRequest(gauge.clone())
    }

    /// Adds a response with the status code `status` and its latency. Without an operation, the path is not in the contract.
    pub fn observe(&self, operation: Option<&'static Operation>, method: &Method, status: u16, latency: Duration) {
        let labels = RequestLabels {
            operation: operation.map_or("unknown", |operation| operation.id),
            http_route: operation.map_or("", |operation| operation.path),
            http_request_method: method_label(method),
            http_response_status_code: status,
            url_scheme: SCHEME,
            error_type: (status >= 500).then_some(status),
        };
        self.requests.duration.get_or_create(&labels).observe(latency.as_secs_f64());
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Returns the method in a label: `_OTHER` if HTTP does not define it.
pub(crate) fn method_label(method: &Method) -> &'static str {
    LABELS[label_index(method)]
}

fn label_index(method: &Method) -> usize {
    LABELS.into_iter().position(|label| label == method.as_str()).unwrap_or(LABELS.len() - 1)
}
