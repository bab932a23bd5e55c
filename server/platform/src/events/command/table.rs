//! The held-back events of a consumer, as operators see and change them.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Row as _};
use writ_runtime::event::EventId;

use crate::BoxError;
use crate::operator::{Note, explained};

/// Reads the held-back events of a consumer: those that failed, with the number of those that wait behind each.
const LIST: &str = "\
SELECT event_id, type, aggregate, aggregate_id, attempts, created_at, due_at, parked_at, error, (
    SELECT count(*) FROM writ.held_events AS later
    WHERE later.service = held.service AND later.consumer = held.consumer AND later.aggregate = held.aggregate
          AND later.aggregate_id = held.aggregate_id AND later.position > held.position
) AS waiting, data, request_id, trace_parent
FROM writ.held_events AS held
WHERE service = current_schema() AND consumer = $1 AND ($2::uuid IS NULL OR event_id = $2)
      AND ($2 IS NOT NULL OR attempts > 0 OR parked_at IS NOT NULL)
ORDER BY created_at LIMIT 1000";

/// Lets parked events continue at once, with all their attempts.
const REPLAY: &str = "\
UPDATE writ.held_events SET parked_at = NULL, attempts = 0, due_at = now()
WHERE service = current_schema() AND consumer = $1 AND ($2::uuid IS NULL OR event_id = $2) AND parked_at IS NOT NULL";

/// Removes a held-back event, and records it as dropped, so that a repetition is not handled either.
const DROP: &str = "\
WITH dropped AS (
    DELETE FROM writ.held_events WHERE service = current_schema() AND consumer = $1 AND event_id = $2
    RETURNING event_id
)
INSERT INTO writ.inbox (service, consumer, event_id, dropped_by, dropped_role, drop_reason)
SELECT current_schema(), $1, event_id, $3::text, session_user, $4::text FROM dropped";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(in crate::events) const STATEMENTS: &[&str] = &[LIST, REPLAY, DROP];

/// A held-back event.
#[derive(Debug)]
pub(super) struct HeldEvent {
    pub(super) id: EventId,
    pub(super) event_type: String,
    pub(super) aggregate: String,
    pub(super) aggregate_id: String,
    pub(super) attempts: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) due_at: DateTime<Utc>,
    pub(super) parked_at: Option<DateTime<Utc>>,
    pub(super) error: String,
    /// The number of later events of the aggregate, which wait for this one.
    pub(super) waiting: i64,
    pub(super) data: String,
    pub(super) request_id: Option<String>,
    pub(super) trace_parent: Option<String>,
}

/// Returns the oldest held-back events of a consumer that failed, or the one with this id.
pub(super) async fn list(pool: &PgPool, consumer: &str, event: Option<EventId>) -> Result<Vec<HeldEvent>, BoxError> {
    let list = sqlx::query(LIST).bind(consumer).bind(event.map(EventId::uuid));
    let rows = list.fetch_all(pool).await.map_err(explained)?;
    let held = |row: &sqlx::postgres::PgRow| {
        Ok(HeldEvent {
            id: row.try_get::<uuid::Uuid, _>("event_id")?.into(),
            event_type: row.try_get("type")?,
            aggregate: row.try_get("aggregate")?,
            aggregate_id: row.try_get("aggregate_id")?,
            attempts: row.try_get("attempts")?,
            created_at: row.try_get("created_at")?,
            due_at: row.try_get("due_at")?,
            parked_at: row.try_get("parked_at")?,
            error: row.try_get("error")?,
            waiting: row.try_get("waiting")?,
            data: row.try_get("data")?,
            request_id: row.try_get("request_id")?,
            trace_parent: row.try_get("trace_parent")?,
        })
    };
    Ok(rows.iter().map(held).collect::<Result<_, sqlx::Error>>()?)
}

/// Lets one or all parked events of a consumer continue, and returns their number.
pub(super) async fn replay(pool: &PgPool, consumer: &str, event: Option<EventId>) -> Result<u64, BoxError> {
    let replay = sqlx::query(REPLAY).bind(consumer).bind(event.map(EventId::uuid));
    Ok(replay.execute(pool).await.map_err(explained)?.rows_affected())
}

/// Drops a held-back event of a consumer. Returns false if the event is not held back.
pub(super) async fn discard(pool: &PgPool, consumer: &str, event: EventId, note: &Note) -> Result<bool, BoxError> {
    let discard = sqlx::query(DROP).bind(consumer).bind(event.uuid()).bind(&note.operator).bind(&note.reason);
    Ok(discard.execute(pool).await.map_err(explained)?.rows_affected() == 1)
}
