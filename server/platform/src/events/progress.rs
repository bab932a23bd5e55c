//! The progress of a consumer, as its service reads it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::PARTITIONS;

/// Returns the time up to which a consumer has handled all events of an outbox. An event that is held back has not been
/// handled.
const READ: &str = "\
SELECT CASE WHEN count(*) = $3 THEN least(min(complete_at), (
    SELECT min(created_at) FROM writ.held_events WHERE service = current_schema() AND consumer = $1
)) END
FROM writ.event_progress WHERE service = current_schema() AND consumer = $1 AND outbox = $2";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[READ];

/// The tolerated difference between the clocks of two services.
const SLACK: TimeDelta = TimeDelta::seconds(5);

/// The progress of a consumer of events: what its effects can lack.
///
/// [`Builder::consumer`](crate::Builder::consumer) returns it. A service that keeps a copy of data of another service asks it
/// for the age of the copy:
///
/// ```no_run
/// # async fn example(progress: writ_platform::events::ConsumerProgress) -> Result<(), sqlx::Error> {
/// use std::time::Duration;
///
/// let is_fresh = progress.lag("visitors").await?.is_some_and(|lag| lag < Duration::from_secs(60));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ConsumerProgress {
    pub(super) consumer: String,
    /// The database of the consumer.
    pub(super) pool: PgPool,
}

impl ConsumerProgress {
    /// Returns the time up to which the consumer has handled the events of an outbox: all events whose transactions had
    /// committed before this time. `outbox` is the schema of its database. Returns `None` as long as this is not known.
    ///
    /// The time advances every few seconds while the service of the outbox, Redis and the consumer work.
    ///
    /// # Errors
    /// Returns the error of the database of the consumer.
    pub async fn complete_until(&self, outbox: &str) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
        let read = sqlx::query_scalar(READ).bind(&self.consumer).bind(outbox).bind(i64::from(PARTITIONS));
        read.fetch_one(&self.pool).await
    }

    /// Returns the time that has passed since [`ConsumerProgress::complete_until`]. Returns `None` also if that time is in the
    /// future, by the clock of another service that is wrong.
    ///
    /// # Errors
    /// Returns the error of the database of the consumer.
    pub async fn lag(&self, outbox: &str) -> Result<Option<Duration>, sqlx::Error> {
        Ok(lag(self.complete_until(outbox).await?, Utc::now()))
    }
}

/// Returns the time from `until` to `now`.
fn lag(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Duration> {
    let until = until.filter(|until| *until <= now + SLACK)?;
    Some((now - until).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_the_future_tells_nothing() {
        let now = Utc::now();
        let seconds = |seconds| lag(Some(now + TimeDelta::seconds(seconds)), now);
        assert_eq!((seconds(-60), seconds(0)), (Some(Duration::from_secs(60)), Some(Duration::ZERO)));
        assert_eq!((seconds(5), seconds(6), lag(None, now)), (Some(Duration::ZERO), None, None));
    }
}
