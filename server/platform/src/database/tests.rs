//! Tests of migrations and pools, and of every SQL statement of the platform.

use std::str::FromStr as _;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use super::{DatabaseConfig, Transaction};
use crate::jobs::{Batch, Expired, Job};
use crate::shutdown::Shutdown;
use crate::testing::{Flow, Proxy, SOON, THINGS, TestDatabase, unindexed_foreign_keys};

/// The SQL statements of all modules of the platform.
const STATEMENTS: [&[&str]; 4] = [
    crate::idempotency::STATEMENTS,
    crate::credentials::STATEMENTS,
    crate::overrides::STATEMENTS,
    crate::seed::STATEMENTS,
];

#[cfg(feature = "webhooks")]
use crate::webhooks::{PURGED as PURGED_WEBHOOKS, STATEMENTS as WEBHOOK_STATEMENTS};

/// The SQL statements and purges of the webhooks, which have a feature of their own.
#[cfg(not(feature = "webhooks"))]
const WEBHOOK_STATEMENTS: [&[&str]; 0] = [];
#[cfg(not(feature = "webhooks"))]
const PURGED_WEBHOOKS: [Expired; 0] = [];

/// The expired rows of the platform's own tables.
const EXPIRED: [Expired; 4] = [
    crate::idempotency::EXPIRED,
    crate::overrides::ENDED,
    crate::overrides::OLD_ENTRIES,
    crate::overrides::SURPLUS_ENTRIES,
];

/// Returns the SQL statements of all modules, and of those behind other features.
fn statements() -> Vec<&'static str> {
    #[cfg(feature = "redis")]
    let events = crate::events::STATEMENTS;
    #[cfg(not(feature = "redis"))]
    let events: &[&[&str]] = &[];
    STATEMENTS.iter().chain(events).chain(&WEBHOOK_STATEMENTS).copied().flatten().copied().collect()
}

/// Returns the expired rows of all modules, and of those behind other features.
fn expired() -> Vec<Expired> {
    #[cfg(feature = "redis")]
    let events = [crate::events::OUTBOX_EXPIRED, crate::events::INBOX_EXPIRED];
    #[cfg(not(feature = "redis"))]
    let events: [Expired; 0] = [];
    EXPIRED.into_iter().chain(events).chain(PURGED_WEBHOOKS).collect()
}

#[tokio::test]
async fn every_purge_fits_the_migrated_schema() {
    let database = TestDatabase::with_things().await;
    for rows in expired() {
        let job = Job::purge("rows", &database.pool, rows);
        assert_eq!(job.run_batch().await.unwrap(), Batch::Done, "{rows:?}");
    }
}

#[tokio::test]
async fn every_foreign_key_of_the_platform_has_an_index() {
    let database = TestDatabase::with_things().await;
    assert_eq!(unindexed_foreign_keys(&database.pool, "writ").await, [""; 0]);
    let create = "CREATE TABLE wholes (id int PRIMARY KEY, name text UNIQUE);
                  CREATE TABLE parts (whole int REFERENCES wholes, name text REFERENCES wholes (name), at int);
                  CREATE INDEX ON parts (name, at); CREATE INDEX ON parts (at, whole);
                  CREATE INDEX ON parts (whole) WHERE at > 0";
    sqlx::raw_sql(create).execute(&database.pool).await.unwrap();
    assert_eq!(
        unindexed_foreign_keys(&database.pool, "things").await,
        ["parts: FOREIGN KEY (whole) REFERENCES wholes(id)"]
    );
}

