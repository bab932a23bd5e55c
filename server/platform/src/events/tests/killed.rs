//! Tests of processes that are killed at any step, and of a Redis that restarts with older data or without any.
//!
//! A test starts this program again, as a process that publishes, relays and consumes.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::private_redis::RestartedRedis;
use super::support::{Counters, DATABASE, EFFECTS, eventually};
use crate::builder::Builder;
use crate::config::Source;
use crate::events::fault;
use crate::testing::TestDatabase;
use crate::{Service as _, Transaction, random};

/// The steps at which a process is killed.
const FAULTS: [&str; 7] = [
    "publisher: appended",
    "publisher: committed",
    "relay: added",
    "relay: recorded",
    "consumer: handled",
    "consumer: committed",
    "consumer: acknowledged",
];

/// The number of events of an order.
const STEPS: i32 = 3;

/// The longest time until a process reaches the step at which it is killed.
const LIMIT: Duration = Duration::from_secs(20);

/// The variable with the number of orders, for a process of these tests.
const ORDERS: &str = "WRIT_TEST_ORDERS";

/// The variable with the number of events that a process publishes before it only relays and consumes.
const SHARE: &str = "WRIT_TEST_SHARE";

/// The stores of the processes of a test.
struct Stage {
    database: TestDatabase,
    redis: RestartedRedis,
    orders: i32,
}

/// A running process.
struct Process(Child);

impl Stage {
    async fn new(orders: i32) -> Stage {
        let database = TestDatabase::migrated(&DATABASE).await;
        let placed = "CREATE TABLE placed (aggregate text, number int, PRIMARY KEY (aggregate, number))";
        for table in [EFFECTS, placed] {
            sqlx::query(table).execute(&database.pool).await.unwrap();
        }
        Stage { database, redis: RestartedRedis::start().await, orders }
    }

    /// Starts a process that publishes a share of the events, and is killed at a step.
    fn process(&self, fault: &str, share: i32) -> Process {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "events::tests::killed::a_process", "--ignored", "--nocapture"]);
        let (redis, orders, share) = (self.redis.url(), self.orders.to_string(), share.to_string());
        for (name, value) in [
            ("DATABASE_URL", self.database.url.as_str()),
            ("REDIS_URL", redis.as_str()),
            ("COUNTERS_EVENT_LEASE", "1s"),
            ("COUNTERS_EVENT_RETRY_DELAY", "20ms"),
            ("COUNTERS_REDIS_TIMEOUT", "1s"),
            ("WRIT_FAULT", fault),
            (ORDERS, orders.as_str()),
            (SHARE, share.as_str()),
        ] {
            command.env(name, value);
        }
        Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Waits until all events have their effects, and checks that none is lost, repeated or out of order.
    async fn expect_each_effect_once(&self) {
        let all = i64::from(self.orders * STEPS);
        let count = async || {
            let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM effects");
            count.fetch_one(&self.database.pool).await.unwrap()
        };
        let reached = eventually(async || count().await >= all).await;
        let wrong = "SELECT aggregate || ': ' || array_agg(number ORDER BY place)::text FROM effects GROUP BY aggregate
                     HAVING array_agg(number ORDER BY place) <> ARRAY[0, 1, 2]";
        let wrong: Vec<String> = sqlx::query_scalar(wrong).fetch_all(&self.database.pool).await.unwrap();
        assert!(reached && count().await == all && wrong.is_empty(), "{} of {all}; {wrong:?}", count().await);
    }
}

impl Process {
    /// Waits until the process has been killed at its step.
    async fn reaches_its_end(&mut self, step: &str) {
        let started = Instant::now();
        while self.0.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < LIMIT, "no process reached the step `{step}`");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // SIGKILL
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "other tests run this as a process of its own"]
async fn a_process() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    let mut builder = Builder::new(Source::from_environment(Counters::PREFIX).unwrap());
    let service = Counters::new(&mut builder);
    let platform = builder.build().unwrap();
    while platform.prepare().await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let share = std::env::var(SHARE).unwrap().parse().unwrap();
    publish(&service, orders.parse().unwrap(), share).await;
    std::future::pending::<()>().await;
}

/// Publishes the next events of orders, each in a transaction that also records it as placed.
async fn publish(service: &Counters, orders: i32, share: i32) {
    let mut published = 0;
    for (order, step) in (0..orders).flat_map(|order| (0..STEPS).map(move |step| (order, step))) {
        let aggregate = format!("order {order}");
        let placed = async {
            let mut transaction = Transaction::begin(&service.pool).await?;
            let place = sqlx::query("INSERT INTO placed VALUES ($1, $2) ON CONFLICT DO NOTHING").bind(&aggregate);
            if place.bind(step).execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok::<_, sqlx::Error>(0);
            }
            service.append(&mut transaction, &aggregate, step).await?;
            fault::at("publisher: appended");
            transaction.commit().await?;
            fault::at("publisher: committed");
            Ok(1)
        };
        published += placed.await.unwrap();
        if published >= share {
            return;
        }
    }
}

/// Kills a process at every step, and restarts Redis after each, without its data or with older data.
async fn survives_a_kill_at_every_step(orders: i32) {
    let mut stage = Stage::new(orders).await;
    let share = orders * STEPS / 14;
    for (round, step) in FAULTS.iter().cycle().take(2 * FAULTS.len()).enumerate() {
        stage.process(step, share.max(1)).reaches_its_end(step).await;
        match round % 3 {
            0 => stage.redis.restart_without_data().await,
            1 => stage.redis.restart_with_older_data().await,
            _ => {}
        }
    }
    let _last = stage.process("", i32::MAX);
    stage.expect_each_effect_once().await;
}

#[tokio::test]
async fn no_event_of_50_orders_is_lost_repeated_or_reordered_by_a_kill_at_any_step() {
    survives_a_kill_at_every_step(50).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn no_event_of_1000_orders_is_lost_repeated_or_reordered_by_a_kill_at_any_step() {
    survives_a_kill_at_every_step(1000).await;
}

#[tokio::test]
#[ignore = "takes two minutes"]
async fn two_processes_that_are_killed_at_random_lose_no_event() {
    let mut stage = Stage::new(2000).await;
    let started = Instant::now();
    let mut processes: Vec<Process> = Vec::new();
    while started.elapsed() < Duration::from_secs(120) {
        while processes.len() < 2 {
            processes.push(stage.process("", 100));
        }
        let [delay, victim, restart] = random::bytes::<3>();
        tokio::time::sleep(Duration::from_millis(500 + 10 * u64::from(delay))).await;
        drop(processes.remove(usize::from(victim) % 2));
        match restart {
            0..20 => stage.redis.restart_without_data().await,
            20..40 => stage.redis.restart_with_older_data().await,
            _ => {}
        }
    }
    processes.push(stage.process("", i32::MAX));
    stage.expect_each_effect_once().await;
    let placed: i64 = count(&stage.database.pool, "SELECT count(*) FROM placed").await;
    println!("{placed} events in {:?}", started.elapsed());
}

async fn count(pool: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}
