//! The log lines and the trace of a domain event: they continue those of the request that caused it.

use tracing::{Instrument as _, Span};
use writ_runtime::event::StoredEvent;

use super::request::{Current, CurrentId};
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
        let trace_parent = super::traces::trace_parent();
        #[cfg(not(feature = "otlp"))]
        let trace_parent: Option<String> = None;
        let short = |text: &String| text.len() <= MAX_LENGTH;
        Origin { request_id: Current::request_id().filter(short), trace_parent: trace_parent.filter(short) }
    }
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
        requestId = request_id,
        eventId = %event.id,
        eventType = event.event_type,
        consumer,
    );
    let request_id = origin.request_id.clone().map_or(CurrentId::Unknown, CurrentId::Caused);
    EventScope { current: Current { lines, request_id }, trace }
}

impl EventScope {
    /// Runs the work on the event.
    pub(crate) async fn run<F: Future>(self, work: F) -> F::Output {
        self.current.scope(work.instrument(self.trace)).await
    }
}
