//! The consumer of events that writes their deliveries to endpoints.

use chrono::SecondsFormat;
use serde::de::IgnoredAny;
use sqlx::PgPool;
use writ_runtime::event::{Consume, ConsumeError, EventType, StoredEvent};

use super::delivery;
use crate::Transaction;

/// The consumer of events that writes a delivery for each endpoint which receives them.
#[derive(Debug, Clone)]
pub(super) struct WebhookConsumer {
    pub(super) pool: PgPool,
    pub(super) event_types: &'static [&'static EventType],
}

impl Consume<Transaction> for WebhookConsumer {
    fn event_types(&self) -> &'static [&'static EventType] {
        self.event_types
    }

    /// Returns true if no endpoint receives the event. If the database does not tell, the attempt to handle it does.
    async fn ignores(&self, event: &StoredEvent) -> bool {
        matches!(delivery::is_received(&self.pool, &event.event_type).await, Ok(false))
    }

    async fn consume(&self, transaction: &mut Transaction, event: &StoredEvent) -> Result<(), ConsumeError> {
        let body = envelope(event).map_err(|error| ConsumeError::Unreadable(Box::new(error)))?;
        let added = delivery::add(transaction, event.id, &event.event_type, &body).await;
        added.map_err(|error| ConsumeError::Failed(Box::new(error)))
    }
}

/// Returns the body of the webhook of an event: its envelope, in which the data keeps its bytes.
fn envelope(event: &StoredEvent) -> Result<Vec<u8>, serde_json::Error> {
    let IgnoredAny = serde_json::from_slice(&event.data)?;
    let timestamp = event.timestamp.to_rfc3339_opts(SecondsFormat::Micros, true);
    let [event_type, aggregate_id] = [&event.event_type, &event.aggregate_id].map(serde_json::to_string);
    let (id, event_type, aggregate_id) = (event.id, event_type?, aggregate_id?);
    let head =
        format!(r#"{{"id":"{id}","type":{event_type},"aggregateId":{aggregate_id},"timestamp":"{timestamp}","data":"#);
    Ok([head.as_bytes(), &event.data, b"}"].concat())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use writ_runtime::Bytes;
    use writ_runtime::event::EventId;

    use super::*;

    #[test]
    fn the_body_of_a_webhook_is_the_envelope_of_the_event() {
        let id = EventId::generate();
        let event = StoredEvent {
            id,
            event_type: "order.created".to_owned(),
            aggregate_id: "ord_\"1".to_owned(),
            timestamp: DateTime::from_timestamp(1_768_469_400, 5_000).unwrap(),
            data: Bytes::from_static(br#"{"total":1.10}"#),
        };
        let body = String::from_utf8(envelope(&event).unwrap()).unwrap();
        let expected = format!(
            r#"{{"id":"{id}","type":"order.created","aggregateId":"ord_\"1","timestamp":"2026-01-15T09:30:00.000005Z","data":{{"total":1.10}}}}"#
        );
        assert_eq!(body, expected);
        assert!(envelope(&StoredEvent { data: Bytes::from_static(b"{"), ..event }).is_err());
    }
}
