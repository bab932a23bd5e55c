//! Tests of endpoints that ask for a pause with `Retry-After`.

use std::time::Duration;

use super::receiver::{Receiver, Reply};
use super::{Delivery, ORDER_CREATED, prepare, start};
use crate::webhooks::dispatch::Dispatcher;
use crate::webhooks::schedule::Schedule;

/// Starts a dispatcher with these waits between attempts.
async fn start_scheduled(waits: Vec<Duration>) -> Delivery {
    let (delivery, dispatcher) = prepare(0, |sender| sender).await;
    let dispatcher = Dispatcher { schedule: Schedule(waits), ..dispatcher };
    tokio::spawn(dispatcher.run(delivery.shutdown.clone()));
    delivery
}

#[tokio::test]
async fn an_endpoint_that_asks_for_a_pause_receives_nothing_meanwhile() {
    let delivery = start(10).await;
    let busy = Receiver::start([Reply::busy(503, "3600")]).await;
    let (endpoint, _) = delivery.register(&busy.url("/")).await;
    delivery.publish(&ORDER_CREATED).await;
    const PAUSED: &str = "attempts = 1 AND failure IS NOT NULL AND paused_until > now() + interval '55 minutes'
                          AND next_attempt_at > now() + interval '55 minutes'";
    delivery.until(PAUSED).await;
    // Another endpoint receives the next event, and this one does not.
    let other = Receiver::start([Reply::status(200)]).await;
    delivery.register(&other.url("/")).await;
    delivery.publish(&ORDER_CREATED).await;
    other.wait_for(1).await;
    assert_eq!(busy.requests().len(), 1);
    let end = "UPDATE writ.webhook_endpoints SET paused_until = now() WHERE id = $1";
    sqlx::query(end).bind(endpoint.id).execute(&delivery.database.pool).await.unwrap();
    busy.wait_for(2).await;
}

#[tokio::test]
async fn an_endpoint_cannot_pause_for_longer_than_a_bound_or_speed_up_its_deliveries() {
    let delivery = start_scheduled(vec![Duration::from_secs(3600)]).await;
    let slow = Receiver::start([Reply::busy(429, "99999999")]).await;
    let hasty = Receiver::start([Reply::busy(503, "1")]).await;
    for receiver in [&slow, &hasty] {
        delivery.register(&receiver.url("/")).await;
    }
    delivery.publish(&ORDER_CREATED).await;
    delivery.until("next_attempt_at BETWEEN now() + interval '5 hours' AND now() + interval '6 hours'").await;
    delivery
        .until(
            "attempts = 1 AND next_attempt_at BETWEEN now() + interval '55 minutes' AND now() + interval '75 minutes'",
        )
        .await;
    assert_eq!((slow.requests().len(), hasty.requests().len()), (1, 1));
}
