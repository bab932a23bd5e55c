//! The metrics of calls of other services: those that OpenTelemetry defines for HTTP clients, and the states of retries,
//! circuit breakers and concurrency limits.

use std::sync::Arc;
use std::time::Instant;

use http::{Method, StatusCode, Uri};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use writ_runtime::Operation;

use super::catalog::{By, Catalog, Labels, label, label_pair, seconds};
use super::{Metrics, method_label};

/// The label with the name of the called service, as OpenTelemetry defines it.
const SERVICE: &str = "service_peer_name";

/// The metrics of calls of other services.
pub(super) struct CallMetrics {
    duration: Family<AttemptLabels, Histogram, fn() -> Histogram>,
    active: By<1, Gauge>,
    waiting: By<1, Gauge>,
    calls: By<2, Counter>,
    retries: By<2, Counter>,
    breaker_state: By<3, Gauge>,
    breaker_transitions: By<3, Counter>,
}

/// The labels of a request that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AttemptLabels {
    service_peer_name: &'static str,
    operation: &'static str,
    http_request_method: &'static str,
    http_response_status_code: Option<u16>,
    error_type: Option<ErrorType>,
    server_address: Option<Arc<str>>,
    server_port: Option<u16>,
}

/// The kind of the failure of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ErrorType {
    /// The status code of a response that is an error.
    Status(u16),
    /// The reason why there is no response.
    NoResponse(&'static str),
}

/// The host and the port of a called service, as its configured URL has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    host: Arc<str>,
    port: u16,
}

/// The result of the wish to repeat a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryResult {
    /// The request was repeated after a failure.
    Retried,
    /// A second request was sent while the first one ran.
    Hedged,
    /// The budget of retries was exhausted.
    Exhausted,
}

/// The state of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BreakerState {
    /// Calls pass.
    Closed,
    /// Calls are refused.
    Open,
    /// One call at a time passes.
    HalfOpen,
}

/// A request to another service that is running. Dropping the value ends it.
pub(crate) struct RunningCall {
    metrics: Arc<Metrics>,
    labels: AttemptLabels,
    started: Instant,
}

impl EncodeLabelValue for ErrorType {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        match self {
            ErrorType::Status(status) => EncodeLabelValue::encode(status, encoder),
            ErrorType::NoResponse(kind) => EncodeLabelValue::encode(kind, encoder),
        }
    }
}

impl ServerAddress {
    /// Returns the host and the port of a URL. Without a port, it is that of the scheme.
    pub(crate) fn of(url: &str) -> Option<ServerAddress> {
        let url: Uri = url.parse().ok()?;
        let port = url.port_u16().or_else(|| match url.scheme_str()? {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        })?;
        // The brackets of an IPv6 address belong to the URL.
        let host = url.host()?.trim_matches(['[', ']']).to_ascii_lowercase();
        Some(ServerAddress { host: host.into(), port })
    }
}

impl RetryResult {
    const ALL: [RetryResult; 3] = [RetryResult::Retried, RetryResult::Hedged, RetryResult::Exhausted];

    fn label(self) -> &'static str {
        match self {
            RetryResult::Retried => "retried",
            RetryResult::Hedged => "hedged",
            RetryResult::Exhausted => "exhausted",
        }
    }
}

impl BreakerState {
    const ALL: [BreakerState; 3] = [BreakerState::Closed, BreakerState::Open, BreakerState::HalfOpen];

    fn label(self) -> &'static str {
        match self {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half_open",
        }
    }
}

impl CallMetrics {
    pub(super) fn new(add: &mut Catalog) -> CallMetrics {
        let (name, help) = ("http_client_request_duration_seconds", "Time of a request to another service");
        let duration = Family::new_with_constructor(seconds as fn() -> Histogram);
        CallMetrics {
            duration: add.add(name, help, duration),
            active: add.gauges("http_client_active_requests", "Requests to another service that are running"),
            waiting: add.gauges("writ_calls_waiting", "Calls of another service that wait for a running one to end"),
            calls: add.counters("writ_calls", "Calls of another service by their result, retries included"),
            retries: add.counters("writ_call_retries", "Requests to another service that were repeated, or were not"),
            breaker_state: add.gauges("writ_circuit_breaker_state", "1 for the state of a circuit breaker, else 0"),
            breaker_transitions: add
                .counters("writ_circuit_breaker_transitions", "Changes of a circuit breaker to a state"),
        }
    }
}

