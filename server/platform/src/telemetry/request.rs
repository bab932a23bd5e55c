//! The log line, the metrics and the trace of each request.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use axum::extract::Request;
use axum::response::Response;
use http::request::Parts;
use http::{Method, StatusCode};
use tracing::{Instrument as _, Span, field};
use writ_runtime::{ClientAddress, Operation, RequestId, RoutedOperation};

use super::{ADDS_REQUEST_IDS, LINE, TRACE};
use crate::metrics::{self, ActiveRequest, Metrics};

/// The status code in logs and metrics of a request whose caller disconnected before the response. No response has it; it
/// is the convention of nginx, which dashboards know.
pub const CALLER_DISCONNECTED: u16 = 499;

tokio::task_local! {
    /// The request or event that the current task handles.
    static CURRENT: Current;
}

/// The request or event that gives log lines its id.
#[derive(Clone)]
pub(super) struct Current {
    /// The id of the request, or of the one that caused the event, if that is known.
    pub(super) request_id: Option<RequestId>,
    /// The span that gives log lines the id, if they do not take it from this value, and describes an event.
    pub(super) lines: Span,
}

impl Current {
    fn new(request_id: RequestId) -> Current {
        let lines = match adds_request_ids() {
            true => Span::none(),
            false => tracing::error_span!(target: LINE, "request", requestId = request_id.as_str()),
        };
        Current { request_id: Some(request_id), lines }
    }

    /// Runs work on the request or event.
    pub(super) fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        let lines = self.lines.clone();
        CURRENT.scope(self, work).instrument(lines)
    }
}

/// Returns true if log lines take the request id from the current task, so that spans need not have it.
pub(super) fn adds_request_ids() -> bool {
    ADDS_REQUEST_IDS.load(Ordering::Relaxed)
}

/// Returns the id of the request that the current task handles, or of the one that caused its event.
pub(super) fn current_id() -> Option<RequestId> {
    CURRENT.try_with(|current| current.request_id.clone()).ok().flatten()
}

/// Runs work of the current request in another task, whose log lines have the request id too. The current span does not
/// suffice: it is that of the trace if traces are exported.
pub(crate) fn inherited<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let (current, work) = (CURRENT.try_with(Clone::clone).ok(), work.in_current_span());
    async move {
        match current {
            Some(current) => current.scope(work).await,
            None => work.await,
        }
    }
}

/// Runs work as the work of a request with an id, whose log lines need no span.
#[cfg(test)]
pub(super) async fn with_request<F: Future>(request_id: RequestId, work: F) -> F::Output {
    CURRENT.scope(Current { request_id: Some(request_id), lines: Span::none() }, work).await
}

/// Logs one line for each request, updates the metrics and describes the span of a trace. `next` responds to the request.
///
/// Log lines and spans contain the operation instead of the path, because a path can contain personal data. Log lines of
/// the handler have the request id.
pub async fn observe<F>(metrics: &Arc<Metrics>, request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let trace = span(&request);
    let (mut parts, body) = request.into_parts();
    let mut exchange = Exchange::new(metrics.clone(), trace.clone(), &mut parts);
    let handled = metrics::within(metrics.clone(), next(Request::from_parts(parts, body)));
    let response = Current::new(exchange.request_id.clone()).scope(handled.instrument(trace)).await;
    exchange.end(&response);
    response
}

/// A request from its arrival to the head of its response. If it is dropped before, the caller has disconnected.
struct Exchange {
    metrics: Arc<Metrics>,
    trace: Span,
    started: Instant,
    method: Method,
    address: Option<ClientAddress>,
    request_id: RequestId,
    routed: RoutedOperation,
    /// The status code of the response. `None` if there is no response.
    status: Option<StatusCode>,
    _running: ActiveRequest,
}

impl Exchange {
    fn new(metrics: Arc<Metrics>, trace: Span, parts: &mut Parts) -> Exchange {
        let (request_id, routed) = (RequestId::of(parts), RoutedOperation::default());
        parts.extensions.insert(request_id.clone());
        parts.extensions.insert(routed.clone());
        Exchange {
            _running: metrics.begin_request(&parts.method),
            metrics,
            trace,
            started: Instant::now(),
            method: parts.method.clone(),
            address: parts.extensions.get::<ClientAddress>().copied(),
            request_id,
            routed,
            status: None,
        }
    }

    /// Records the response, before the exchange is dropped.
    fn end(&mut self, response: &Response) {
        self.status = Some(response.status());
        if let Some(operation) = response.extensions().get::<&'static Operation>() {
            self.routed.set(operation);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let latency = self.started.elapsed();
        let operation = self.routed.get().filter(|operation| !operation.id.is_empty());
        let status = self.status.map_or(CALLER_DISCONNECTED, |status| status.as_u16());
        self.metrics.observe(operation, &self.method, status, latency);
        describe(&self.trace, operation, self.request_id.as_str(), status);
        tracing::info!(
            target: LINE,
            requestId = self.request_id.as_str(),
            traceId = trace_id(&self.trace),
            operation = operation.map_or("", |operation| operation.id),
            method = %self.method,
            status,
            latencyMs = latency.as_micros() as f64 / 1000.0,
            address = self.address.map(|address| field::display(address.0)),
            "{}",
            if self.status.is_some() { "request completed" } else { "caller disconnected" },
        );
    }
}