#[tokio::test]
async fn every_statement_fits_the_migrated_schema() {
    let database = TestDatabase::with_things().await;
    for statement in statements() {
        let prepared = database.pool.prepare(statement.into_sql_str()).await;
        prepared.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

#[tokio::test]
async fn every_statement_finds_the_rows_of_its_service_by_an_index() {
    let database = TestDatabase::with_things().await;
    let mut connection = database.pool.acquire().await.unwrap();
    // The test tables are small, so PostgreSQL would read them completely.
    let settings = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off";
    sqlx::raw_sql(settings).execute(&mut *connection).await.unwrap();
    let purges = expired().into_iter().flat_map(|rows| [rows.delete(), rows.overdue()]);
    let statements = statements().into_iter().map(str::to_owned).chain(purges);
    for statement in statements.filter(|statement| statement.contains("WHERE")) {
        let prepare = AssertSqlSafe(format!("PREPARE checked AS {statement}"));
        sqlx::raw_sql(prepare).execute(&mut *connection).await.unwrap();
        let parameters = (1..).take_while(|number| statement.contains(&format!("${number}"))).map(|_| "NULL");
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        let arguments = if parameters.is_empty() { String::new() } else { format!("({parameters})") };
        let explain = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN EXECUTE checked{arguments}")));
        let plan: Vec<String> = explain.fetch_all(&mut *connection).await.unwrap();
        let is_read = |line: &String| line.contains("Filter:") && line.contains("current_schema");
        assert!(!plan.iter().any(is_read), "{statement}\n{}", plan.join("\n"));
        sqlx::raw_sql("DEALLOCATE checked").execute(&mut *connection).await.unwrap();
    }
}

#[tokio::test]
async fn migrations_can_be_applied_repeatedly_and_concurrently() {
    let database = TestDatabase::empty(&THINGS).await;
    let (first, second) =
        tokio::join!(super::migrate(&database.pool, &THINGS), super::migrate(&database.pool, &THINGS));
    first.unwrap();
    second.unwrap();
    super::migrate(&database.pool, &THINGS).await.unwrap();
}

#[tokio::test]
async fn the_platform_and_the_service_have_separate_tables_of_migrations() {
    let database = TestDatabase::with_things().await;
    let schemas: Vec<String> = sqlx::query_scalar(
        "SELECT table_schema::text FROM information_schema.tables WHERE table_name = '_sqlx_migrations' ORDER BY 1",
    )
    .fetch_all(&database.pool)
    .await
    .unwrap();
    assert_eq!(schemas, ["things", "writ"]);
}

#[tokio::test]
async fn a_pool_accesses_only_its_own_schema() {
    let database = TestDatabase::with_things().await;
    let create = "CREATE SCHEMA others; CREATE TABLE others.secrets (id int); CREATE TABLE visible (id int)";
    sqlx::raw_sql(create).execute(&database.pool).await.unwrap();
    let error = sqlx::query("SELECT FROM secrets").execute(&database.pool).await.unwrap_err();
    assert!(error.to_string().contains("does not exist"), "{error}");
    sqlx::query("SELECT FROM things.visible").execute(&database.pool).await.unwrap();
}

#[tokio::test]
async fn a_slow_statement_is_cancelled() {
    let database = TestDatabase::with_things().await;
    let error = sqlx::query("SELECT pg_sleep(30)").execute(&database.pool).await.unwrap_err();
    assert!(error.to_string().contains("statement timeout"), "{error}");
}

#[tokio::test]
async fn a_connection_whose_statement_was_cancelled_is_closed_if_the_database_is_silent() {
    let (database, proxy) = (TestDatabase::with_things().await, Proxy::postgres().await);
    let options = PgConnectOptions::from_str(&proxy.url(&database.url)).unwrap();
    let pool = super::separate(&PgPoolOptions::new().connect_lazy_with(options), 1, SOON);
    sqlx::query("SELECT 1").execute(&pool).await.unwrap();
    proxy.set(Flow::Stalled);
    let statement = sqlx::query("SELECT 1").execute(&pool);
    tokio::time::timeout(Duration::from_millis(50), statement).await.unwrap_err();
    let started = Instant::now();
    while pool.size() > 0 {
        assert!(started.elapsed() < SOON, "the connection is still open");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    proxy.set(Flow::Open);
    sqlx::query("SELECT 1").execute(&pool).await.unwrap();
}

#[tokio::test]
async fn a_pool_fails_at_once_while_its_database_is_silent_and_recovers_with_new_connections() {
    let (database, proxy) = (TestDatabase::with_things().await, Proxy::postgres().await);
    let config = DatabaseConfig {
        url: PgConnectOptions::from_str(&proxy.url(&database.url)).unwrap(),
        application: "test".to_owned(),
        connections: 2,
        statement_timeout: SOON,
        acquire_timeout: 20 * SOON,
    };
    let breaker = super::Breaker::default();
    let (pool, monitor) = super::open(&config, "things", breaker.clone());
    let monitored = tokio::spawn(monitor.run(pool.clone(), Shutdown::default()));
    // One connection is idle and one is in use when the database is lost.
    let (used, idle) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    drop(idle);
    proxy.set(Flow::Stalled);
    tokio::time::timeout(SOON, until(|| breaker.is_open())).await.unwrap();
    drop(used);
    tokio::time::timeout(SOON, until(|| pool.size() == 1)).await.unwrap();
    let error = tokio::time::timeout(SOON, pool.acquire()).await.unwrap().unwrap_err();
    assert!(matches!(error, sqlx::Error::Io(_)), "{error}");

    proxy.set(Flow::Open);
    tokio::time::timeout(SOON, until(|| !breaker.is_open())).await.unwrap();
    let both = tokio::join!(pool.acquire(), pool.acquire());
    for mut connection in [both.0.unwrap(), both.1.unwrap()] {
        sqlx::query("SELECT 1").execute(&mut *connection).await.unwrap();
    }
    pool.close().await;
    monitored.await.unwrap();
}

#[tokio::test]
async fn a_commit_that_the_network_loses_ends_and_frees_its_place_in_the_pool() {
    let (database, proxy) = (TestDatabase::with_things().await, Proxy::postgres().await);
    let config = DatabaseConfig {
        url: PgConnectOptions::from_str(&proxy.url(&database.url)).unwrap(),
        application: "test".to_owned(),
        connections: 1,
        statement_timeout: Duration::from_millis(100),
        acquire_timeout: SOON,
    };
    let (pool, _) = super::open(&config, "things", super::Breaker::default());
    let mut transaction = Transaction::begin(&pool).await.unwrap();
    sqlx::query("SELECT 1").execute(&mut *transaction).await.unwrap();
    proxy.set(Flow::Stalled);
    let error = tokio::time::timeout(SOON, transaction.commit()).await.expect("the commit ends").unwrap_err();
    assert!(matches!(error, sqlx::Error::Io(_)), "{error}");
    tokio::time::timeout(SOON, until(|| pool.size() == 0)).await.unwrap();
    proxy.set(Flow::Open);
    Transaction::begin(&pool).await.unwrap().commit().await.unwrap();
}

/// Waits until a condition holds.
async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
