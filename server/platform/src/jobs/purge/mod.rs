//! Jobs that delete the expired rows of a table, in batches that always make progress.

mod expired;
mod pace;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};

use super::{Batch, Job};
use crate::BoxError;

pub use expired::Expired;
use pace::{Pace, Step};

/// The time between two runs of a purge.
const INTERVAL: Duration = Duration::from_secs(600);

/// The time limit of the statement that deletes several rows.
const BATCH_TIMEOUT: Duration = Duration::from_secs(10);

/// The time limit of the statement that deletes a single row. A row with very many dependent rows needs this time.
const ROW_TIMEOUT: Duration = Duration::from_secs(300);

/// The longest wait for a lock, such as that of a dependent row.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// The time for establishing a connection, and for the response to a statement after its time limit.
const GRACE: Duration = Duration::from_secs(5);

/// The SQLSTATE `query_canceled`: the statement exceeded its time limit.
const QUERY_CANCELED: &str = "57014";

/// The classes of SQLSTATE that depend on the rows of a batch: a violated constraint, a conflict with another transaction,
/// and a lock that another transaction holds.
const CAUSED_BY_ROWS: [&str; 3] = ["23", "40", "55"];

impl Job {
    /// Creates a job that deletes expired rows every 10 minutes.
    ///
    /// ```no_run
    /// # fn example(pool: &sqlx::PgPool) -> writ_platform::jobs::Job {
    /// use writ_platform::jobs::{Expired, Job};
    ///
    /// Job::purge("expired tickets", pool, Expired::new("tickets", "expires_at"))
    /// # }
    /// ```
    ///
    /// Each batch is a transaction on a connection of its own, which neither uses the connection pool of the requests nor
    /// has its timeouts. A batch that takes too long is repeated with fewer rows. A row that cannot be deleted even alone is
    /// skipped and reported, so that it does not keep the others.
    ///
    /// The metric `writ_job_overdue_seconds` has the time for which the oldest expired row has been due.
    pub fn purge(name: impl Into<String>, pool: &PgPool, rows: Expired) -> Job {
        let purge = Arc::new(Purge { pool: pool.clone(), rows, pace: Mutex::default() });
        let measured = purge.clone();
        let work = move || {
            let purge = purge.clone();
            async move { purge.batch().await }
        };
        let job = Job::new(name, INTERVAL, work).timeout(ROW_TIMEOUT + GRACE * 3);
        job.overdue(move || {
            let purge = measured.clone();
            async move { purge.overdue().await }
        })
    }
}

/// The deletion of the expired rows of a table.
struct Purge {
    /// The connection pool of the table's database. Only its connection settings are used.
    pool: PgPool,
    rows: Expired,
    pace: Mutex<Pace>,
}

impl Purge {
    /// Deletes one batch of rows.
    async fn batch(&self) -> Result<Batch, BoxError> {
        let pace = *self.pace();
        let started = Instant::now();
        let step = match self.delete(pace).await {
            Ok(deleted) if deleted < pace.rows => self.pace().finish(),
            Ok(_) => self.pace().succeed(started.elapsed()),
            Err(error) if is_caused_by_rows(&error) => self.pace().fail(&error),
            Err(error) => return Err(error.into()),
        };
        match step {
            Step::Continue => Ok(Batch::More),
            Step::Done => Ok(Batch::Done),
            Step::Stuck { skipped } => Err(format!("{skipped} rows cannot be deleted; the log has the causes").into()),
        }
    }

    /// Deletes as many expired rows as the pace demands, and returns their number.
    async fn delete(&self, pace: Pace) -> Result<u64, sqlx::Error> {
        let timeout = if pace.rows == 1 { ROW_TIMEOUT } else { BATCH_TIMEOUT };
        self.with_connection(timeout, async |connection| {
            let delete =
                sqlx::query(AssertSqlSafe(self.rows.delete())).bind(signed(pace.skipped)).bind(signed(pace.rows));
            Ok(delete.execute(connection).await?.rows_affected())
        })
        .await
    }

    /// Returns the time for which the oldest expired row has been due.
    async fn overdue(&self) -> Result<Duration, BoxError> {
        let seconds: Option<f64> = self
            .with_connection(BATCH_TIMEOUT, async |connection| {
                sqlx::query_scalar(AssertSqlSafe(self.rows.overdue())).fetch_optional(connection).await
            })
            .await?;
        Ok(Duration::try_from_secs_f64(seconds.unwrap_or_default()).unwrap_or_default())
    }

    /// Runs a statement on a new connection whose statements have this time limit.
    async fn with_connection<T>(
        &self,
        timeout: Duration,
        run: impl AsyncFnOnce(&mut PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, sqlx::Error> {
        let options: PgConnectOptions = (*self.pool.connect_options()).clone().options([
            ("statement_timeout", timeout.as_millis().to_string()),
            ("lock_timeout", LOCK_TIMEOUT.as_millis().to_string()),
        ]);
        let mut connection = within(GRACE, PgConnection::connect_with(&options)).await?;
        let result = within(timeout + GRACE, run(&mut connection)).await;
        // A connection that did not respond is dropped, since closing it would wait too.
        if !matches!(result, Err(sqlx::Error::Io(_))) {
            let _ = within(GRACE, connection.close()).await;
        }
        result
    }

    fn pace(&self) -> std::sync::MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the database at most this time.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let elapsed = |_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(limit, work).await.unwrap_or_else(elapsed)
}

/// Returns true if a batch of other or fewer rows can succeed after this error.
fn is_caused_by_rows(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == QUERY_CANCELED || CAUSED_BY_ROWS.iter().any(|class| code.starts_with(class)))
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