/// Creates the span of a request, as OpenTelemetry defines it for HTTP servers. It continues the trace of a trusted
/// proxy. A stranger's trace context is ignored, because strangers must not decide which requests are exported.
fn span(request: &Request) -> Span {
    let span = tracing::debug_span!(
        target: TRACE,
        "request",
        otel.kind = "server",
        otel.name = metrics::method_label(request.method()),
        otel.status_code = field::Empty,
        http.request.method = metrics::method_label(request.method()),
        http.route = field::Empty,
        http.response.status_code = field::Empty,
        "error.type" = field::Empty,
        url.scheme = "http",
        operation = field::Empty,
        request.id = field::Empty,
    );
    #[cfg(feature = "otlp")]
    if !span.is_disabled() && request.extensions().get::<crate::client_address::TrustedPeer>().is_some() {
        super::traces::continue_trace(&span, request.headers());
    }
    span
}

/// Adds to the span of a request what is known at its end.
fn describe(span: &Span, operation: Option<&'static Operation>, request_id: &str, status: u16) {
    if span.is_disabled() {
        return;
    }
    if let Some(operation) = operation {
        #[cfg(feature = "otlp")]
        super::traces::rename(span, format!("{} {}", operation.method, operation.path));
        span.record("http.route", operation.path).record("operation", operation.id);
    }
    span.record("request.id", request_id).record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR").record("error.type", status.to_string());
    }
}

/// Returns the id of the trace that is exported for a request.
fn trace_id(span: &Span) -> Option<String> {
    #[cfg(feature = "otlp")]
    if !span.is_disabled() {
        return super::traces::trace_id(span);
    }
    let _ = span;
    None
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::{self, Next};
    use tower::ServiceExt as _;

    use super::*;
    use crate::tasks;
    use crate::telemetry::captured::Captured;

    static GET_VISITOR: Operation = Operation { id: "getVisitor", path: "/visitors/{id}", ..Operation::NONE };

    async fn respond() -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(&GET_VISITOR);
        response
    }

    /// Returns the log lines of a scope as JSON.
    struct Log {
        lines: Captured,
        _guard: tracing::subscriber::DefaultGuard,
    }

    impl Log {
        fn start() -> Log {
            let lines = Captured::default();
            let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(lines.clone()).finish();
            Log { lines, _guard: tracing::subscriber::set_default(subscriber) }
        }

        fn text(&self) -> String {
            self.lines.text()
        }

        fn lines(&self) -> Vec<serde_json::Value> {
            self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }
    }

    fn observed(app: Router, metrics: &Arc<Metrics>) -> Router {
        let metrics = metrics.clone();
        let observe = move |request: Request, next: Next| {
            let metrics = metrics.clone();
            async move { observe(&metrics, request, |request| next.run(request)).await }
        };
        app.layer(middleware::from_fn(observe))
    }

    #[tokio::test]
    async fn a_request_is_logged_in_one_line_without_its_path() {
        let (log, metrics) = (Log::start(), Arc::new(Metrics::default()));
        let app = observed(Router::new().fallback(respond), &metrics);
        let request = Request::get("/v1/visitors/vis_1").header("x-request-id", "r-1");
        app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let lines = log.lines();
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((&line["requestId"], &line["operation"]), (&"r-1".into(), &"getVisitor".into()));
        assert_eq!((&line["status"], &line["method"]), (&200.into(), &"GET".into()));
        assert_eq!(line["message"], "request completed");
        assert!(line["latencyMs"].is_number());
        assert!(!log.text().contains("vis_1"));
        let counted = r#"operation="getVisitor",http_route="/visitors/{id}",http_request_method="GET""#;
        assert!(metrics.render().unwrap().contains(counted));
    }

    #[tokio::test]
    async fn a_request_whose_caller_disconnects_is_logged_and_counted_once() {
        let (log, metrics) = (Log::start(), Arc::new(Metrics::default()));
        let hanging = async |request: Request| {
            request.extensions().get::<RoutedOperation>().unwrap().set(&GET_VISITOR);
            std::future::pending::<Response>().await
        };
        let app = observed(Router::new().fallback(hanging), &metrics);
        let request = Request::get("/").header("x-request-id", "r-2");
        let response = app.oneshot(request.body(Body::empty()).unwrap());
        assert!(tokio::time::timeout(Duration::from_millis(20), response).await.is_err());
        let lines = log.lines();
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((&line["requestId"], &line["operation"]), (&"r-2".into(), &"getVisitor".into()));
        assert_eq!((&line["status"], &line["message"]), (&499.into(), &"caller disconnected".into()));
        let text = metrics.render().unwrap();
        assert!(text.contains(r#"http_response_status_code="499",url_scheme="http",error_type=""} 1"#), "{text}");
        assert!(text.contains(r#"http_request_method="GET",url_scheme="http"} 0"#), "{text}");
    }

    #[tokio::test]
    async fn log_lines_of_a_handler_have_the_request_id() {
        for method in ["GET", "POST"] {
            let log = Log::start();
            let warning = async || tracing::warn!("the stock is low");
            let app = Router::new().fallback(warning);
            let complete = async |request: Request, next: Next| tasks::complete_request(request, |r| next.run(r)).await;
            let app = app.layer(middleware::from_fn(complete));
            let app = observed(app, &Arc::default());
            let request = Request::builder().method(method).uri("/").header("x-request-id", "r-3");
            app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let lines = log.lines();
            let line = lines.iter().find(|line| line["message"] == "the stock is low").unwrap();
            assert_eq!(line["span"]["requestId"], "r-3");
        }
    }
}
