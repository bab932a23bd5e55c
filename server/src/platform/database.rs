//! The PostgreSQL connection pools. Each database schema has a pool, so that a service can access only its own
//! tables.

use std::str::FromStr;

use secrecy::ExposeSecret;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool};

use crate::platform::config::DatabaseConfig;

static USERS: Migrator = sqlx::migrate!("migrations/users");
static ORDERS: Migrator = sqlx::migrate!("migrations/orders");

/// The PostgreSQL connection pools of all schemas. The search path of a pool contains only its own schema, so SQL
/// statements need no schema names.
#[derive(Debug, Clone)]
pub struct Databases {
    /// The connection pool of the schema `users`: users and sessions.
    pub users: PgPool,
    /// The connection pool of the schema `orders`: products, carts and orders.
    pub orders: PgPool,
}

impl Databases {
    /// Creates the PostgreSQL connection pools. They connect on first use, so an unavailable database is not an
    /// error here.
    ///
    /// # Errors
    /// Returns an error if a URL cannot be parsed.
    pub fn open(config: &DatabaseConfig) -> Result<Databases, sqlx::Error> {
        Ok(Databases {
            users: open(config, config.users.expose_secret(), "users")?,
            orders: open(config, config.orders.expose_secret(), "orders")?,
        })
    }

    /// Applies all pending migrations to the database schemas `users` and `orders`. Several processes can do so
    /// concurrently.
    ///
    /// # Errors
    /// Returns an error if a database is unavailable or a migration fails.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        migrate(&self.users, &USERS, "users").await?;
        migrate(&self.orders, &ORDERS, "orders").await
    }

    /// Waits until all PostgreSQL connections are idle, and closes them.
    pub async fn close(&self) {
        self.users.close().await;
        self.orders.close().await;
    }
}

/// Creates the connection pool of one schema.
fn open(config: &DatabaseConfig, url: &str, schema: &'static str) -> Result<PgPool, sqlx::Error> {
    let statement_timeout = config.statement_timeout.as_millis();
    let options = PgConnectOptions::from_str(url)?.application_name("writ").options([
        ("search_path", schema.to_owned()),
        ("statement_timeout", statement_timeout.to_string()),
        // The wait for a lock ends before the statement timeout, so that the error names the lock as the cause.
        ("lock_timeout", (statement_timeout * 3 / 5).max(1).to_string()),
        ("idle_in_transaction_session_timeout", "60000".to_owned()),
        ("timezone", "UTC".to_owned()),
    ]);
    let pool = PgPoolOptions::new().max_connections(config.connections).acquire_timeout(config.acquire_timeout);
    Ok(pool.connect_lazy_with(options))
}

/// Creates a database schema and applies its pending migrations.
async fn migrate(pool: &PgPool, migrations: &Migrator, schema: &'static str) -> Result<(), MigrateError> {
    let mut connection = pool.acquire().await?;
    // A migration can take longer than a statement of a request. The wait for another process that migrates can
    // be equally long.
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut *connection).await?;
    // The lock is needed because concurrent `CREATE SCHEMA IF NOT EXISTS` statements can fail.
    sqlx::query("SELECT pg_advisory_lock(hashtext('writ schema'))").execute(&mut *connection).await?;
    let created =
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {schema}"))).execute(&mut *connection).await;
    sqlx::query("SELECT pg_advisory_unlock(hashtext('writ schema'))").execute(&mut *connection).await?;
    created?;
    let migrated = migrations.run(&mut *connection).await;
    // The connection has no timeouts, so it must not return to the pool.
    connection.close().await?;
    migrated
}

#[cfg(test)]
mod tests {
    use crate::testing::TestDatabases;

    #[tokio::test]
    async fn migrations_can_be_applied_repeatedly_and_concurrently() {
        let database = TestDatabases::empty().await;
        let (first, second) = tokio::join!(database.pools.migrate(), database.pools.migrate());
        first.unwrap();
        second.unwrap();
        database.pools.migrate().await.unwrap();
    }

    #[tokio::test]
    async fn a_pool_accesses_only_its_own_schema() {
        let database = TestDatabases::migrated().await;
        let error = sqlx::query("SELECT 1 FROM orders").execute(&database.pools.users).await.unwrap_err();
        assert!(error.to_string().contains("does not exist"), "{error}");
        let products: i64 =
            sqlx::query_scalar("SELECT count(*) FROM products").fetch_one(&database.pools.orders).await.unwrap();
        assert!(products >= 2);
    }

    #[tokio::test]
    async fn the_address_of_a_deleted_user_can_be_used_again() {
        let database = TestDatabases::migrated().await;
        let insert = "INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), $1, 'Sample', '')";
        let users = &database.pools.users;
        sqlx::query(insert).bind("user@example.com").execute(users).await.unwrap();
        sqlx::query(insert).bind("USER@example.com").execute(users).await.unwrap_err();
        sqlx::query("UPDATE users SET deleted_at = now()").execute(users).await.unwrap();
        sqlx::query(insert).bind("USER@example.com").execute(users).await.unwrap();
    }

    #[tokio::test]
    async fn a_slow_statement_is_cancelled() {
        let database = TestDatabases::migrated().await;
        let error = sqlx::query("SELECT pg_sleep(30)").execute(&database.pools.users).await.unwrap_err();
        assert!(error.to_string().contains("statement timeout"), "{error}");
    }
}
