//! Seeds: data that a service creates once in the life of its database, such as the first administrator.

use sqlx::PgPool;

use crate::Transaction;

/// Begins the transaction of a seed. Its time limits allow for a process that seeds at the same time.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '60s'";

/// Marks a seed as created, unless it is marked already.
const MARK: &str = "\
INSERT INTO writ.seeds (service, name) VALUES (current_schema(), $1) ON CONFLICT DO NOTHING";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[MARK];

/// Creates the data of a seed, once in the life of a database. Returns true if this call has created it.
///
/// The transaction of the data also writes a permanent marker, which decides alone. So a seed does not return after it was
/// deleted, and of several processes that start at the same time one creates it. If `create` returns false or fails,
/// nothing is written, and the next start tries again.
///
/// ```no_run
/// # async fn example(pool: &sqlx::PgPool) -> Result<(), sqlx::Error> {
/// writ_platform::seed::once(pool, "first room", async |transaction| {
///     let insert = sqlx::query("INSERT INTO rooms (name) VALUES ('Sundials')");
///     Ok::<_, sqlx::Error>(insert.execute(&mut **transaction).await?.rows_affected() == 1)
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
///
/// The pool must belong to a [`Database`](crate::Database) of the platform, whose schema has the table of markers.
///
/// # Errors
/// Returns the error of `create` or of the database.
pub async fn once<E: From<sqlx::Error>>(
    pool: &PgPool,
    name: &str,
    create: impl AsyncFnOnce(&mut Transaction) -> Result<bool, E>,
) -> Result<bool, E> {
    let mut transaction = Transaction::from(pool.begin_with(BEGIN).await?);
    let marked = sqlx::query(MARK).bind(name).execute(&mut *transaction).await?.rows_affected() == 1;
    if marked && create(&mut transaction).await? {
        transaction.commit().await?;
        return Ok(true);
    }
    transaction.rollback().await?;
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::TestDatabase;

    async fn rooms() -> TestDatabase {
        let database = TestDatabase::with_things().await;
        sqlx::query("CREATE TABLE rooms (name text)").execute(&database.pool).await.unwrap();
        database
    }

    async fn seed(pool: &PgPool) -> Result<bool, sqlx::Error> {
        once(pool, "room", async |transaction| {
            sqlx::query("INSERT INTO rooms VALUES ('Sundials')").execute(&mut **transaction).await?;
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(true)
        })
        .await
    }

    async fn count(pool: &PgPool) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM rooms").fetch_one(pool).await.unwrap()
    }

    #[tokio::test]
    async fn a_deleted_seed_does_not_return() {
        let database = rooms().await;
        let pool = &database.pool;
        assert!(seed(pool).await.unwrap());
        sqlx::query("DELETE FROM rooms").execute(pool).await.unwrap();
        assert!(!seed(pool).await.unwrap());
        assert_eq!(count(pool).await, 0);
    }

    #[tokio::test]
    async fn one_of_several_processes_creates_a_seed() {
        let database = rooms().await;
        let seeds = (0..8).map(|_| {
            let pool = database.pool.clone();
            tokio::spawn(async move { seed(&pool).await.unwrap() })
        });
        let mut created = 0;
        for seeded in seeds.collect::<Vec<_>>() {
            created += u32::from(seeded.await.unwrap());
        }
        assert_eq!((created, count(&database.pool).await), (1, 1));
    }

    #[tokio::test]
    async fn a_seed_that_fails_or_creates_nothing_is_tried_again() {
        let database = rooms().await;
        let pool = &database.pool;
        let failed = once(pool, "room", async |transaction| {
            sqlx::query("INSERT INTO rooms VALUES ('Sundials')").execute(&mut **transaction).await?;
            Err::<bool, _>(sqlx::Error::RowNotFound)
        });
        failed.await.unwrap_err();
        assert!(!once(pool, "room", async |_| Ok::<_, sqlx::Error>(false)).await.unwrap());
        assert!(seed(pool).await.unwrap());
        assert_eq!(count(pool).await, 1);
    }
}
