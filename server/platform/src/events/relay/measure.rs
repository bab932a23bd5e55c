//! The backlog of an outbox: the events that are not published yet.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::Row as _;
use tokio::time::Instant;

use super::Relay;
use crate::BoxError;
use crate::events::PARTITIONS;
use crate::redis::Redis;

/// Measures the number of events that are not published, up to a limit, and the age of the oldest one in seconds.
pub(super) const MEASURE: &str = "\
SELECT (
    SELECT count(*) FROM (
        SELECT FROM writ.outbox WHERE service = current_schema() AND batch IS NULL LIMIT 100000
    ) AS waiting
) AS count, (
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - created_at)), 0)::float8
    FROM generate_series(0, $1::int - 1) AS number, LATERAL (
        SELECT created_at FROM writ.outbox
        WHERE service = current_schema() AND partition = number AND batch IS NULL ORDER BY sequence LIMIT 1
    ) AS oldest
) AS age";

/// The lag above which the queue counts as down.
const LONGEST_LAG: Duration = Duration::from_secs(30);

/// The age above which a measurement is not used.
const FRESH: Duration = Duration::from_secs(30);

/// The last measurement of an outbox. Clones of its `Arc` share it.
#[derive(Debug, Default)]
pub(crate) struct Status(Mutex<Option<(Instant, Duration)>>);

impl Status {
    fn set(&self, lag: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), lag));
    }

    /// Returns true if events are published in time and Redis responds. Before the first measurement only Redis decides.
    pub(crate) async fn works(self: Arc<Self>, redis: Redis) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|(at, lag)| at.elapsed() < FRESH && lag < LONGEST_LAG) && redis.responds().await
    }
}

impl Relay {
    /// Measures the backlog, for metrics and the health check. Processes that lead no partition do so too.
    pub(super) async fn measure(&self) -> Result<(), BoxError> {
        let row = sqlx::query(MEASURE).bind(i32::from(PARTITIONS)).fetch_one(&self.pool).await?;
        let (count, age): (i64, f64) = (row.try_get("count")?, row.try_get("age")?);
        let lag = Duration::try_from_secs_f64(age.max(0.0)).unwrap_or_default();
        self.metrics.set_outbox_backlog(&self.outbox, count, lag);
        self.status.set(lag);
        Ok(())
    }
}
