//! The consumer groups for which the streams of an outbox must keep events.
//!
//! Redis knows its groups, but not those that it has lost. A trimmed stream would then lack the events of a consumer that
//! is not running. So the database of the outbox knows them too.

use redis::Value;
use sqlx::{PgPool, Row as _};

use super::{REDIS_TIMEOUT, stream_key};
use crate::BoxError;
use crate::events::PARTITIONS;
use crate::redis::Redis;

/// Reads the known groups: which of them have had no consumer for the retention of the outbox, and which have one now.
pub(super) const KNOWN: &str = "\
SELECT consumer, seen_at < now() - interval '7 days' AS is_abandoned, seen_at > now() - interval '1 minute' AS is_running
FROM writ.event_groups WHERE service = current_schema() LIMIT 1000";

/// Records the time in seconds for which groups have had no consumer.
pub(super) const SEE: &str = "\
INSERT INTO writ.event_groups AS known (service, consumer, seen_at)
SELECT current_schema(), consumer, now() - make_interval(secs => idle)
FROM unnest($1::text[], $2::float8[]) AS seen (consumer, idle)
ON CONFLICT (service, consumer) DO UPDATE SET seen_at = greatest(known.seen_at, excluded.seen_at)";

/// Forgets groups.
pub(super) const FORGET: &str = "\
DELETE FROM writ.event_groups WHERE service = current_schema() AND consumer = ANY ($1)";

/// A group that the outbox knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::events) struct Group {
    pub(in crate::events) name: String,
    /// True if the group has had no consumer for the retention of the outbox.
    pub(super) is_abandoned: bool,
    /// True if the group had a consumer when the relay last looked.
    pub(in crate::events) is_running: bool,
}

/// Returns the groups that the outbox knows.
pub(in crate::events) async fn known(pool: &PgPool) -> Result<Vec<Group>, sqlx::Error> {
    let rows = sqlx::query(KNOWN).fetch_all(pool).await?;
    let group = |row: &sqlx::postgres::PgRow| {
        let (is_abandoned, is_running) = (row.try_get("is_abandoned")?, row.try_get("is_running")?);
        Ok(Group { name: row.try_get("consumer")?, is_abandoned, is_running })
    };
    rows.iter().map(group).collect()
}

/// Records groups with the time in seconds for which each has had no consumer.
pub(super) async fn see(pool: &PgPool, groups: &[(String, f64)]) -> Result<(), sqlx::Error> {
    let (names, idle): (Vec<&str>, Vec<f64>) = groups.iter().map(|(name, idle)| (name.as_str(), *idle)).unzip();
    sqlx::query(SEE).bind(names).bind(idle).execute(pool).await.map(drop)
}

/// Removes groups from the streams of all partitions, and forgets them.
pub(in crate::events) async fn remove(pool: &PgPool, redis: &Redis, names: &[String]) -> Result<(), BoxError> {
    let mut commands = redis::pipe();
    for name in names {
        for partition in 0..PARTITIONS {
            commands.cmd("XGROUP").arg("DESTROY").arg(stream_key(redis, partition)).arg(name);
        }
    }
    // A stream that does not exist has no group.
    commands.ignore_errors();
    redis.run_with_timeout::<Vec<Value>>(&commands, REDIS_TIMEOUT).await?;
    sqlx::query(FORGET).bind(names).execute(pool).await?;
    Ok(())
}
