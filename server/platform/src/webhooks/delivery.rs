//! The deliveries of events to endpoints in the database of the service.

use std::time::Duration;

use bytes::Bytes;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row as _};
use uuid::Uuid;
use writ_runtime::event::EventId;

use crate::jobs::Expired;
use crate::telemetry::Origin;

/// The time for which messages and the results of their deliveries are kept.
const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

/// Returns true if an enabled endpoint receives events of a type.
const RECEIVED: &str = "\
SELECT EXISTS (
    SELECT FROM writ.webhook_endpoints
    WHERE service = current_schema() AND disabled_at IS NULL AND deleted_at IS NULL
          AND (event_types = '{}' OR $1 = ANY (event_types))
)";

/// Adds a message and its deliveries to all enabled endpoints that receive events of its type. A repeated event adds
/// nothing.
const ADD: &str = "\
WITH receiver AS (
    SELECT service, id FROM writ.webhook_endpoints
    WHERE service = current_schema() AND disabled_at IS NULL AND deleted_at IS NULL
          AND (event_types = '{}' OR $2 = ANY (event_types))
), message AS (
    INSERT INTO writ.webhook_messages (service, event_id, event_type, body, trace_parent)
    SELECT current_schema(), $1::uuid, $2::text, $3::bytea, $4::text WHERE EXISTS (SELECT FROM receiver)
    ON CONFLICT DO NOTHING
    RETURNING service, event_id
)
INSERT INTO writ.webhook_deliveries (service, endpoint_id, event_id)
SELECT receiver.service, receiver.id, message.event_id FROM receiver, message";

/// Begins attempts of deliveries that are due: for each enabled endpoint that is not in `$1` and not paused, at most `$2`. The time of
/// the next attempt is the end of the lease, `$3` seconds later, so that an attempt of a process that dies is repeated.
const LEASE: &str = "\
WITH due AS (
    SELECT endpoint.service, endpoint.id AS endpoint_id, waiting.event_id,
           endpoint.url, endpoint.secret,
           CASE WHEN endpoint.previous_until > now() THEN endpoint.previous_secret END AS previous_secret
    FROM writ.webhook_endpoints AS endpoint
    CROSS JOIN LATERAL (
        SELECT event_id FROM writ.webhook_deliveries AS delivery
        WHERE delivery.service = endpoint.service AND delivery.endpoint_id = endpoint.id AND next_attempt_at <= now()
        ORDER BY next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) AS waiting
    WHERE endpoint.service = current_schema() AND endpoint.disabled_at IS NULL AND endpoint.deleted_at IS NULL
          AND endpoint.id <> ALL ($1) AND coalesce(endpoint.paused_until, '-infinity') <= now()
), leased AS (
    UPDATE writ.webhook_deliveries AS delivery
    SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $3)
    FROM due
    WHERE delivery.service = due.service AND delivery.endpoint_id = due.endpoint_id AND delivery.event_id = due.event_id
    RETURNING delivery.event_id, delivery.attempts, due.endpoint_id, due.url, due.secret, due.previous_secret
)
SELECT leased.*, message.event_type, message.body, message.trace_parent FROM leased
JOIN writ.webhook_messages AS message ON message.service = current_schema() AND message.event_id = leased.event_id";

/// Records that an attempt has succeeded, unless a later one has begun.
const SUCCEED: &str = "\
WITH ended AS (
    UPDATE writ.webhook_deliveries SET next_attempt_at = NULL, delivered_at = now(), failure = NULL
    WHERE service = current_schema() AND endpoint_id = $1 AND event_id = $2 AND attempts = $3
          AND next_attempt_at IS NOT NULL
    RETURNING service, endpoint_id
)
UPDATE writ.webhook_endpoints AS endpoint SET succeeded_at = now()
FROM ended WHERE endpoint.service = ended.service AND endpoint.id = ended.endpoint_id";

/// Records that an attempt has failed, and the wait until the next one. Without a wait, the delivery has failed for good.
/// Returns true if the endpoint has accepted nothing since the event was to be delivered.
const FAIL: &str = "\
UPDATE writ.webhook_deliveries AS delivery
SET next_attempt_at = now() + make_interval(secs => $4), failure = $5
FROM writ.webhook_messages AS message, writ.webhook_endpoints AS endpoint
WHERE delivery.service = current_schema() AND delivery.endpoint_id = $1 AND delivery.event_id = $2
      AND delivery.attempts = $3 AND delivery.next_attempt_at IS NOT NULL
      AND message.service = delivery.service AND message.event_id = delivery.event_id
      AND endpoint.service = delivery.service AND endpoint.id = delivery.endpoint_id
RETURNING endpoint.succeeded_at IS NULL OR endpoint.succeeded_at < message.created_at";

