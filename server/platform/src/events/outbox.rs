//! The outbox: events that a transaction publishes are rows that the same transaction writes.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use tracing::Instrument as _;
use writ_runtime::event::{self, EventId, NewEvent};

use super::PARTITIONS;
use crate::Transaction;
use crate::telemetry;

/// Adds an event. The lock of the aggregate ends with the transaction, so the number of the row follows those of all
/// committed events of the aggregate. No notification is sent here: PostgreSQL lets one transaction with notifications
/// commit at a time.
const APPEND: &str = "\
WITH locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(format('writ event %s %s %s', current_schema(), $3::text, $4::text), 0))
)
INSERT INTO writ.outbox (service, id, type, aggregate, aggregate_id, partition, data, trace_parent, request_id)
SELECT current_schema(), $1::uuid, $2::text, $3, $4, $5::smallint, $6::text, $7::text, $8::text FROM locked";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[APPEND];

/// The outbox of a database, to which the transactions of the database publish events.
///
/// [`Builder::events`](crate::Builder::events) returns it. Generated publishers take it:
///
/// ```no_run
/// # use writ_runtime::event::{EventType, NewEvent, Outbox as _};
/// # const EVENT_TYPE: EventType = EventType { name: "room.opened", aggregate: "room", version: 1, internal: false };
/// # async fn example(pool: sqlx::PgPool, outbox: writ_platform::events::Outbox) -> Result<(), sqlx::Error> {
/// let mut transaction = writ_platform::Transaction::begin(&pool).await?;
/// sqlx::query("INSERT INTO rooms (name) VALUES ('Sundials')").execute(&mut *transaction).await?;
/// let event = NewEvent { event_type: &EVENT_TYPE, aggregate_id: "room_1".to_owned(), data: "{}".into() };
/// outbox.append(&mut transaction, event).await?;
/// transaction.commit().await
/// # }
/// ```
///
/// A transaction that publishes an event holds a lock of the aggregate until its end, so that another one with the
/// aggregate waits. A transaction with events of several aggregates should publish them in a fixed order.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    /// Wakes the relay of the outbox after a commit.
    pub(super) committed: Arc<Notify>,
}

impl event::Outbox for Outbox {
    type Transaction = Transaction;
    type Error = sqlx::Error;

    async fn append(&self, transaction: &mut Transaction, event: NewEvent) -> Result<EventId, sqlx::Error> {
        let id = EventId::generate();
        let data = std::str::from_utf8(&event.data).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let aggregate = event.event_type.aggregate;
        let span = telemetry::creation(id, event.event_type.name);
        let origin = span.in_scope(telemetry::Origin::current);
        let append = sqlx::query(APPEND).bind(id.uuid()).bind(event.event_type.name).bind(aggregate);
        let append = append.bind(&event.aggregate_id).bind(partition_of(aggregate, &event.aggregate_id)).bind(data);
        let append = append.bind(&origin.trace_parent).bind(&origin.request_id);
        append.execute(&mut **transaction).instrument(span).await?;
        transaction.wake_after_commit(&self.committed);
        Ok(id)
    }
}

/// Returns the partition of an aggregate. It must never change, so it depends on a standard hash function.
pub(super) fn partition_of(aggregate: &str, id: &str) -> i16 {
    let hash = Sha256::digest(format!("{aggregate}\n{id}"));
    i16::from(hash[0]) % PARTITIONS
}
