//! A service with an outbox and a consumer, for tests.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use sqlx::{PgPool, Row as _};
use writ_runtime::event::{Consume, ConsumeError, EventId, EventType, NewEvent, Outbox as _, StoredEvent};

use crate::events::Outbox;
use crate::testing::TestServer;
use crate::{Builder, Database, Platform, Redis, Service, Transaction};

/// The longest time that a test waits for events.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

static NUMBERED: EventType = EventType { name: "counter.numbered", aggregate: "counter", version: 1, internal: false };
static CONSUMED: &[&EventType] = &[&NUMBERED];
static OTHER: EventType = EventType { name: "counter.other", aggregate: "counter", version: 1, internal: false };

/// The database of the service.
pub(super) static DATABASE: Database = Database::new("counters", &sqlx::migrate::Migrator::DEFAULT);

/// The table of the effects of events.
pub(super) const EFFECTS: &str = "\
CREATE TABLE IF NOT EXISTS effects (place bigserial PRIMARY KEY, aggregate text NOT NULL, number int NOT NULL)";

/// A service that publishes numbers, and consumes them into a table.
pub(super) struct Counters {
    pub(super) pool: PgPool,
    pub(super) redis: Redis,
    outbox: Outbox,
    pub(super) behaviour: Behaviour,
}

/// The behaviour of the consumer for some aggregates.
#[derive(Clone, Default)]
pub(super) struct Behaviour {
    reactions: Arc<Mutex<BTreeMap<String, Reaction>>>,
    /// The number of attempts that hang.
    pub(super) hanging: Arc<AtomicUsize>,
}

/// The reaction of the consumer to the events of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reaction {
    /// The consumer returns an error.
    Fail,
    /// The consumer panics.
    Panic,
    /// The consumer never ends.
    Hang,
    /// The consumer finds that the data does not match the schema.
    Misread,
    /// A statement of the consumer fails, and the consumer ignores that.
    Ignore,
}

impl Behaviour {
    pub(super) fn set(&self, aggregate: &str, reaction: Option<Reaction>) {
        let mut reactions = self.reactions.lock().unwrap_or_else(PoisonError::into_inner);
        match reaction {
            Some(reaction) => reactions.insert(aggregate.to_owned(), reaction),
            None => reactions.remove(aggregate),
        };
    }

    fn of(&self, aggregate: &str) -> Option<Reaction> {
        self.reactions.lock().unwrap_or_else(PoisonError::into_inner).get(aggregate).copied()
    }
}

impl Service for Counters {
    const PREFIX: &'static str = "COUNTERS_";

    fn new(platform: &mut Builder) -> Counters {
        let (pool, redis) = (platform.database(&DATABASE), platform.redis());
        let created = pool.clone();
        platform.at_start("create the tables", move || {
            let pool = created.clone();
            async move { Ok(sqlx::query(EFFECTS).execute(&pool).await.map(drop)?) }
        });
        let behaviour = Behaviour::default();
        let outbox = platform.events(&pool, &redis);
        platform.consumer("numbers", &pool, &redis, Numbers(behaviour.clone()));
        Counters { pool, redis, outbox, behaviour }
    }

    fn router(&self, _: &Platform) -> Router {
        Router::new()
    }
}

/// The consumer of the service. It ignores negative numbers.
struct Numbers(Behaviour);

impl Consume<Transaction> for Numbers {
    fn event_types(&self) -> &'static [&'static EventType] {
        CONSUMED
    }

    async fn ignores(&self, event: &StoredEvent) -> bool {
        event.data.starts_with(b"-")
    }

    async fn consume(&self, transaction: &mut Transaction, event: &StoredEvent) -> Result<(), ConsumeError> {
        let number: i32 = std::str::from_utf8(&event.data).unwrap().parse().unwrap();
        let insert = sqlx::query("INSERT INTO effects (aggregate, number) VALUES ($1, $2)").bind(&event.aggregate_id);
        insert.bind(number).execute(&mut **transaction).await.map_err(|error| ConsumeError::Failed(error.into()))?;
        match self.0.of(&event.aggregate_id) {
            None => Ok(()),
            Some(Reaction::Fail) => Err(ConsumeError::Failed("the printer is out of paper".into())),
            Some(Reaction::Panic) => panic!("the printer is on fire"),
            Some(Reaction::Hang) => {
                self.0.hanging.fetch_add(1, Ordering::SeqCst);
                std::future::pending().await
            }
            Some(Reaction::Misread) => Err(ConsumeError::Unreadable("number is missing".into())),
            Some(Reaction::Ignore) => {
                let _ = sqlx::query("SELECT 1 / 0").execute(&mut **transaction).await;
                Ok(())
            }
        }
    }
}

