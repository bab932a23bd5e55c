//! Tests of a relay that has lost its lease without noticing.

use std::sync::Arc;
use std::time::Duration;

use writ_runtime::event::{EventType, NewEvent, Outbox as _};

use super::support::{DATABASE, eventually};
use crate::Transaction;
use crate::events::lease::Leases;
use crate::events::outbox::partition_of;
use crate::events::relay::{Relay, stream_key};
use crate::events::{Outbox, PARTITIONS};
use crate::metrics::Metrics;
use crate::telemetry::captured::Captured;
use crate::testing::{self, TestDatabase};

static NUMBERED: EventType = EventType { name: "counter.numbered", aggregate: "counter", version: 1, internal: false };

/// A database with an outbox, and a Redis, without a running service.
pub(super) struct Stage {
    database: TestDatabase,
    pub(super) redis: crate::Redis,
}

impl Stage {
    pub(super) async fn new() -> Stage {
        let database = TestDatabase::migrated(&DATABASE).await;
        Leases::new(database.pool.clone(), "", Duration::from_secs(1)).create().await.unwrap();
        Stage { database, redis: testing::redis() }
    }

    pub(super) fn relay(&self, lifetime: Duration) -> Relay {
        let (pool, redis, metrics) = (self.database.pool.clone(), self.redis.clone(), Arc::<Metrics>::default());
        Relay::new(pool, redis, "counters".to_owned(), lifetime, metrics, Arc::default())
    }

    pub(super) async fn publish(&self, number: i32) {
        let mut transaction = Transaction::begin(&self.database.pool).await.unwrap();
        let event = NewEvent { event_type: &NUMBERED, aggregate_id: "a".to_owned(), data: number.to_string().into() };
        Outbox::default().append(&mut transaction, event).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Returns the key of the number of the last batch of the aggregate's partition.
    pub(super) fn mark(&self) -> String {
        self.redis.key(format_args!("events:last:counters:{}", partition_of("counter", "a")))
    }

    /// Returns the key of the stream of the aggregate.
    pub(super) fn stream_key(&self) -> String {
        stream_key(&self.redis, partition_of("counter", "a"))
    }

    /// Returns the numbers in the stream of the aggregate.
    async fn stream(&self) -> Vec<String> {
        let mut read = redis::pipe();
        read.cmd("XRANGE").arg(self.stream_key()).arg("-").arg("+");
        let (entries,): (redis::streams::StreamRangeReply,) = self.redis.run(&read).await.unwrap();
        entries.ids.iter().map(|entry| entry.get("data").unwrap()).collect()
    }
}

#[tokio::test]
async fn a_relay_that_has_lost_its_lease_adds_nothing_behind_the_new_leader() {
    let stage = Stage::new().await;
    let (mut first, mut second) = (stage.relay(Duration::from_millis(50)), stage.relay(Duration::from_secs(60)));
    stage.publish(0).await;
    assert!(first.step().await.unwrap());
    assert_eq!(stage.stream().await, ["0"]);
    let ended = async || {
        let ended = "SELECT bool_and(until < now()) FROM writ.event_leases";
        sqlx::query_scalar::<_, bool>(ended).fetch_one(&stage.database.pool).await.unwrap()
    };
    assert!(eventually(ended).await);
    stage.publish(1).await;
    assert!(second.step().await.unwrap());
    stage.publish(2).await;
    assert!(!first.publish().await.unwrap());
    assert_eq!(stage.stream().await, ["0", "1"]);
    assert!(second.step().await.unwrap());
    assert_eq!(stage.stream().await, ["0", "1", "2"]);
}

#[tokio::test]
async fn an_outage_of_a_relay_and_its_end_are_each_logged_once() {
    let stage = Stage::new().await;
    let lines = Captured::default();
    let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let count = |message| lines.text().matches(message).count();
    let logged = || (count("events are not published at the moment"), count("events are published again"));
    let mut relay = stage.relay(Duration::from_secs(60));
    let rename = async |statement: &'static str| {
        sqlx::query(statement).execute(&stage.database.pool).await.unwrap();
    };
    assert!(!relay.attempt().await);
    rename("ALTER TABLE writ.outbox RENAME TO gone").await;
    assert!(!relay.attempt().await);
    assert!(!relay.attempt().await);
    assert_eq!(logged(), (1, 0), "{}", lines.text());
    rename("ALTER TABLE writ.gone RENAME TO outbox").await;
    stage.publish(0).await;
    relay.attempt().await;
    relay.attempt().await;
    assert_eq!(logged(), (1, 1), "{}", lines.text());
    assert_eq!(stage.stream().await, ["0"]);
}

