//! The transaction of a unit of work.

use std::ops::{Deref, DerefMut};

use sqlx::{PgConnection, PgPool, Postgres};

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
pub struct Transaction(sqlx::Transaction<'static, Postgres>);

impl Transaction {
    /// Begins a transaction on a connection of the pool.
    ///
    /// # Errors
    /// Returns an error if the database is unavailable.
    pub async fn begin(pool: &PgPool) -> Result<Transaction, sqlx::Error> {
        pool.begin().await.map(Transaction)
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// Returns an error if the database does not confirm the commit. The outcome can then be unknown.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.0.commit().await
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// Returns an error if the connection fails. The transaction is then rolled back all the same.
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.0.rollback().await
    }
}

impl From<sqlx::Transaction<'static, Postgres>> for Transaction {
    fn from(transaction: sqlx::Transaction<'static, Postgres>) -> Transaction {
        Transaction(transaction)
    }
}

impl Deref for Transaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
