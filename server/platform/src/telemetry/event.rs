//! The log lines and the trace of a domain event: they continue those of the request that caused it.

use tracing::{Instrument as _, Span};
use writ_runtime::RequestId;
use writ_runtime::event::{EventId, StoredEvent};

use super::request::{self, Current};
use super::{LINE, TRACE};

/// The longest request id and trace context that an outbox stores.
const MAX_LENGTH: usize = 100;

/// The request that caused an event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The id of the request.
    pub(crate) request_id: Option<String>,
    /// The trace context of the request (W3C, `traceparent`).
    pub(crate) trace_parent: Option<String>,
}

impl Origin {
    /// Returns the request that the current task handles. A task that handles an event has the request that caused it.
    pub(crate) fn current() -> Origin {
        #[cfg(feature = "otlp")]
        let trace_parent = super::traces::trace_parent(&Span::current());
        #[cfg(not(feature = "otlp"))]
        let trace_parent: Option<String> = None;
        let short = |text: &String| text.len() <= MAX_LENGTH;
        let request_id = request::current_id().map(|id| id.to_string());
        Origin { request_id: request_id.filter(short), trace_parent: trace_parent.filter(short) }
    }
}

/// Creates the span of an event that a transaction adds to an outbox, as OpenTelemetry defines it for the creation of a
/// message. Consumers continue its trace.
pub(crate) fn creation(id: EventId, event_type: &str) -> Span {
    tracing::debug_span!(
        target: TRACE,
        "event",
        otel.kind = "producer",
        otel.name = format!("create {event_type}"),
        messaging.system = "redis",
        messaging.operation.name = "create",
        "messaging.operation.type" = "create",
        messaging.message.id = %id,
    )
}

/// The handling of an event by a consumer, in logs and traces.
pub(crate) struct EventScope {
    current: Current,
    trace: Span,
}

/// Describes the handling of an event by a consumer.
pub(crate) fn consumption(origin: &Origin, event: &StoredEvent, consumer: &str) -> EventScope {
    let request_id = origin.request_id.as_deref();
    let trace = tracing::debug_span!(
        target: TRACE,
        "event",
        otel.kind = "consumer",
        otel.name = format!("process {}", event.event_type),
        messaging.system = "redis",
        messaging.operation.name = "process",
        "messaging.operation.type" = "process",
        messaging.consumer.group.name = consumer,
        messaging.message.id = %event.id,
        request.id = request_id,
    );
    #[cfg(feature = "otlp")]
    if let Some(trace_parent) = &origin.trace_parent {
        super::traces::continue_cause(&trace, trace_parent);
    }
    let lines = tracing::error_span!(
        target: LINE,
        "event",
        requestId = request_id.filter(|_| !request::adds_request_ids()),
        eventId = %event.id,
        eventType = event.event_type,
        consumer,
    );
    EventScope { current: Current { request_id: request_id.map(RequestId::new), lines }, trace }
}

impl EventScope {
    /// Runs the work on the event.
    pub(crate) async fn run<F: Future>(self, work: F) -> F::Output {
        self.current.scope(work.instrument(self.trace)).await
    }
}

#[cfg(all(test, feature = "otlp"))]
mod tests {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn the_trace_of_a_request_continues_in_the_consumer_of_its_event() {
        let layer = tracing_opentelemetry::layer().with_tracer(SdkTracerProvider::builder().build().tracer("test"));
        let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        let request = tracing::debug_span!(target: TRACE, "request");
        let origin = request.in_scope(Origin::current);
        let event = StoredEvent {
            id: EventId::generate(),
            event_type: "order.paid".to_owned(),
            aggregate_id: "ord_1".to_owned(),
            timestamp: chrono::Utc::now(),
            data: "{}".into(),
        };
        let consumed = consumption(&origin, &event, "mail").trace.in_scope(Origin::current);
        let parts = |origin: &Origin| {
            let text = origin.trace_parent.clone().unwrap_or_default();
            let parts: Vec<String> = text.split('-').map(str::to_owned).collect();
            (parts[1].clone(), parts[2].clone())
        };
        let ((cause, parent), (trace, span)) = (parts(&origin), parts(&consumed));
        assert_eq!(trace, cause);
        assert_ne!(span, parent);
        assert_eq!(consumption(&Origin::default(), &event, "mail").trace.in_scope(Origin::current).request_id, None);
    }
}
