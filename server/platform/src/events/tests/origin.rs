//! Tests of the request that caused an event: its id and its trace reach the consumer.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::Request;

use super::support::{Reaction, eventually, start};
use crate::metrics::Metrics;
use crate::telemetry;

#[tokio::test]
async fn the_request_id_of_the_cause_reaches_the_consumer() {
    let server = start().await;
    let service = &server.service;
    let pool = service.pool.clone();
    let origin = Arc::new(std::sync::Mutex::new(None));
    let seen = origin.clone();
    let request = Request::post("/").header("x-request-id", "r-1").body(Body::empty()).unwrap();
    let respond = move |_: Request<Body>| async move {
        *seen.lock().unwrap() = Some(telemetry::Origin::current());
        Response::new(Body::empty())
    };
    telemetry::observe(&Arc::<Metrics>::default(), request, respond).await;
    let origin = origin.lock().unwrap().take().unwrap();
    assert_eq!(origin.request_id.as_deref(), Some("r-1"));

    // The consumer of an event publishes for the request that caused the event.
    let ids = service.publish("a", 0..1).await;
    let event = writ_runtime::event::StoredEvent {
        id: ids[0],
        event_type: "counter.numbered".to_owned(),
        aggregate_id: "b".to_owned(),
        timestamp: chrono::Utc::now(),
        data: "0".into(),
    };
    let scope = || telemetry::consumption(&origin, &event, "numbers");
    scope().run(async { service.publish("b", 0..1).await }).await;
    let stored = "SELECT request_id FROM writ.outbox WHERE aggregate_id = 'b'";
    let stored: Option<String> = sqlx::query_scalar(stored).fetch_one(&pool).await.unwrap();
    assert_eq!(stored.as_deref(), Some("r-1"));
    // A failing event keeps its origin while it is held back.
    service.behaviour.set("b", Some(Reaction::Fail));
    scope().run(async { service.publish("b", 1..2).await }).await;
    let held = async || {
        let held = "SELECT request_id FROM writ.held_events WHERE aggregate_id = 'b'";
        let held: Option<Option<String>> = sqlx::query_scalar(held).fetch_optional(&pool).await.unwrap();
        held.flatten().as_deref() == Some("r-1")
    };
    assert!(eventually(held).await);
}
