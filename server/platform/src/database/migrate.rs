//! The migrations of a database: those of the platform in the schema `writ`, then those of the service in its own.

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

use super::Database;

/// The migrations of the platform's own tables.
static PLATFORM: Migrator = sqlx::migrate!("./migrations");

/// The schema of the platform's own tables. Each schema has a table of its applied migrations.
const SCHEMA: &str = "writ";

/// Applies all pending migrations of a database. Several processes can do so concurrently.
///
/// # Errors
/// Returns an error if the database is unavailable or a migration fails.
pub(crate) async fn migrate(pool: &PgPool, database: &Database) -> Result<(), MigrateError> {
    let mut connection = pool.acquire().await?;
    // A migration can take longer than a statement of a request. The wait for another process that migrates can
    // be equally long.
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut *connection).await?;
    let migrated = async {
        apply(&mut connection, SCHEMA, &PLATFORM).await?;
        apply(&mut connection, database.schema, database.migrations).await
    };
    let migrated = migrated.await;
    // The connection has no timeouts, so it must not return to the pool.
    connection.close().await?;
    migrated
}

/// Creates a schema and applies its pending migrations.
async fn apply(connection: &mut PgConnection, schema: &str, migrations: &Migrator) -> Result<(), MigrateError> {
    // A service can have the name of a reserved word of SQL, such as `order`.
    let schema = format!("\"{}\"", schema.replace('"', "\"\""));
    // The lock is needed because concurrent `CREATE SCHEMA IF NOT EXISTS` statements can fail.
    sqlx::query("SELECT pg_advisory_lock(hashtext('writ schema'))").execute(&mut *connection).await?;
    let created =
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {schema}"))).execute(&mut *connection).await;
    sqlx::query("SELECT pg_advisory_unlock(hashtext('writ schema'))").execute(&mut *connection).await?;
    created?;
    sqlx::query(AssertSqlSafe(format!("SET search_path TO {schema}"))).execute(&mut *connection).await?;
    // `run` has no future that is `Send` for a borrowed connection; this function exists for that reason.
    migrations.run_direct(None, connection, false).await
}

#[cfg(test)]
mod tests {
    use crate::Database;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn a_schema_can_have_the_name_of_a_reserved_word() {
        static ORDER: Database = Database::new("order", &sqlx::migrate::Migrator::DEFAULT);
        let database = TestDatabase::migrated(&ORDER).await;
        let schema: String = sqlx::query_scalar("SELECT current_schema()").fetch_one(&database.pool).await.unwrap();
        assert_eq!(schema, "order");
    }
}
