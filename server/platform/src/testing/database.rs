//! The separate PostgreSQL database of each test.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use url::Url;
use uuid::Uuid;

use super::{DATABASE_URL, UNUSED_ADDRESS, variable};
use crate::database::{self, Database, DatabaseConfig};

/// The longest time that a test waits until its database is dropped.
const DROP_TIMEOUT: Duration = Duration::from_millis(500);

/// A PostgreSQL database for one test, with a role that owns it and that no other database admits. Dropping the value drops
/// both.
#[derive(Debug)]
pub struct TestDatabase {
    /// The URL of the test database, with the name and the password of its role.
    pub url: String,
    /// The connection pool of the schema of the test.
    pub pool: PgPool,
    /// The name of the database and of its role.
    name: String,
}

impl TestDatabase {
    /// Creates a test database without tables, and a connection pool for the schema of `database`.
    pub async fn empty(database: &Database) -> TestDatabase {
        let name = format!("writ_test_{}", Uuid::new_v4().simple());
        let password = Uuid::new_v4().simple().to_string();
        run(&[
            format!("CREATE ROLE {name} LOGIN PASSWORD '{password}'"),
            // A user who is not a superuser can only give a database to a role that they are a member of.
            format!("GRANT {name} TO CURRENT_USER"),
            format!("CREATE DATABASE {name} OWNER {name}"),
            format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"),
        ])
        .await;
        let url = owned_url(&variable(DATABASE_URL), &name, &password);
        let pool = pool_at(&url, database.schema);
        TestDatabase { url, pool, name }
    }

    /// Creates a test database with all migrations of `database` applied.
    pub async fn migrated(database: &Database) -> TestDatabase {
        let test = TestDatabase::empty(database).await;
        database::migrate(&test.pool, database).await.expect("the migrations apply");
        test
    }

    /// Applies the migrations of another database to this one, and returns its connection pool.
    pub async fn migrate(&self, database: &Database) -> PgPool {
        let pool = pool_at(&self.url, database.schema);
        database::migrate(&pool, database).await.expect("the migrations apply");
        pool
    }

    /// Executes SQL without a time limit, such as the insertion of 100,000 rows, and updates the statistics of the tables.
    pub async fn fill(&self, sql: &'static str) {
        let mut connection = self.pool.acquire().await.expect("the database is available");
        for sql in ["SET statement_timeout = 0", sql, "ANALYZE"] {
            sqlx::raw_sql(sql).execute(&mut *connection).await.expect("the statement is valid");
        }
        // The connection has no timeout, so it must not return to the pool.
        connection.close().await.expect("the connection can be closed");
    }

    /// Creates a test database with the schema `things`, which has no tables.
    #[cfg(test)]
    pub(crate) async fn with_things() -> TestDatabase {
        TestDatabase::migrated(&THINGS).await
    }
}

/// The database of the platform's own tests.
#[cfg(test)]
pub(crate) static THINGS: Database = Database::new("things", &sqlx::migrate::Migrator::DEFAULT);

/// Inserts an API key with scopes into the table of the service to whose schema `pool` belongs.
pub async fn grant_key(pool: &PgPool, key: &str, name: &str, scopes: &[&str]) {
    let insert = "INSERT INTO writ.api_keys (service, key_hash, name, scopes)
                  VALUES (current_schema(), sha256($1), $2, $3)";
    let insert = sqlx::query(insert).bind(key.as_bytes()).bind(name).bind(scopes);
    insert.execute(pool).await.expect("the key is new");
}

/// The foreign keys of a schema without an index that begins with their columns and contains all rows.
const UNINDEXED: &str = "\
SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid) FROM pg_constraint AS foreign_key
WHERE contype = 'f' AND connamespace = $1::regnamespace AND NOT EXISTS (
    SELECT FROM pg_index
    WHERE indrelid = conrelid AND indpred IS NULL AND indisvalid
    AND (string_to_array(indkey::text, ' ')::smallint[])[1:cardinality(conkey)] @> conkey
)
ORDER BY 1";

/// Returns the foreign keys of a schema that no index serves. Deleting a row to which such a key refers reads the complete
/// table of the key.
pub async fn unindexed_foreign_keys(pool: &PgPool, schema: &str) -> Vec<String> {
    sqlx::query_scalar(UNINDEXED).bind(schema).fetch_all(pool).await.expect("the schema exists")
}

/// Returns the connection pool of an unavailable database, for tests of an outage.
pub fn database_unavailable() -> PgPool {
    pool_at(&format!("postgres://user@{UNUSED_ADDRESS}/test"), "public")
}

fn pool_at(url: &str, schema: &str) -> PgPool {
    let config = DatabaseConfig {
        url: PgConnectOptions::from_str(url).expect("the URL of the database is valid"),
        application: "test".to_owned(),
        connections: 8,
        statement_timeout: Duration::from_secs(2),
        acquire_timeout: super::SOON,
    };
    database::open(&config, schema, database::Breaker::default()).0
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = &self.name;
        let drop = [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("DROP ROLE IF EXISTS {name}")];
        let (ended, end) = std::sync::mpsc::channel::<()>();
        // A new thread has a new runtime, because the runtime of the test may be shutting down.
        std::thread::spawn(move || {
            let _ended = ended;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be created").block_on(run(&drop));
        });
        // PostgreSQL waits for all connections that sign in, also for one of this test, whose runtime stands still here.
        // So the thread completes the work after this time.
        let _ = end.recv_timeout(DROP_TIMEOUT);
    }
}

/// Executes SQL statements in the database of the server for tests, one after the other.
async fn run(statements: &[String]) {
    let mut connection = PgConnection::connect(&variable(DATABASE_URL)).await.expect("PostgreSQL is available");
    for sql in statements {
        let executed = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut connection).await;
        executed.unwrap_or_else(|error| panic!("cannot create or drop a database of a test: {error}"));
    }
}

/// Returns a PostgreSQL URL with another database, and with the role of its name.
fn owned_url(url: &str, name: &str, password: &str) -> String {
    let mut url = Url::parse(url).expect("the URL of PostgreSQL is valid");
    url.set_path(&format!("/{name}"));
    if url.set_username(name).and_then(|()| url.set_password(Some(password))).is_err() {
        // The URL of a socket has no host, and therefore no place for a role before it.
        url.query_pairs_mut().append_pair("user", name).append_pair("password", password);
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_role_and_the_name_of_the_database_change() {
        assert_eq!(owned_url("postgres://u:p@h:1/a?x=/y", "b", "s"), "postgres://b:s@h:1/b?x=/y");
        assert_eq!(owned_url("postgres://h", "b", "s"), "postgres://b:s@h/b");
        assert_eq!(owned_url("postgres:///a?host=/run", "b", "s"), "postgres:///b?host=/run&user=b&password=s");
    }

    #[tokio::test]
    async fn no_role_of_a_test_can_connect_to_the_database_of_another() {
        let (one, other) = (TestDatabase::with_things().await, TestDatabase::with_things().await);
        let options = PgConnectOptions::clone(&one.pool.connect_options()).database(&other.name);
        let refused = PgConnection::connect_with(&options).await.unwrap_err();
        assert_eq!(refused.into_database_error().unwrap().code().unwrap(), "42501");
    }
}
