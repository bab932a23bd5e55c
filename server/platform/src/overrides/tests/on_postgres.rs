//! Tests of overrides in a database, with two processes of a service.

use sqlx::PgPool;

use super::*;
use crate::Database;
use crate::jobs::{Batch, Job};
use crate::testing::TestDatabase;

static MUSEUM: Database = Database::new("museum", &sqlx::migrate::Migrator::DEFAULT);

/// A service with a database.
struct Museum {
    store: Store,
    pool: PgPool,
}

impl Service for Museum {
    const PREFIX: &'static str = "MUSEUM_";

    fn new(platform: &mut Builder) -> Museum {
        Museum { store: Store::memory(), pool: platform.database(&MUSEUM) }
    }

    fn router(&self, platform: &Platform) -> Router {
        router(&self.store, platform)
    }
}

async fn two() -> (TestDatabase, TestServer<Museum>, TestServer<Museum>) {
    let database = TestDatabase::empty(&MUSEUM).await;
    let start = || TestServer::start_with(|settings| settings.set("DATABASE_URL", &database.url));
    let (first, second) = (start().await, start().await);
    while !policy(&first, "list").await.unwrap().ends_with("applied by 2 of 2 processes") {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (database, first, second)
}

#[tokio::test]
async fn two_processes_apply_a_policy_within_two_seconds_and_drop_it_at_its_end_after_the_setter_has_died() {
    let (_database, setter, other) = two().await;
    let started = Instant::now();
    let report = policy(&setter, "off buyTicket for 4s by user@example.com reason INC-812").await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(report.ends_with("applied by 2 of 2 processes"), "{report}");
    for server in [&setter, &other] {
        let refused = send(server, "POST /tickets").await;
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: "), "{refused}");
        assert!(refused.contains("application/problem+json"), "{refused}");
        assert_eq!(status(server, "GET /events").await, 200);
    }
    drop(setter);
    let log = policy(&other, "log 1").await.unwrap();
    assert!(log.contains("buyTicket") && log.contains("user@example.com (") && log.ends_with("INC-812"), "{log}");
    while status(&other, "POST /tickets").await == 503 {
        assert!(started.elapsed() < Duration::from_millis(4500), "the policy outlived its end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(started.elapsed() > Duration::from_secs(3), "the policy ended early: {:?}", started.elapsed());
    assert!(policy(&other, "list").await.unwrap().starts_with("no policies are set"));
}

#[tokio::test]
async fn a_policy_ends_while_the_database_is_unavailable() {
    let (_database, _setter, other) = two().await;
    policy(&other, "off buyTicket for 2s").await.unwrap();
    let set = Instant::now();
    // Without the table every poll fails.
    sqlx::query("ALTER TABLE writ.policy_versions RENAME TO gone").execute(&other.service.pool).await.unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(status(&other, "POST /tickets").await, 503);
    tokio::time::sleep(Duration::from_secs(2).saturating_sub(set.elapsed())).await;
    assert_eq!(status(&other, "POST /tickets").await, 200);
}

#[tokio::test]
async fn concurrent_changes_are_all_logged_and_both_processes_apply_the_last() {
    let (_database, first, second) = two().await;
    let commands = (1..=10).map(|rate| (rate, if rate % 2 == 0 { &first } else { &second }));
    let commands = commands
        .map(|(rate, server)| async move { policy(server, &format!("set listEvents rate={rate}/60s for 1m")).await });
    for report in futures_util::future::join_all(commands).await {
        assert!(report.as_ref().unwrap().ends_with("applied by 2 of 2 processes"), "{report:?}");
    }
    let log: Vec<(i64, String)> =
        sqlx::query_as("SELECT version, change FROM writ.policy_log WHERE service = 'museum' ORDER BY version")
            .fetch_all(&first.service.pool)
            .await
            .unwrap();
    let versions: Vec<_> = log.iter().map(|(version, _)| *version).collect();
    assert_eq!(versions, (1..=10).collect::<Vec<i64>>());
    let last = &log[9].1;
    let limit = format!("x-ratelimit-limit: {}", last.trim_start_matches("rate=").trim_end_matches("/1m"));
    for server in [&first, &second] {
        let response = send(server, "GET /events").await;
        assert!(response.contains(&limit), "{last}: {response}");
    }
    assert!(policy(&first, "list").await.unwrap().contains(last.as_str()));
}

#[tokio::test]
async fn an_entry_of_the_log_cannot_be_changed_and_can_be_deleted_after_its_retention() {
    let (_database, first, _second) = two().await;
    let pool = &first.service.pool;
    policy(&first, "off buyTicket for 1m").await.unwrap();
    policy(&first, "clear buyTicket").await.unwrap();
    for statement in
        ["UPDATE writ.policy_log SET reason = 'x'", "DELETE FROM writ.policy_log", "TRUNCATE writ.policy_log"]
    {
        let error = sqlx::query(statement).execute(pool).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{statement}: {error}");
    }
    let old = "INSERT INTO writ.policy_log (service, at, version, action, operation, change, operator, reason)
               VALUES ('museum', now() - interval '91 days', 0, 'clear', 'buyTicket', 'off', '', '')";
    sqlx::query(old).execute(pool).await.unwrap();
    for entries in [OLD_ENTRIES, SURPLUS_ENTRIES] {
        assert_eq!(Job::purge("log", pool, entries).run_batch().await.unwrap(), Batch::Done);
    }
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM writ.policy_log").fetch_one(pool).await.unwrap();
    assert_eq!(left, 2);
    assert_eq!(policy(&first, "log").await.unwrap().lines().count(), 3);
}

#[tokio::test]
async fn a_process_that_has_not_confirmed_a_policy_is_named() {
    let (_database, first, _second) = two().await;
    let silent = "INSERT INTO writ.policy_processes (service, id, name, version, seen_at)
                  VALUES ('museum', gen_random_uuid(), 'stuck:7', 0, now() + interval '10 seconds')";
    sqlx::query(silent).execute(&first.service.pool).await.unwrap();
    let error = policy(&first, "off buyTicket for 1m").await.unwrap_err();
    assert!(error.contains("applied by 2 of 3 processes; not yet by stuck:7, after 3s"), "{error}");
}

#[tokio::test]
async fn a_process_without_operations_confirms_no_policy() {
    let (_database, first, _second) = two().await;
    let mut follower = Follower::new(&first.service.pool, Overrides::default());
    follower.poll().await.unwrap();
    let report = policy(&first, "off buyTicket for 1m").await.unwrap();
    assert!(report.ends_with("applied by 2 of 2 processes"), "{report}");
}

#[tokio::test]
async fn a_process_that_shuts_down_no_longer_counts() {
    let (_database, first, second) = two().await;
    second.platform.shutdown().drain();
    let started = Instant::now();
    while !policy(&first, "list").await.unwrap().ends_with("applied by 1 of 1 processes") {
        assert!(started.elapsed() < Duration::from_secs(3));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[cfg(feature = "calls")]
mod calls {
    use writ_runtime::client::{Call, Connection, FromResponse, Incoming};

    use super::*;

    static GET_VISITOR: Operation = Operation { id: "getVisitor", path: "/visitors", ..Operation::NONE };

    /// A service with a database that calls another one, which does not respond.
    struct Office {
        pool: PgPool,
        visitors: Connection,
    }

    impl Service for Office {
        const PREFIX: &'static str = "OFFICE_";

        fn new(platform: &mut Builder) -> Office {
            let silent = Router::new().fallback(std::future::pending::<()>);
            let visitors = platform.calls_through("visitors", &[&GET_VISITOR], silent);
            Office { pool: platform.database(&MUSEUM), visitors }
        }

        fn router(&self, _: &Platform) -> Router {
            Router::new()
        }
    }

    #[derive(Debug)]
    struct Anything;

    impl FromResponse for Anything {
        fn read(_: &mut Incoming) -> Option<Anything> {
            Some(Anything)
        }
    }

    #[tokio::test]
    async fn a_service_applies_the_policies_of_its_calls() {
        let database = TestDatabase::empty(&MUSEUM).await;
        let office = TestServer::<Office>::start_with(|settings| settings.set("DATABASE_URL", &database.url)).await;
        while !policy(&office, "list").await.unwrap().ends_with("applied by 1 of 1 processes") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let report = policy(&office, "set getVisitor timeout=20ms retry=off for 30m").await.unwrap();
        assert!(report.contains("getVisitor: timeout=20ms retry=off until"), "{report}");
        let started = Instant::now();
        let call: Call<Anything, Anything> = office.service.visitors.begin(&GET_VISITOR).call();
        let failure = call.await.unwrap_err();
        assert!(started.elapsed() < Duration::from_secs(4), "{failure:?}");
        policy(&office, "clear getVisitor retry").await.unwrap();
        let kinds: Vec<String> =
            sqlx::query_scalar("SELECT kind FROM writ.policy_overrides").fetch_all(&office.service.pool).await.unwrap();
        assert_eq!(kinds, ["timeout"]);
        let refused = policy(&office, "set getVisitor rate=20/60s for 30m").await.unwrap_err();
        assert!(refused.starts_with("this service does not serve `getVisitor`"), "{refused}");
    }
}
