//! The spans of requests to other servers: calls of services, and deliveries of webhooks.

#[cfg(feature = "webhooks")]
use http::HeaderValue;
use http::StatusCode;
#[cfg(feature = "calls")]
use http::{HeaderMap, Method};
use tracing::{Span, field};
#[cfg(feature = "webhooks")]
use writ_runtime::event::EventId;
#[cfg(feature = "calls")]
use writ_runtime::{Operation, X_REQUEST_ID};

use super::TRACE;
#[cfg(feature = "calls")]
use super::request;
#[cfg(feature = "calls")]
use crate::metrics;

/// The span of a request to another server, as OpenTelemetry defines it for HTTP clients.
pub(crate) struct ClientSpan(Span);

#[cfg(feature = "calls")]
impl ClientSpan {
    /// Creates the span of a request to another service. `number` counts the requests of a call from 1.
    pub(crate) fn call(
        operation: &'static Operation,
        service: &'static str,
        method: &Method,
        number: u32,
    ) -> ClientSpan {
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
        ClientSpan(span).resent(number)
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
}

#[cfg(feature = "webhooks")]
impl ClientSpan {
    /// Creates the span of an attempt to deliver an event to an endpoint. `number` counts the attempts from 1. The span
    /// continues the trace of the event, unless `trace_parent` is absent or invalid.
    ///
    /// The span has no URL, because the URL of an endpoint can contain a secret.
    pub(crate) fn delivery(
        event: EventId,
        event_type: &str,
        endpoint: uuid::Uuid,
        number: u32,
        trace_parent: Option<&str>,
    ) -> ClientSpan {
        let span = tracing::debug_span!(
            target: TRACE,
            "webhook",
            otel.kind = "client",
            otel.name = %format_args!("POST {event_type}"),
            otel.status_code = field::Empty,
            http.request.method = "POST",
            http.request.resend_count = field::Empty,
            http.response.status_code = field::Empty,
            "error.type" = field::Empty,
            server.address = field::Empty,
            server.port = field::Empty,
            messaging.message.id = %event,
            webhook.endpoint.id = %endpoint,
        );
        #[cfg(feature = "otlp")]
        if let Some(trace_parent) = trace_parent.filter(|_| !span.is_disabled()) {
            super::traces::continue_cause(&span, trace_parent);
        }
        #[cfg(not(feature = "otlp"))]
        let _ = trace_parent;
        ClientSpan(span).resent(number)
    }

    /// Adds the host and the port of the endpoint.
    pub(crate) fn describe_server(&self, host: &str, port: u16) {
        self.0.record("server.address", host).record("server.port", port);
    }

    /// Returns the trace context (W3C, `traceparent`) for the headers of the request. Returns `None` if no trace is exported.
    pub(crate) fn trace_parent(&self) -> Option<HeaderValue> {
        #[cfg(feature = "otlp")]
        if !self.0.is_disabled() {
            return super::traces::trace_parent(&self.0).and_then(|text| text.try_into().ok());
        }
        None
    }
}

impl ClientSpan {
    /// Adds the number of earlier requests with one purpose, if there are any. `number` counts the requests from 1.
    fn resent(self, number: u32) -> ClientSpan {
        if number > 1 {
            self.0.record("http.request.resend_count", number - 1);
        }
        self
    }

    pub(crate) fn span(&self) -> &Span {
        &self.0
    }

    /// Ends the span with the status code of the response, and with the kind of its failure if the status code does not tell.
    pub(crate) fn end(self, status: Option<StatusCode>, error: Option<&'static str>) {
        if let Some(status) = status {
            self.0.record("http.response.status_code", status.as_u16());
        }
        let refusal = status.filter(|status| status.is_client_error() || status.is_server_error());
        let error_type = refusal.as_ref().map(StatusCode::as_str).or(error);
        if let Some(error_type) = error_type {
            self.0.record("otel.status_code", "ERROR").record("error.type", error_type);
        }
    }
}

#[cfg(all(test, feature = "calls", feature = "otlp"))]
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
            let span = served.in_scope(|| ClientSpan::call(&GET_VISITOR, "visitors", &Method::GET, 1));
            span.propagate(&mut headers);
            let parent = headers["traceparent"].to_str().unwrap();
            let trace = traces::trace_id(&served).unwrap();
            assert!(parent.starts_with(&format!("00-{trace}-")) && parent.ends_with("-01"), "{parent}");
        });
        // Without an exporter, there is no trace to continue.
        let mut headers = HeaderMap::new();
        ClientSpan::call(&GET_VISITOR, "visitors", &Method::GET, 1).propagate(&mut headers);
        assert!(headers.is_empty());
    }
}
