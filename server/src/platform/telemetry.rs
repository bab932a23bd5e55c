//! What operators see: log lines, and one line and one measurement a request.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use writ_runtime::{ClientAddress, Operation, RequestId};

use crate::platform::config::{Config, LogFormat};
use crate::platform::metrics::Metrics;

/// Begins to write log lines to standard output. A second call in one process does nothing.
pub fn start(config: &Config) {
    let filter = config.log_filter.parse::<EnvFilter>().unwrap_or_default();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_span_events(FmtSpan::NONE);
    // Fails only when somebody listens already, as in tests.
    let _ = match config.log_format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
        LogFormat::Text => lines.compact().try_init(),
    };
}

/// The layer's work: one line a request, whatever became of it. No path: it may name people.
pub async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let response = next.run(request).await;
    let latency = started.elapsed();
    let extensions = response.extensions();
    let operation = extensions.get::<&'static Operation>().map_or("", |operation| operation.id);
    let request_id = extensions.get::<RequestId>().map_or("", |id| &id.0);
    let address = extensions.get::<ClientAddress>().map(|address| tracing::field::display(address.0));
    let status = response.status().as_u16();
    metrics.observe(operation, status, latency);
    tracing::info!(
        target: "server::request",
        requestId = request_id,
        operation,
        method = %method,
        status,
        latencyMs = latency.as_micros() as f64 / 1000.0,
        address,
        "request"
    );
    response
}
