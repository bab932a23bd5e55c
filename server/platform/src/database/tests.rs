//! Tests of migrations and pools, and of every SQL statement of the platform.

use sqlx::{Executor as _, SqlSafeStr as _};

use crate::jobs::{Batch, Expired, Job};
use crate::testing::{THINGS, TestDatabase, unindexed_foreign_keys};

/// The SQL statements of all modules of the platform.
const STATEMENTS: [&[&str]; 4] = [
    crate::idempotency::STATEMENTS,
    crate::credentials::STATEMENTS,
    crate::overrides::STATEMENTS,
    crate::seed::STATEMENTS,
];

/// The expired rows of the platform's own tables.
const EXPIRED: [Expired; 4] = [
    crate::idempotency::EXPIRED,
    crate::overrides::ENDED,
    crate::overrides::OLD_ENTRIES,
    crate::overrides::SURPLUS_ENTRIES,
];

#[tokio::test]
async fn every_purge_fits_the_migrated_schema() {
    let database = TestDatabase::with_things().await;
    for rows in EXPIRED {
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
    for statement in STATEMENTS.into_iter().flatten() {
        let prepared = database.pool.prepare((*statement).into_sql_str()).await;
        prepared.unwrap_or_else(|error| panic!("{statement}: {error}"));
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
