//! The log output of the process, and the log line and metrics of each request.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use writ_runtime::{ClientAddress, Operation, RequestId};

use crate::config::{Config, LogFormat};
use crate::metrics::Metrics;

/// Starts to write log lines to standard output, in the configured format. A second call in a process has no
/// effect.
pub fn start(config: &Config) {
    let filter = config.log_filter.parse::<EnvFilter>().unwrap_or_default();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_span_events(FmtSpan::NONE);
    // This fails only if the process already has a subscriber, for example in tests.
    let _ = match config.log_format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
        LogFormat::Text => lines.compact().try_init(),
    };
}

/// Logs one line for each request and updates the metrics. This middleware is installed with
/// [`axum::middleware::from_fn_with_state`].
///
/// The log line contains the operation instead of the path, because a path can contain personal data.
pub async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let address = request.extensions().get::<ClientAddress>().map(|address| address.0);
    let response = next.run(request).await;
    let latency = started.elapsed();
    let extensions = response.extensions();
    let operation = extensions.get::<&'static Operation>().map_or("", |operation| operation.id);
    let request_id = extensions.get::<RequestId>().map_or("", RequestId::as_str);
    let status = response.status().as_u16();
    metrics.observe(operation, status, latency);
    tracing::info!(
        target: "writ::request",
        requestId = request_id,
        operation,
        method = %method,
        status,
        latencyMs = latency.as_micros() as f64 / 1000.0,
        address = address.map(tracing::field::display),
        "request completed"
    );
    response
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

    static GET_VISITOR: Operation = Operation { id: "getVisitor", ..Operation::NONE };

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
        assert!(metrics.render().unwrap().contains(r#"operation="getVisitor",status="200""#));
    }
}
