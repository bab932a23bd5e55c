//! The transaction of a unit of work.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use sqlx::{PgConnection, PgPool, Postgres};
use tokio::sync::Notify;

use super::{statement_timeout, within};

/// The time that the confirmation of a commit may take in addition to the time limit of statements, by which PostgreSQL ends
/// it.
const COMMIT_GRACE: Duration = Duration::from_secs(2);

/// The time limit of a commit on a connection whose time limit of statements is not known.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);

/// A transaction of PostgreSQL. Dropping the value rolls it back.
///
/// Statements run on the connection that the value dereferences to. Events can be published only in a transaction, because
/// a connection or a pool is of another type.
///
/// ```no_run
/// # async fn example(pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
/// use writ_platform::Transaction;
///
/// let mut transaction = Transaction::begin(pool).await?;
/// sqlx::query("INSERT INTO rooms (name) VALUES ('Sundials')").execute(&mut *transaction).await?;
/// transaction.commit().await
/// # }
/// ```
// The type has no lifetime, unlike that of the driver. A closure that takes one with a lifetime has no `Send` future.
#[derive(Debug)]
pub struct Transaction {
    inner: sqlx::Transaction<'static, Postgres>,
    /// The time limit of the commit.
    limit: Duration,
    /// The tasks to wake after the commit.
    waiting: Vec<Arc<Notify>>,
}

impl Transaction {
    /// Begins a transaction on a connection of the pool.
    ///
    /// # Errors
    /// Returns an error if the database is unavailable.
    pub async fn begin(pool: &PgPool) -> Result<Transaction, sqlx::Error> {
        let limit = statement_timeout(pool).map_or(COMMIT_TIMEOUT, |limit| limit + COMMIT_GRACE);
        Ok(Transaction { limit, ..Transaction::from(pool.begin().await?) })
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// Returns an error if the database does not confirm the commit within the time limit of statements and two seconds.
    /// The outcome can then be unknown.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        within(self.limit, self.inner.commit()).await?;
        self.waiting.iter().for_each(|task| task.notify_one());
        Ok(())
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// Returns an error if the connection fails. The transaction is then rolled back all the same.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.inner.rollback().await
    }

    /// Wakes a task after the commit. A transaction that ends otherwise wakes none.
    #[cfg(feature = "redis")]
    pub(crate) fn wake_after_commit(&mut self, task: &Arc<Notify>) {
        if !self.waiting.iter().any(|known| Arc::ptr_eq(known, task)) {
            self.waiting.push(task.clone());
        }
    }
}

impl From<sqlx::Transaction<'static, Postgres>> for Transaction {
    fn from(inner: sqlx::Transaction<'static, Postgres>) -> Transaction {
        Transaction { inner, limit: COMMIT_TIMEOUT, waiting: Vec::new() }
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.inner
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.inner
    }
}