#[tokio::test]
async fn a_batch_that_was_added_and_not_recorded_is_repeated_in_its_order() {
    let stage = Stage::new().await;
    let (mut first, mut second) = (stage.relay(Duration::from_millis(50)), stage.relay(Duration::from_secs(60)));
    stage.publish(0).await;
    assert!(first.step().await.unwrap());
    let replace = "UPDATE writ.event_leases SET owner = NULL, token = token + 1, until = '-infinity'";
    sqlx::query(replace).execute(&stage.database.pool).await.unwrap();
    stage.publish(1).await;
    stage.publish(2).await;
    // The first relay adds the events, and cannot record them.
    assert!(first.publish().await.unwrap());
    assert!(second.step().await.unwrap());
    assert_eq!(stage.stream().await, ["0", "1", "2", "1", "2"]);
    assert!(!second.step().await.unwrap());
}

/// Reads the entries of the aggregate's stream that the group `numbers` has not received, and acknowledges them.
async fn consume_all(stage: &Stage) {
    let stream = stage.stream_key();
    let mut read = redis::pipe();
    read.cmd("XREADGROUP").arg("GROUP").arg("numbers").arg("leased").arg("STREAMS").arg(&stream).arg(">");
    let (read,): (redis::streams::StreamReadReply,) = stage.redis.run(&read).await.unwrap();
    let mut acknowledge = redis::pipe();
    for entry in read.keys.iter().flat_map(|key| &key.ids) {
        acknowledge.cmd("XACK").arg(&stream).arg("numbers").arg(&entry.id).ignore();
    }
    stage.redis.run::<()>(&acknowledge).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_was_full_is_trimmed_and_receives_events_again() {
    let stage = Stage::new().await;
    let mut create = redis::pipe();
    create.cmd("XGROUP").arg("CREATE").arg(stage.stream_key()).arg("numbers").arg("0").arg("MKSTREAM").ignore();
    stage.redis.run::<()>(&create).await.unwrap();
    let mut relay = stage.relay(Duration::from_millis(50));
    relay.max_length = 2;
    for number in 0..2 {
        stage.publish(number).await;
    }
    assert!(relay.step().await.unwrap());
    stage.publish(2).await;
    assert!(!relay.step().await.unwrap());
    assert_eq!(stage.stream().await, ["0", "1"]);
    consume_all(&stage).await;
    let mut reached = false;
    let started = std::time::Instant::now();
    while !reached && started.elapsed() < super::support::PATIENCE {
        relay.step().await.unwrap();
        reached = stage.stream().await.last().is_some_and(|number| number == "2");
    }
    assert!(reached, "{:?}", stage.stream().await);
}

#[tokio::test]
async fn a_group_without_a_consumer_for_seven_days_is_removed_from_all_streams() {
    let stage = Stage::new().await;
    let mut create = redis::pipe();
    for partition in 0..PARTITIONS {
        let stream = stream_key(&stage.redis, partition);
        create.cmd("XGROUP").arg("CREATE").arg(stream).arg("gone").arg("0").arg("MKSTREAM").ignore();
    }
    stage.redis.run::<()>(&create).await.unwrap();
    let see = "INSERT INTO writ.event_groups VALUES ('counters', 'gone', now() - interval '8 days')";
    sqlx::query(see).execute(&stage.database.pool).await.unwrap();
    // Another process leads half of the partitions.
    let lead = "UPDATE writ.event_leases SET owner = gen_random_uuid(), until = 'infinity' WHERE partition < 8";
    sqlx::query(lead).execute(&stage.database.pool).await.unwrap();
    stage.relay(Duration::from_secs(60)).step().await.unwrap();
    let mut groups = redis::pipe();
    for partition in 0..PARTITIONS {
        groups.cmd("XINFO").arg("GROUPS").arg(stream_key(&stage.redis, partition));
    }
    let groups: Vec<redis::streams::StreamInfoGroupsReply> = stage.redis.run(&groups).await.unwrap();
    assert!(groups.iter().all(|reply| reply.groups.is_empty()), "{groups:?}");
    let known = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM writ.event_groups");
    assert_eq!(known.fetch_one(&stage.database.pool).await.unwrap(), 0);
}
