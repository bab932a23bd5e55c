//! Leases: at most one process at a time publishes a partition of an outbox, or handles it for a consumer.
//!
//! A lease is a row with its owner, an end and a token, which changes with the owner. A process that has lost its lease
//! without noticing has an old token, and its transactions compare the token. So they cannot commit.

use std::time::Duration;

use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::PARTITIONS;
use crate::database;

/// The time limit of a statement. A process that cannot reach the database loses its leases.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Creates the rows of the leases.
const CREATE: &str = "\
INSERT INTO writ.event_leases (service, consumer, partition)
SELECT current_schema(), $1::text, generate_series(0, $2::int - 1) ON CONFLICT DO NOTHING";

/// Extends the leases of an owner, and takes those that have ended.
///
/// A transaction of an owner holds `FOR KEY SHARE`, which excludes `FOR UPDATE` and not the update that extends a lease.
/// So a lease is taken only after the transactions of its last owner have ended.
const HOLD: &str = "\
WITH held AS (
    UPDATE writ.event_leases SET until = now() + make_interval(secs => $3)
    WHERE service = current_schema() AND consumer = $1 AND owner = $2 RETURNING partition, token, batch
), free AS MATERIALIZED (
    SELECT partition FROM writ.event_leases
    WHERE service = current_schema() AND consumer = $1 AND owner IS DISTINCT FROM $2 AND until < now()
    FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE writ.event_leases AS lease SET owner = $2, token = lease.token + 1, until = now() + make_interval(secs => $3)
    FROM free WHERE lease.service = current_schema() AND lease.consumer = $1 AND lease.partition = free.partition
    RETURNING lease.partition, lease.token, lease.batch
)
SELECT partition, token, batch FROM held UNION ALL SELECT partition, token, batch FROM taken";

/// Ends the leases of an owner.
const RELEASE: &str = "\
UPDATE writ.event_leases SET owner = NULL, until = '-infinity'
WHERE service = current_schema() AND consumer = $1 AND owner = $2";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[CREATE, HOLD, RELEASE];

/// The leases of a relay or of a consumer in one process.
#[derive(Debug, Clone)]
pub(super) struct Leases {
    pool: PgPool,
    /// The name of the consumer, or an empty text for a relay.
    pub(super) consumer: String,
    /// The random id of this process.
    owner: Uuid,
    pub(super) lifetime: Duration,
}

/// A lease that this process holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) partition: i16,
    /// The number of the owner.
    pub(super) token: i64,
    /// The number of the last batch that was published.
    pub(super) batch: i64,
}

impl Leases {
    /// Creates the leases of a relay, whose `consumer` is empty, or of a consumer.
    pub(super) fn new(pool: PgPool, consumer: &str, lifetime: Duration) -> Leases {
        Leases { pool, consumer: consumer.to_owned(), owner: Uuid::new_v4(), lifetime }
    }

    /// Creates the rows of the leases if they do not exist.
    pub(super) async fn create(&self) -> Result<(), sqlx::Error> {
        let create = sqlx::query(CREATE).bind(&self.consumer).bind(i32::from(PARTITIONS));
        create.execute(&self.pool).await.map(drop)
    }

    /// Extends the leases of this process, takes those that have ended, and returns all that this process holds.
    pub(super) async fn hold(&self) -> Result<Vec<Lease>, sqlx::Error> {
        let hold = sqlx::query(HOLD).bind(&self.consumer).bind(self.owner).bind(self.lifetime.as_secs_f64());
        let rows = database::within(TIMEOUT, hold.fetch_all(&self.pool)).await?;
        let lease = |row: &sqlx::postgres::PgRow| {
            let (partition, token, batch) = (row.try_get("partition")?, row.try_get("token")?, row.try_get("batch")?);
            Ok(Lease { partition, token, batch })
        };
        rows.iter().map(lease).collect()
    }

    /// Ends the leases of this process, so that another process need not wait for their end.
    pub(super) async fn release(&self) {
        let release = sqlx::query(RELEASE).bind(&self.consumer).bind(self.owner).execute(&self.pool);
        if let Err(error) = database::within(TIMEOUT, release).await {
            tracing::debug!(%error, "cannot release the leases of events: they end by themselves");
        }
    }
}
