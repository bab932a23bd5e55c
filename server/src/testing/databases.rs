//! The separate PostgreSQL database of each test.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use super::{database_config, variable};
use crate::platform::database::Databases;

/// A PostgreSQL database for one test. Dropping the value drops the database.
#[derive(Debug)]
pub struct TestDatabases {
    /// The connection pools of the test database.
    pub pools: Databases,
    /// The URL of the test database.
    pub url: String,
    name: String,
}

impl TestDatabases {
    /// Creates a test database without tables.
    pub async fn empty() -> TestDatabases {
        let name = format!("writ_test_{}", Uuid::new_v4().simple());
        run(&format!("CREATE DATABASE {name}")).await;
        let url = with_database(&variable("WRIT_TEST_DATABASE_URL"), &name);
        let pools = Databases::open(&database_config(&url)).expect("WRIT_TEST_DATABASE_URL is a valid URL");
        TestDatabases { pools, url, name }
    }

    /// Creates a test database with all migrations of the server applied.
    pub async fn migrated() -> TestDatabases {
        let database = TestDatabases::empty().await;
        database.pools.migrate().await.expect("the migrations apply");
        database
    }
}

impl Drop for TestDatabases {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A new thread has a new runtime, because the runtime of the test may be shutting down.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be created").block_on(run(&drop));
        });
        let _ = dropping.join();
    }
}

/// Executes an SQL statement in the database of `WRIT_TEST_DATABASE_URL`.
async fn run(sql: &str) {
    let mut connection =
        PgConnection::connect(&variable("WRIT_TEST_DATABASE_URL")).await.expect("PostgreSQL is available");
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.expect(sql);
}

/// Returns a PostgreSQL URL with another database name.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let start = address.find("://").map_or(0, |scheme| scheme + 3);
    let end = address[start..].find('/').map_or(address.len(), |slash| start + slash);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_the_database_changes() {
        assert_eq!(with_database("postgres://u:p@h:1/a?x=/y", "b"), "postgres://u:p@h:1/b?x=/y");
        assert_eq!(with_database("postgres://h", "b"), "postgres://h/b");
    }
}
