//! Held-back events: those that a consumer could not handle, and the later ones of their aggregates.

use std::time::Duration;

use sqlx::{PgPool, Row as _};
use writ_runtime::event::ConsumeError;

use super::dispatch::Entry;
use super::handle::Failure;
use super::retry::Retries;
use crate::Transaction;
use crate::events::message::Message;

/// The largest number of events that a consumer holds back. Beyond it, further ones wait in the streams.
const MAX_HELD: i64 = 10_000;

/// The largest length of the text of an error, in characters.
const MAX_ERROR: usize = 1000;

/// The largest number of held-back events that are read at once.
const MAX_DUE: i64 = 64;

/// Locks the lease of a partition until the end of the transaction.
pub(super) const LOCK: &str = "\
SELECT 1 FROM writ.event_leases
WHERE service = current_schema() AND consumer = $1 AND partition = $2 AND token = $3 FOR KEY SHARE";

/// Counts the held-back events of a consumer, up to a limit.
pub(super) const COUNT: &str = "\
SELECT count(*) FROM (
    SELECT FROM writ.held_events WHERE service = current_schema() AND consumer = $1 LIMIT $2
) AS held";

/// Holds an event back, unless it is handled already.
pub(super) const HOLD: &str = "\
INSERT INTO writ.held_events (service, consumer, event_id, type, aggregate, aggregate_id, partition, data, created_at,
                              trace_parent, request_id, attempts, due_at, parked_at, error)
SELECT current_schema(), $1::text, $2::uuid, $3::text, $4::text, $5::text, $6::smallint, $7::text, $8::timestamptz,
       $9::text, $10::text, $11::int, now() + make_interval(secs => $12::float8), CASE WHEN $13::bool THEN now() END,
       $14::text
WHERE NOT EXISTS (SELECT FROM writ.inbox WHERE service = current_schema() AND consumer = $1 AND event_id = $2)
ON CONFLICT DO NOTHING";

/// Reads the held-back events that are due, at most one of each aggregate.
pub(super) const DUE: &str = "\
SELECT event_id, type, aggregate, aggregate_id, held.partition, led.token, data, created_at, trace_parent, request_id,
       attempts
FROM writ.held_events AS held JOIN unnest($2::smallint[], $3::bigint[]) AS led (partition, token) USING (partition)
WHERE service = current_schema() AND consumer = $1 AND parked_at IS NULL AND due_at <= now() AND NOT EXISTS (
    SELECT FROM writ.held_events AS earlier
    WHERE earlier.service = held.service AND earlier.consumer = held.consumer AND earlier.aggregate = held.aggregate
          AND earlier.aggregate_id = held.aggregate_id AND earlier.position < held.position
)
ORDER BY due_at LIMIT $4";

/// Removes a held-back event, unless it is parked.
pub(super) const TAKE: &str = "\
DELETE FROM writ.held_events
WHERE service = current_schema() AND consumer = $1 AND event_id = $2 AND parked_at IS NULL";

/// Records an event as handled.
pub(super) const RECORD: &str = "\
INSERT INTO writ.inbox (service, consumer, event_id) VALUES (current_schema(), $1, $2) ON CONFLICT DO NOTHING";

/// Records a further failure of a held-back event.
pub(super) const FAIL: &str = "\
UPDATE writ.held_events
SET attempts = $3, due_at = now() + make_interval(secs => $4), parked_at = CASE WHEN $5::bool THEN now() END, error = $6
WHERE service = current_schema() AND consumer = $1 AND event_id = $2";

/// Counts the held-back events of a consumer by their state.
pub(super) const MEASURE: &str = "\
SELECT count(*) FILTER (WHERE parked_at IS NULL) AS waiting, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
FROM writ.held_events WHERE service = current_schema() AND consumer = $1";

/// A held-back event, with the lease under which it is handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) message: Message,
    pub(super) partition: i16,
    pub(super) token: i64,
    /// The number of attempts that failed.
    pub(super) attempts: i32,
    /// The time until the next attempt.
    delay: Duration,
    /// True if only an operator lets the event continue.
    pub(super) is_parked: bool,
    error: String,
}

impl Held {
    /// Holds an entry back because an earlier event of its aggregate is.
    pub(super) fn behind_another(entry: &Entry) -> Held {
        let Entry { partition, token, message, .. } = entry;
        let (attempts, delay, error) = (0, Duration::ZERO, String::new());
        Held {
            message: message.clone(),
            partition: *partition,
            token: *token,
            attempts,
            delay,
            is_parked: false,
            error,
        }
    }

