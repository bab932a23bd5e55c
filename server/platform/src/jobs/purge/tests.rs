//! Tests of purges on a real database: backlogs, rows that cannot be deleted, and the isolation from requests.

use super::*;
use crate::metrics::Metrics;
use crate::testing::TestDatabase;

const THINGS: Expired = Expired::new("things", "expires_at").after(Duration::from_secs(3600));

/// Creates a database with this number of expired rows, the oldest of which has been due for a day, and two others.
async fn backlog(rows: i64) -> TestDatabase {
    let database = TestDatabase::with_things().await;
    let create = "CREATE TABLE things (id bigint PRIMARY KEY, expires_at timestamptz);
                  CREATE INDEX ON things (expires_at);
                  CREATE TABLE parts (thing bigint REFERENCES things (id));
                  CREATE INDEX ON parts (thing)";
    sqlx::raw_sql(create).execute(&database.pool).await.unwrap();
    let options = database.pool.connect_options();
    let mut patient =
        PgConnection::connect_with(&(*options).clone().options([("statement_timeout", "0")])).await.unwrap();
    sqlx::query(
        "INSERT INTO things SELECT n, now() - interval '25 hours' + make_interval(secs => n::float8 / $1 * 1000)
         FROM generate_series(0, $1 - 1) n
         UNION ALL SELECT -1, now() - interval '59 minutes' UNION ALL SELECT -2, NULL",
    )
    .bind(rows)
    .execute(&mut patient)
    .await
    .unwrap();
    database
}

/// Returns the ids of the rows that are left.
async fn left(database: &TestDatabase) -> Vec<i64> {
    sqlx::query_scalar("SELECT id FROM things ORDER BY id").fetch_all(&database.pool).await.unwrap()
}

/// Runs batches until nothing is left or one fails, and returns their number and the result.
async fn run(job: &Job) -> (u32, Result<(), BoxError>) {
    let mut batches = 0;
    loop {
        batches += 1;
        match job.run_batch().await {
            Ok(Batch::More) => {}
            Ok(Batch::Done) => return (batches, Ok(())),
            Err(error) => return (batches, Err(error)),
        }
    }
}

#[tokio::test]
async fn a_backlog_is_deleted_in_batches_and_other_rows_are_kept() {
    let database = backlog(20_000).await;
    let job = Job::purge("things", &database.pool, THINGS);
    let (batches, result) = run(&job).await;
    result.unwrap();
    assert!(batches > 2, "{batches}");
    assert_eq!(left(&database).await, [-2, -1]);
}

#[tokio::test]
#[ignore = "long: a backlog of a million rows"]
async fn a_backlog_of_a_million_rows_is_deleted() {
    let database = backlog(1_000_000).await;
    let (batches, result) = run(&Job::purge("things", &database.pool, THINGS)).await;
    result.unwrap();
    println!("{batches} batches");
    assert_eq!(left(&database).await, [-2, -1]);
}

#[tokio::test]
async fn a_purge_needs_no_connection_of_the_requests_and_none_of_their_timeouts() {
    let database = backlog(10).await;
    let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.3); RETURN OLD; END $$;
                CREATE TRIGGER slow BEFORE DELETE ON things FOR EACH ROW EXECUTE FUNCTION slow()";
    sqlx::raw_sql(slow).execute(&database.pool).await.unwrap();
    let mut held = Vec::new();
    for _ in 0..database.pool.options().get_max_connections() {
        held.push(database.pool.acquire().await.unwrap());
    }
    // The statement takes three seconds. The timeout of requests in tests is two.
    let (_, result) = run(&Job::purge("things", &database.pool, THINGS)).await;
    drop(held);
    result.unwrap();
    assert_eq!(left(&database).await, [-2, -1]);
}

#[tokio::test]
async fn a_row_that_cannot_be_deleted_keeps_no_other_row_and_is_reported() {
    let database = backlog(3000).await;
    sqlx::query("INSERT INTO parts VALUES (0), (1500)").execute(&database.pool).await.unwrap();
    let job = Job::purge("things", &database.pool, THINGS);
    let error = run(&job).await.1.unwrap_err();
    assert!(error.to_string().starts_with("2 rows cannot be deleted"), "{error}");
    assert_eq!(left(&database).await, [-2, -1, 0, 1500]);
    sqlx::query("DELETE FROM parts").execute(&database.pool).await.unwrap();
    run(&job).await.1.unwrap();
    assert_eq!(left(&database).await, [-2, -1]);
}

#[tokio::test]
async fn rows_that_another_transaction_holds_are_left_to_the_next_run() {
    let database = backlog(100).await;
    let mut other = database.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM things WHERE id = 7 FOR UPDATE").execute(&mut *other).await.unwrap();
    let job = Job::purge("things", &database.pool, THINGS);
    run(&job).await.1.unwrap();
    assert_eq!(left(&database).await, [-2, -1, 7]);
    other.rollback().await.unwrap();
    run(&job).await.1.unwrap();
    assert_eq!(left(&database).await, [-2, -1]);
}

#[tokio::test]
async fn two_processes_purge_at_the_same_time() {
    let database = backlog(20_000).await;
    let jobs = [(); 2].map(|()| Job::purge("things", &database.pool, THINGS));
    let (one, other) = tokio::join!(run(&jobs[0]), run(&jobs[1]));
    one.1.and(other.1).unwrap();
    run(&jobs[0]).await.1.unwrap();
    assert_eq!(left(&database).await, [-2, -1]);
}

#[tokio::test]
async fn the_age_of_the_oldest_expired_row_is_a_metric() {
    let database = backlog(1).await;
    let (metrics, job) = (Metrics::default(), Job::purge("things", &database.pool, THINGS));
    super::super::run::measure(&job, &metrics).await;
    let overdue = |metrics: &Metrics| {
        let text = metrics.render().unwrap();
        let prefix = r#"writ_job_overdue_seconds{service_name="unknown_service",job_name="things"} "#;
        let line = text.lines().find_map(|line| line.strip_prefix(prefix));
        line.unwrap_or_else(|| panic!("{text}")).parse::<u64>().unwrap()
    };
    assert!((86_400..86_500).contains(&overdue(&metrics)), "{}", overdue(&metrics));
    run(&job).await.1.unwrap();
    super::super::run::measure(&job, &metrics).await;
    assert_eq!(overdue(&metrics), 0);
}

#[tokio::test]
async fn a_purge_of_a_missing_table_fails_at_once() {
    let database = TestDatabase::with_things().await;
    let (batches, result) = run(&Job::purge("things", &database.pool, THINGS)).await;
    assert!(result.unwrap_err().to_string().contains("does not exist"));
    assert_eq!(batches, 1);
}
