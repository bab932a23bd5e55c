//! PostgreSQL: one pool a schema, so that a service sees its own tables and no other's.

use std::str::FromStr;

use secrecy::ExposeSecret;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool};

use crate::platform::config::DatabaseConfig;

static USERS: Migrator = sqlx::migrate!("migrations/users");
static ORDERS: Migrator = sqlx::migrate!("migrations/orders");

/// The databases, each seen through its own schema. SQL is unqualified.
#[derive(Debug, Clone)]
pub struct Databases {
    /// Users and sessions.
    pub users: PgPool,
    /// Products, carts and orders.
    pub orders: PgPool,
}

impl Databases {
    /// Opens the pools. No connection is made yet, so a database that is unavailable is met later.
    ///
    /// # Errors
    /// An address that cannot be read.
    pub fn open(config: &DatabaseConfig) -> Result<Databases, sqlx::Error> {
        Ok(Databases {
            users: open(config, config.users.expose_secret(), "users")?,
            orders: open(config, config.orders.expose_secret(), "orders")?,
        })
    }

    /// Brings both schemas up to date. Several processes may do so at once.
    ///
    /// # Errors
    /// A database that is unavailable, or a migration that does not apply.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        migrate(&self.users, &USERS, "users").await?;
        migrate(&self.orders, &ORDERS, "orders").await
    }

    /// Waits for what is in use and closes the connections.
    pub async fn close(&self) {
        self.users.close().await;
        self.orders.close().await;
    }
}

fn open(config: &DatabaseConfig, url: &str, schema: &'static str) -> Result<PgPool, sqlx::Error> {
    let statement_timeout = config.statement_timeout.as_millis();
    let options = PgConnectOptions::from_str(url)?.application_name("writ").options([
        ("search_path", schema.to_owned()),
        ("statement_timeout", statement_timeout.to_string()),
        // Whoever waits for a row longer than this is told so, before the statement as a whole is given up.
        ("lock_timeout", (statement_timeout * 3 / 5).max(1).to_string()),
        ("idle_in_transaction_session_timeout", "60000".to_owned()),
        ("timezone", "UTC".to_owned()),
    ]);
    let pool = PgPoolOptions::new().max_connections(config.connections).acquire_timeout(config.acquire_timeout);
    Ok(pool.connect_lazy_with(options))
}

async fn migrate(pool: &PgPool, migrations: &Migrator, schema: &'static str) -> Result<(), MigrateError> {
    let mut connection = pool.acquire().await?;
    // A migration, or waiting for another process's, may take longer than a request ever should.
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut *connection).await?;
    // Two processes that make the same schema at once disturb each other, `IF NOT EXISTS` or not.
    sqlx::query("SELECT pg_advisory_lock(hashtext('writ schema'))").execute(&mut *connection).await?;
    let made =
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {schema}"))).execute(&mut *connection).await;
    sqlx::query("SELECT pg_advisory_unlock(hashtext('writ schema'))").execute(&mut *connection).await?;
    made?;
    let migrated = migrations.run(&mut *connection).await;
    // Closed, so that nobody else gets a connection without limits.
    connection.close().await?;
    migrated
}

#[cfg(test)]
mod tests {
    use crate::testing::TestDatabases;

    #[tokio::test]
    async fn migrations_apply_twice_and_at_once() {
        let database = TestDatabases::empty().await;
        let (first, second) = tokio::join!(database.pools.migrate(), database.pools.migrate());
        first.unwrap();
        second.unwrap();
        database.pools.migrate().await.unwrap();
    }

    #[tokio::test]
    async fn a_pool_sees_its_own_schema_alone() {
        let database = TestDatabases::migrated().await;
        let error = sqlx::query("SELECT 1 FROM orders").execute(&database.pools.users).await.unwrap_err();
        assert!(error.to_string().contains("does not exist"), "{error}");
        let products: i64 =
            sqlx::query_scalar("SELECT count(*) FROM products").fetch_one(&database.pools.orders).await.unwrap();
        assert!(products >= 2);
    }

    #[tokio::test]
    async fn who_left_can_come_back_with_the_same_address() {
        let database = TestDatabases::migrated().await;
        let insert = "INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), $1, 'Sample', '')";
        let users = &database.pools.users;
        sqlx::query(insert).bind("user@example.com").execute(users).await.unwrap();
        sqlx::query(insert).bind("USER@example.com").execute(users).await.unwrap_err();
        sqlx::query("UPDATE users SET deleted_at = now()").execute(users).await.unwrap();
        sqlx::query(insert).bind("USER@example.com").execute(users).await.unwrap();
    }

    #[tokio::test]
    async fn a_statement_that_takes_too_long_is_given_up() {
        let database = TestDatabases::migrated().await;
        let error = sqlx::query("SELECT pg_sleep(30)").execute(&database.pools.users).await.unwrap_err();
        assert!(error.to_string().contains("statement timeout"), "{error}");
    }
}
