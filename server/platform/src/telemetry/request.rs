//! The log line, the metrics and the trace of each request.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::{Instrument as _, Span, field};
use writ_runtime::{ClientAddress, Operation, RequestId};

use super::TRACE;
use crate::metrics::{self, Metrics};

/// Logs one line for each request, updates the metrics and describes the span of a trace. This middleware is installed
/// with [`axum::middleware::from_fn_with_state`].
///
/// Log lines and spans contain the operation instead of the path, because a path can contain personal data.
pub async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let address = request.extensions().get::<ClientAddress>().map(|address| address.0);
    let span = span(&request);
    let running = metrics.begin_request(&method);
    let response = metrics::within(metrics.clone(), next.run(request)).instrument(span.clone()).await;
    drop(running);
    let latency = started.elapsed();
    let extensions = response.extensions();
    let operation = extensions.get::<&'static Operation>().copied().filter(|operation| !operation.id.is_empty());
    let request_id = extensions.get::<RequestId>().map_or("", RequestId::as_str);
    let status = response.status();
    metrics.observe(operation, &method, status, latency);
    describe(&span, operation, request_id, status);
    tracing::info!(
        target: "writ::request",
        requestId = request_id,
        traceId = trace_id(&span),
        operation = operation.map_or("", |operation| operation.id),
        method = %method,
        status = status.as_u16(),
        latencyMs = latency.as_micros() as f64 / 1000.0,
        address = address.map(field::display),
        "request completed"
    );
    response
}

/// Creates the span of a request, as OpenTelemetry defines it for HTTP servers. It continues the trace of a trusted
/// proxy. A stranger's trace context is ignored, because strangers must not decide which requests are exported.
fn span(request: &Request) -> Span {
    let span = tracing::debug_span!(
        target: TRACE,
        "request",
        otel.kind = "server",
        otel.name = field::Empty,
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
fn describe(span: &Span, operation: Option<&'static Operation>, request_id: &str, status: http::StatusCode) {
    if span.is_disabled() {
        return;
    }
    if let Some(operation) = operation {
        span.record("otel.name", format!("{} {}", operation.method, operation.path));
        span.record("http.route", operation.path).record("operation", operation.id);
    }
    span.record("request.id", request_id).record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR").record("error.type", status.as_str());
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
    use std::io;
    use std::sync::Mutex;

    use axum::body::Body;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    static GET_VISITOR: Operation = Operation { id: "getVisitor", path: "/visitors/{id}", ..Operation::NONE };

    /// A writer that collects log lines in memory for a test.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Lines {
        type Writer = Lines;

        fn make_writer(&self) -> Lines {
            self.clone()
        }
    }

    async fn respond() -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(&GET_VISITOR);
        response.extensions_mut().insert(RequestId::new("r-1"));
        response
    }

    #[tokio::test]
    async fn a_request_is_logged_in_one_line_without_its_path() {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(lines.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let metrics = Arc::new(Metrics::default());
        let app = Router::new().fallback(respond).layer(middleware::from_fn_with_state(metrics.clone(), observe));
        app.oneshot(Request::get("/v1/visitors/vis_1").body(Body::empty()).unwrap()).await.unwrap();
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!((&line["requestId"], &line["operation"]), (&"r-1".into(), &"getVisitor".into()));
        assert_eq!((&line["status"], &line["method"]), (&200.into(), &"GET".into()));
        assert!(line["latencyMs"].is_number());
        assert!(!text.contains("vis_1"));
        let counted = r#"operation="getVisitor",http_route="/visitors/{id}",http_request_method="GET""#;
        assert!(metrics.render().unwrap().contains(counted));
    }
}