/// Starts the service with short times.
pub(super) async fn start() -> TestServer<Counters> {
    start_with(|_| ()).await
}

/// Starts the service with short times and further settings.
pub(super) async fn start_with(change: impl FnOnce(&mut crate::config::Source)) -> TestServer<Counters> {
    TestServer::<Counters>::start_with(|settings| {
        for (name, value) in
            [("EVENT_LEASE", "1s"), ("EVENT_RETRY_DELAY", "20ms"), ("EVENT_ATTEMPTS", "3"), ("EVENT_TIMEOUT", "500ms")]
        {
            settings.set(&format!("COUNTERS_{name}"), value);
        }
        change(settings);
    })
    .await
}

impl Counters {
    /// Publishes numbers of an aggregate, each in a transaction of its own.
    pub(super) async fn publish(&self, aggregate: &str, numbers: std::ops::Range<i32>) -> Vec<EventId> {
        let mut ids = Vec::new();
        for number in numbers {
            let mut transaction = Transaction::begin(&self.pool).await.unwrap();
            ids.push(self.append(&mut transaction, aggregate, number).await.unwrap());
            transaction.commit().await.unwrap();
        }
        ids
    }

    /// Publishes a number in a transaction.
    pub(super) async fn append(
        &self,
        transaction: &mut Transaction,
        aggregate: &str,
        number: i32,
    ) -> Result<EventId, sqlx::Error> {
        let event =
            NewEvent { event_type: &NUMBERED, aggregate_id: aggregate.to_owned(), data: number.to_string().into() };
        self.outbox.append(transaction, event).await
    }

    /// Publishes an event that the consumer does not handle.
    pub(super) async fn publish_other(&self) {
        let mut transaction = Transaction::begin(&self.pool).await.unwrap();
        let event = NewEvent { event_type: &OTHER, aggregate_id: "other".to_owned(), data: "{}".into() };
        self.outbox.append(&mut transaction, event).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Returns the effects of an aggregate, in their order.
    pub(super) async fn effects(&self, aggregate: &str) -> Vec<i32> {
        let read = sqlx::query_scalar("SELECT number FROM effects WHERE aggregate = $1 ORDER BY place").bind(aggregate);
        read.fetch_all(&self.pool).await.unwrap()
    }

    /// Waits until an aggregate has these effects, in this order.
    pub(super) async fn expect(&self, aggregate: &str, numbers: std::ops::Range<i32>) {
        let expected: Vec<i32> = numbers.collect();
        let reached = eventually(async || self.effects(aggregate).await.len() >= expected.len()).await;
        let found = self.effects(aggregate).await;
        assert!(reached && found == expected, "{aggregate}: {found:?}; held back: {:?}", self.held().await);
    }

    /// Returns the held-back events: the aggregate, the attempts and true for a parked one.
    pub(super) async fn held(&self) -> Vec<(String, i32, bool)> {
        let held =
            "SELECT aggregate_id, attempts, parked_at IS NOT NULL AS parked FROM writ.held_events ORDER BY position";
        let rows = sqlx::query(held).fetch_all(&self.pool).await.unwrap();
        rows.iter().map(|row| (row.get("aggregate_id"), row.get("attempts"), row.get("parked"))).collect()
    }

    /// Removes all keys of the service from Redis, as a Redis without its data does.
    pub(super) async fn lose_redis_data(&self) {
        let mut keys = redis::pipe();
        keys.cmd("KEYS").arg(self.redis.key("*"));
        let (keys,): (Vec<String>,) = self.redis.run(&keys).await.unwrap();
        if !keys.is_empty() {
            let mut delete = redis::pipe();
            delete.cmd("DEL").arg(keys).ignore();
            self.redis.run::<()>(&delete).await.unwrap();
        }
    }
}

/// Waits until a condition holds. Returns false if it does not within the patience of a test.
pub(super) async fn eventually(condition: impl AsyncFn() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if condition().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}
