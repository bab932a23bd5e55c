//! The trace and the request id of a request to another service.

use http::{HeaderMap, Method, StatusCode};
use tracing::{Span, field};
use writ_runtime::{Operation, X_REQUEST_ID};

use super::{TRACE, request};
use crate::metrics;

/// The span of a request to another service, as OpenTelemetry defines it for HTTP clients.
pub(crate) struct CallSpan(Span);

impl CallSpan {
    /// Creates the span of a request. `number` counts the requests of a call from 1.
    pub(crate) fn new(operation: &'static Operation, service: &'static str, method: &Method, number: u32) -> CallSpan {
        let method = metrics::method_label(method);
        let span = tracing::debug_span!(
            target: TRACE,
            "call",
            otel.kind = "client",
            otel.name = %format_args!("{method} {}", operation.path),
            otel.status_code = field::Empty,
            http.request.method = method,
            http.request.resend_count = field::Empty,
            http.response.status_code = field::Empty,
            "error.type" = field::Empty,
            operation = operation.id,
            service.peer.name = service,
            url.template = operation.path,
        );
        if number > 1 {
            span.record("http.request.resend_count", number - 1);
        }
        CallSpan(span)
    }

    pub(crate) fn span(&self) -> &Span {
        &self.0
    }

    /// Adds the id of the request that is being served, and the context of the trace (W3C Trace Context), to the headers of
    /// the request.
    pub(crate) fn propagate(&self, headers: &mut HeaderMap) {
        if let Some(id) = request::current_id() {
            headers.entry(X_REQUEST_ID).or_insert_with(|| id.header());
        }
        #[cfg(feature = "otlp")]
        if !self.0.is_disabled() {
            super::traces::propagate(&self.0, headers);
        }
    }

    /// Ends the span with the status code of the response, or the kind of its failure.
    pub(crate) fn end(self, status: Option<StatusCode>, error: Option<&'static str>) {
        if let Some(status) = status {
            self.0.record("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                self.0.record("otel.status_code", "ERROR").record("error.type", status.as_str());
            }
        }
        if let Some(error) = error {
            self.0.record("otel.status_code", "ERROR").record("error.type", error);
        }
    }
}

#[cfg(all(test, feature = "otlp"))]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::telemetry::traces;

    static GET_VISITOR: Operation = Operation { id: "getVisitor", path: "/visitors/{id}", ..Operation::NONE };

    #[test]
    fn the_called_service_receives_the_trace_of_the_request_that_is_served() {
        let provider = SdkTracerProvider::builder().build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let served = tracing::debug_span!(target: TRACE, "request");
            let mut headers = HeaderMap::new();
            let span = served.in_scope(|| CallSpan::new(&GET_VISITOR, "visitors", &Method::GET, 1));
            span.propagate(&mut headers);
            let parent = headers["traceparent"].to_str().unwrap();
            let trace = traces::trace_id(&served).unwrap();
            assert!(parent.starts_with(&format!("00-{trace}-")) && parent.ends_with("-01"), "{parent}");
        });
        // Without an exporter, there is no trace to continue.
        let mut headers = HeaderMap::new();
        CallSpan::new(&GET_VISITOR, "visitors", &Method::GET, 1).propagate(&mut headers);
        assert!(headers.is_empty());
    }
}