/// Ends an attempt that was not made, without counting it. Another one follows after `$4` seconds.
const POSTPONE: &str = "\
UPDATE writ.webhook_deliveries
SET attempts = attempts - 1, next_attempt_at = now() + make_interval(secs => $4), failure = $5
WHERE service = current_schema() AND endpoint_id = $1 AND event_id = $2 AND attempts = $3
      AND next_attempt_at IS NOT NULL";

/// The messages whose results are no longer kept.
pub(super) const OLD_MESSAGES: Expired =
    Expired::new("writ.webhook_messages", "created_at").after(RETENTION).only("service = current_schema()");

/// The endpoints that were deleted through the API.
pub(super) const DELETED_ENDPOINTS: Expired =
    Expired::new("writ.webhook_endpoints", "deleted_at").only("service = current_schema()");

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [RECEIVED, ADD, LEASE, SUCCEED, FAIL, POSTPONE];

/// An attempt of a delivery that this process may make until the end of its lease.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) endpoint: Uuid,
    pub(super) event: EventId,
    pub(super) event_type: String,
    /// The number of the attempt, from 1.
    pub(super) number: i32,
    pub(super) url: String,
    /// The encrypted secrets that sign the message: the present one, and the previous one for a day.
    pub(super) secret: Vec<u8>,
    pub(super) previous_secret: Option<Vec<u8>>,
    pub(super) body: Bytes,
    /// The trace context of the event (W3C, `traceparent`).
    pub(super) trace_parent: Option<String>,
}

/// Returns true if an enabled endpoint receives events of this type.
pub(super) async fn is_received(pool: &PgPool, event_type: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(RECEIVED).bind(event_type).fetch_one(pool).await
}

/// Adds the deliveries of an event to all endpoints that receive its type. They continue the trace of the current span.
pub(super) async fn add(
    connection: &mut PgConnection,
    event: EventId,
    event_type: &str,
    body: &[u8],
) -> Result<(), sqlx::Error> {
    let add = sqlx::query(ADD).bind(event.uuid()).bind(event_type).bind(body);
    add.bind(Origin::current().trace_parent).execute(connection).await.map(drop)
}

/// Begins attempts of deliveries that are due: at most `each` for an endpoint, and none for those that are `busy`.
pub(super) async fn lease(
    pool: &PgPool,
    busy: &[Uuid],
    each: i64,
    lease: Duration,
) -> Result<Vec<Attempt>, sqlx::Error> {
    let leased = sqlx::query(LEASE).bind(busy).bind(each).bind(lease.as_secs_f64());
    leased.fetch_all(pool).await?.iter().map(attempt).collect()
}

/// Records that an attempt has succeeded.
pub(super) async fn succeed(pool: &PgPool, attempt: &Attempt) -> Result<(), sqlx::Error> {
    let succeed = sqlx::query(SUCCEED).bind(attempt.endpoint).bind(attempt.event.uuid()).bind(attempt.number);
    succeed.execute(pool).await.map(drop)
}

/// Records that an attempt has failed, and the wait until the next one; `None` if the delivery has failed for good.
/// Returns true if the endpoint has accepted nothing since the event was to be delivered.
pub(super) async fn fail(
    connection: &mut PgConnection,
    attempt: &Attempt,
    wait: Option<Duration>,
    failure: &str,
) -> Result<bool, sqlx::Error> {
    let fail = sqlx::query_scalar(FAIL).bind(attempt.endpoint).bind(attempt.event.uuid()).bind(attempt.number);
    let fail = fail.bind(wait.map(|wait| wait.as_secs_f64())).bind(shortened(failure));
    Ok(fail.fetch_optional(connection).await?.unwrap_or(false))
}

/// Ends an attempt that was not made. Another one follows after a wait.
pub(super) async fn postpone(
    pool: &PgPool,
    attempt: &Attempt,
    wait: Duration,
    reason: &str,
) -> Result<(), sqlx::Error> {
    let postpone = sqlx::query(POSTPONE).bind(attempt.endpoint).bind(attempt.event.uuid()).bind(attempt.number);
    postpone.bind(wait.as_secs_f64()).bind(shortened(reason)).execute(pool).await.map(drop)
}

/// Returns the start of a text, as much as the table keeps.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

fn attempt(row: &PgRow) -> Result<Attempt, sqlx::Error> {
    let event: Uuid = row.try_get("event_id")?;
    let body: Vec<u8> = row.try_get("body")?;
    Ok(Attempt {
        endpoint: row.try_get("endpoint_id")?,
        event: event.into(),
        event_type: row.try_get("event_type")?,
        number: row.try_get("attempts")?,
        url: row.try_get("url")?,
        secret: row.try_get("secret")?,
        previous_secret: row.try_get("previous_secret")?,
        body: Bytes::from(body),
        trace_parent: row.try_get("trace_parent")?,
    })
}
