//! Jobs that delete rows of a database in batches.

use std::time::Duration;

use sqlx::{AssertSqlSafe, PgPool};

use super::{Batch, Job};
use crate::BoxError;

/// The time between two runs of a purge.
const INTERVAL: Duration = Duration::from_secs(600);

/// The maximum number of rows that one batch of a purge deletes.
const ROWS: i64 = 1000;

/// The time limit of one batch of a purge, and of its statement.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(30);

impl Job {
    /// Creates a job that deletes rows every 10 minutes, in batches of at most 1,000 rows.
    ///
    /// The statement must delete at most `$1` rows, so that every batch makes progress:
    ///
    /// ```no_run
    /// # fn example(pool: &sqlx::PgPool) -> writ_platform::jobs::Job {
    /// use writ_platform::jobs::Job;
    ///
    /// Job::purge(
    ///     "expired tickets",
    ///     pool,
    ///     "DELETE FROM tickets WHERE id IN (SELECT id FROM tickets WHERE expires_at < now() LIMIT $1)",
    /// )
    /// # }
    /// ```
    pub fn purge(name: impl Into<String>, pool: &PgPool, statement: &'static str) -> Job {
        let pool = pool.clone();
        let work = move || {
            let pool = pool.clone();
            async move { delete(&pool, statement).await }
        };
        Job::new(name, INTERVAL, work).timeout(STATEMENT_TIMEOUT + Duration::from_secs(5))
    }
}

/// Deletes one batch of rows, with a statement timeout of its own.
async fn delete(pool: &PgPool, statement: &'static str) -> Result<Batch, BoxError> {
    let mut transaction = pool.begin().await?;
    let timeout = format!("SET LOCAL statement_timeout = {}", STATEMENT_TIMEOUT.as_millis());
    sqlx::query(AssertSqlSafe(timeout)).execute(&mut *transaction).await?;
    let deleted = sqlx::query(statement).bind(ROWS).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(if deleted.rows_affected() == ROWS.unsigned_abs() { Batch::More } else { Batch::Done })
}