impl Metrics {
    /// Creates the metrics of a called service with the value zero, and its circuit breakers as closed. `results` are the
    /// possible results of a call.
    pub(crate) fn add_called_service(&self, service: &'static str, results: impl Iterator<Item = &'static str>) {
        drop(self.calls.active.get_or_create(&label(SERVICE, service)));
        self.add_waiting_calls(service, 0);
        for result in results {
            drop(self.calls.calls.get_or_create(&label_pair((SERVICE, service), ("result", result))));
        }
        for result in RetryResult::ALL {
            drop(self.calls.retries.get_or_create(&label_pair((SERVICE, service), ("result", result.label()))));
        }
        for class in ["reads", "writes"] {
            for state in BreakerState::ALL {
                drop(self.calls.breaker_transitions.get_or_create(&breaker(service, class, state)));
            }
            self.set_breaker_state(service, class, BreakerState::Closed);
        }
    }

    /// Counts a call by its result.
    pub(crate) fn observe_call(&self, service: &'static str, result: &'static str) {
        self.calls.calls.get_or_create(&label_pair((SERVICE, service), ("result", result))).inc();
    }

    /// Counts a request that is repeated, or that is not because the budget is exhausted.
    pub(crate) fn observe_retry(&self, service: &'static str, result: RetryResult) {
        self.calls.retries.get_or_create(&label_pair((SERVICE, service), ("result", result.label()))).inc();
    }

    /// Changes the number of calls that wait for a running one to end.
    pub(crate) fn add_waiting_calls(&self, service: &'static str, change: i64) {
        self.calls.waiting.get_or_create(&label(SERVICE, service)).inc_by(change);
    }

    /// Counts the change of a circuit breaker to a state, and sets its state.
    pub(crate) fn observe_breaker(&self, service: &'static str, class: &'static str, state: BreakerState) {
        self.calls.breaker_transitions.get_or_create(&breaker(service, class, state)).inc();
        self.set_breaker_state(service, class, state);
    }

    fn set_breaker_state(&self, service: &'static str, class: &'static str, state: BreakerState) {
        for other in BreakerState::ALL {
            self.calls.breaker_state.get_or_create(&breaker(service, class, other)).set(i64::from(other == state));
        }
    }

    /// Counts a request to another service as running until the returned value is dropped.
    pub(crate) fn begin_call(
        self: &Arc<Metrics>,
        service: &'static str,
        server: Option<&ServerAddress>,
        operation: &'static Operation,
        method: &Method,
    ) -> RunningCall {
        self.calls.active.get_or_create(&label(SERVICE, service)).inc();
        let labels = AttemptLabels {
            service_peer_name: service,
            operation: operation.id,
            http_request_method: method_label(method),
            http_response_status_code: None,
            error_type: None,
            server_address: server.map(|server| server.host.clone()),
            server_port: server.map(|server| server.port),
        };
        RunningCall { metrics: self.clone(), labels, started: Instant::now() }
    }
}

impl RunningCall {
    /// Adds the time of the request, with the status code of its response or the reason why there is none.
    pub(crate) fn end(self, status: Option<StatusCode>, error: Option<&'static str>) {
        let refusal = status.filter(|status| status.is_client_error() || status.is_server_error());
        let refusal = refusal.map(|status| ErrorType::Status(status.as_u16()));
        let labels = AttemptLabels {
            http_response_status_code: status.map(|status| status.as_u16()),
            error_type: refusal.or(error.map(ErrorType::NoResponse)),
            ..self.labels.clone()
        };
        let duration = self.started.elapsed().as_secs_f64();
        self.metrics.calls.duration.get_or_create(&labels).observe(duration);
    }
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        self.metrics.calls.active.get_or_create(&label(SERVICE, self.labels.service_peer_name)).dec();
    }
}

fn breaker(service: &'static str, class: &'static str, state: BreakerState) -> Labels<3> {
    [(SERVICE, service.into()), ("class", class.into()), ("state", state.label().into())]
}

#[cfg(test)]
mod tests {
    use super::ServerAddress;

    #[test]
    fn the_address_of_a_server_is_the_host_and_the_port_of_its_url() {
        let found = |url| ServerAddress::of(url).map(|server| (server.host.to_string(), server.port));
        for (url, host, port) in [
            ("https://Tickets.example/base", "tickets.example", 443),
            ("http://127.0.0.1", "127.0.0.1", 80),
            ("http://[::1]:8081/", "::1", 8081),
        ] {
            assert_eq!(found(url), Some((host.to_owned(), port)), "{url}");
        }
        assert_eq!(found("/tickets"), None);
    }
}
