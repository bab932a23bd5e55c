//! Tests of the traces that webhooks continue.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Instrument as _;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt as _;

use super::receiver::{Receiver, Reply};
use super::{ORDER_CREATED, prepare, start};
use crate::telemetry::{Origin, TRACE};

/// A trace context that is not valid, because its version is not permitted.
const INVALID: &str = "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Begins traces in the current thread, which runs all tasks of its test.
fn traced() -> DefaultGuard {
    let layer = tracing_opentelemetry::layer().with_tracer(SdkTracerProvider::builder().build().tracer("test"));
    tracing::subscriber::set_default(tracing_subscriber::registry().with(layer))
}

/// Returns the ids of the trace and of the span in a trace context, which must be that of an exported trace.
fn ids(trace_parent: Option<&str>) -> (String, String) {
    let parts: Vec<&str> = trace_parent.expect("a trace context").split('-').collect();
    let ["00", trace, span, "01"] = parts[..] else { panic!("{parts:?}") };
    (trace.to_owned(), span.to_owned())
}

/// Returns the ids in the trace contexts of all requests.
fn received(receiver: &Receiver) -> Vec<(String, String)> {
    receiver.requests().iter().map(|request| ids(request.trace_parent.as_deref())).collect()
}

#[tokio::test]
async fn each_attempt_is_a_span_of_its_own_in_the_trace_of_the_event() {
    let _guard = traced();
    let delivery = start(10).await;
    let receiver = Receiver::start([Reply::status(500), Reply::Close, Reply::status(204)]).await;
    delivery.register(&receiver.url("/")).await;
    let span = tracing::debug_span!(target: TRACE, "event");
    let (trace, event) = ids(span.in_scope(Origin::current).trace_parent.as_deref());
    delivery.publish(&ORDER_CREATED).instrument(span).await;
    delivery.until("delivered_at IS NOT NULL").await;
    let attempts = received(&receiver);
    assert!(attempts.len() == 3 && attempts.iter().all(|(of, _)| *of == trace), "{trace}: {attempts:?}");
    let spans: std::collections::HashSet<_> = attempts.into_iter().map(|(_, span)| span).chain([event]).collect();
    assert_eq!(spans.len(), 4, "{spans:?}");
}

#[tokio::test]
async fn a_webhook_of_an_event_without_a_valid_trace_begins_one() {
    let _guard = traced();
    let (delivery, dispatcher) = prepare(0, |sender| sender).await;
    let receiver = Receiver::start([Reply::status(204)]).await;
    delivery.register(&receiver.url("/")).await;
    // An older process writes no trace.
    for stored in [None, Some(""), Some("a trace"), Some(INVALID)] {
        let id = delivery.publish(&ORDER_CREATED).await;
        let update = "UPDATE writ.webhook_messages SET trace_parent = $1 WHERE event_id = $2";
        let id: writ_runtime::event::EventId = id.parse().unwrap();
        sqlx::query(update).bind(stored).bind(id.uuid()).execute(&delivery.database.pool).await.unwrap();
    }
    tokio::spawn(dispatcher.run(delivery.shutdown.clone()));
    receiver.wait_for(4).await;
    let traces: std::collections::HashSet<_> = received(&receiver).into_iter().map(|(trace, _)| trace).collect();
    assert!(traces.len() == 4 && traces.iter().all(|trace| !INVALID.contains(trace.as_str())), "{traces:?}");
}

#[tokio::test]
async fn a_trace_that_is_not_exported_is_not_exported_by_its_webhook_either() {
    let _guard = traced();
    let (delivery, dispatcher) = prepare(0, |sender| sender).await;
    let receiver = Receiver::start([Reply::status(204)]).await;
    delivery.register(&receiver.url("/")).await;
    delivery.publish(&ORDER_CREATED).await;
    let unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    let update = sqlx::query("UPDATE writ.webhook_messages SET trace_parent = $1").bind(unsampled);
    update.execute(&delivery.database.pool).await.unwrap();
    tokio::spawn(dispatcher.run(delivery.shutdown.clone()));
    receiver.wait_for(1).await;
    let sent = receiver.requests()[0].trace_parent.clone().unwrap();
    assert!(sent.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && sent.ends_with("-00"), "{sent}");
}

#[tokio::test]
async fn an_endpoint_receives_no_trace_context_while_no_traces_are_exported() {
    let delivery = start(0).await;
    let receiver = Receiver::start([Reply::status(204)]).await;
    delivery.register(&receiver.url("/")).await;
    delivery.publish(&ORDER_CREATED).await;
    receiver.wait_for(1).await;
    assert_eq!(receiver.requests()[0].trace_parent, None);
}