    /// Holds an entry back after its first failure.
    pub(super) fn failed(entry: &Entry, error: &ConsumeError, retries: &Retries) -> Held {
        Held::behind_another(entry).after_failure(error, retries)
    }

    /// Returns the event after a further failure.
    pub(super) fn after_failure(&self, error: &ConsumeError, retries: &Retries) -> Held {
        let attempts = self.attempts.saturating_add(1);
        let is_unreadable = matches!(error, ConsumeError::Unreadable(_));
        let error = error.to_string().replace('\0', "").chars().take(MAX_ERROR).collect();
        let is_parked = is_unreadable || attempts >= retries.attempts;
        Held { attempts, delay: retries.delay(attempts), is_parked, error, ..self.clone() }
    }

    /// Stores the event as held back.
    pub(super) async fn insert(&self, transaction: &mut Transaction, consumer: &str) -> Result<(), Failure> {
        let count: i64 = sqlx::query_scalar(COUNT).bind(consumer).bind(MAX_HELD).fetch_one(&mut **transaction).await?;
        if count >= MAX_HELD {
            return Err(Failure::Full);
        }
        let Message { event, aggregate, origin } = &self.message;
        let hold = sqlx::query(HOLD).bind(consumer).bind(event.id.uuid()).bind(&event.event_type).bind(aggregate);
        let hold = hold.bind(&event.aggregate_id).bind(self.partition).bind(String::from_utf8_lossy(&event.data));
        let hold = hold.bind(event.timestamp).bind(&origin.trace_parent).bind(&origin.request_id).bind(self.attempts);
        let hold = hold.bind(self.delay.as_secs_f64()).bind(self.is_parked).bind(&self.error);
        hold.execute(&mut **transaction).await?;
        Ok(())
    }

    /// Removes the event from the held-back events. Returns false if it is not one any more.
    pub(super) async fn take(&self, transaction: &mut Transaction, consumer: &str) -> Result<bool, sqlx::Error> {
        let take = sqlx::query(TAKE).bind(consumer).bind(self.message.event.id.uuid());
        Ok(take.execute(&mut **transaction).await?.rows_affected() == 1)
    }

    /// Records the event as handled. Returns false if it is recorded already.
    pub(super) async fn record(&self, transaction: &mut Transaction, consumer: &str) -> Result<bool, sqlx::Error> {
        let record = sqlx::query(RECORD).bind(consumer).bind(self.message.event.id.uuid());
        Ok(record.execute(&mut **transaction).await?.rows_affected() == 1)
    }

    /// Stores a further failure.
    pub(super) async fn update(&self, pool: &PgPool, consumer: &str) -> Result<(), sqlx::Error> {
        let fail = sqlx::query(FAIL).bind(consumer).bind(self.message.event.id.uuid()).bind(self.attempts);
        let fail = fail.bind(self.delay.as_secs_f64()).bind(self.is_parked).bind(&self.error);
        fail.execute(pool).await.map(drop)
    }
}

/// Reads the held-back events of some partitions that are due.
pub(super) async fn due(pool: &PgPool, consumer: &str, leases: &[(i16, i64)]) -> Result<Vec<Held>, sqlx::Error> {
    let (partitions, tokens): (Vec<i16>, Vec<i64>) = leases.iter().copied().unzip();
    let due = sqlx::query(DUE).bind(consumer).bind(partitions).bind(tokens).bind(MAX_DUE).fetch_all(pool).await?;
    let held = |row: &sqlx::postgres::PgRow| {
        Ok(Held {
            message: Message::from_row(row, "event_id")?,
            partition: row.try_get("partition")?,
            token: row.try_get("token")?,
            attempts: row.try_get("attempts")?,
            delay: Duration::ZERO,
            is_parked: false,
            error: String::new(),
        })
    };
    due.iter().map(held).collect()
}

/// Locks the lease of a partition until the end of the transaction. Returns false if another process holds it.
pub(in crate::events) async fn lock(
    transaction: &mut Transaction,
    consumer: &str,
    partition: i16,
    token: i64,
) -> Result<bool, sqlx::Error> {
    let lock = sqlx::query(LOCK).bind(consumer).bind(partition).bind(token);
    Ok(lock.fetch_optional(&mut **transaction).await?.is_some())
}

/// Returns the numbers of held-back events that wait, and that are parked.
pub(super) async fn measure(pool: &PgPool, consumer: &str) -> Result<(i64, i64), sqlx::Error> {
    let row = sqlx::query(MEASURE).bind(consumer).fetch_one(pool).await?;
    Ok((row.try_get("waiting")?, row.try_get("parked")?))
}
