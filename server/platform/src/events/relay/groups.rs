//! The consumer groups for which the streams of an outbox must keep events.
//!
//! Redis knows its groups, but not those that it has lost. A trimmed stream would then lack the events of a consumer that
//! is not running. So the database of the outbox knows them too.

use sqlx::{PgPool, Row as _};

/// Reads the known groups, and which of them have had no consumer for the retention of the outbox.
pub(super) const KNOWN: &str = "\
SELECT consumer, seen_at < now() - interval '7 days' AS is_abandoned FROM writ.event_groups
WHERE service = current_schema() LIMIT 1000";

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
pub(super) struct Group {
    pub(super) name: String,
    /// True if the group has had no consumer for the retention of the outbox.
    pub(super) is_abandoned: bool,
}

/// Returns the groups that the outbox knows.
pub(super) async fn known(pool: &PgPool) -> Result<Vec<Group>, sqlx::Error> {
    let rows = sqlx::query(KNOWN).fetch_all(pool).await?;
    let group = |row: &sqlx::postgres::PgRow| {
        Ok(Group { name: row.try_get("consumer")?, is_abandoned: row.try_get("is_abandoned")? })
    };
    rows.iter().map(group).collect()
}

/// Records groups with the time in seconds for which each has had no consumer.
pub(super) async fn see(pool: &PgPool, groups: &[(String, f64)]) -> Result<(), sqlx::Error> {
    let (names, idle): (Vec<&str>, Vec<f64>) = groups.iter().map(|(name, idle)| (name.as_str(), *idle)).unzip();
    sqlx::query(SEE).bind(names).bind(idle).execute(pool).await.map(drop)
}

/// Forgets groups.
pub(super) async fn forget(pool: &PgPool, names: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query(FORGET).bind(names).execute(pool).await.map(drop)
}
