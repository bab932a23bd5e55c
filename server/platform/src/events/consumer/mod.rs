//! Consumers: they handle the events of the streams, each in a transaction with its effect.

mod dispatch;
mod handle;
mod held;
mod measure;
mod read;
mod retry;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use writ_runtime::event::{Consume, ConsumeError, StoredEvent};

use super::GATHER;
use super::lease::Leases;
use crate::Transaction;
use crate::database;
use crate::jobs::Expired;
use crate::metrics::Metrics;
use crate::redis::Redis;
use crate::shutdown::Shutdown;
use dispatch::{Dispatcher, Entry};
pub(super) use handle::{CONCURRENT, RETRIED};
use handle::{Handler, Outcome};
#[cfg(test)]
pub(super) use held::lock as lock_lease;
use read::{Batch, Reader};
pub(super) use retry::Retries;

/// The time between two looks at the events that are held back.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// The time between two measurements.
const MEASURE_INTERVAL: Duration = Duration::from_secs(5);

/// The longest time that the end of the process waits for events that are being handled.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// The number of acknowledgements that Redis has not confirmed, above which no events are read.
const MAX_ACKNOWLEDGEMENTS: usize = 1024;

/// The time limit of a query between events.
const QUERY_TIMEOUT: Duration = Duration::from_secs(5);

/// The pause of a partition whose events could not be handled because of a store.
const PAUSE: Duration = Duration::from_millis(500);

/// The time for which the inbox knows events. An event cannot be repeated later: the outbox keeps it for seven days, and
/// streams keep it for seven further days at most.
const RETENTION: Duration = Duration::from_secs(30 * 86_400);

/// The records of handled events whose retention has passed.
pub(crate) const INBOX_EXPIRED: Expired =
    Expired::new("writ.inbox", "handled_at").after(RETENTION).only("service = current_schema()");

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    handle::BEGIN,
    handle::CONFIRM,
    held::COUNT,
    held::DUE,
    held::FAIL,
    held::HOLD,
    held::LOCK,
    held::MEASURE,
    held::RECORD,
    held::TAKE,
];

/// A consumer of any type.
pub(in crate::events) trait AnyConsumer: Send + Sync {
    /// Returns true if an event has no effect. See [`Consume::ignores`].
    fn ignores<'a>(&'a self, event: &'a StoredEvent) -> BoxFuture<'a, bool>;

    /// Handles an event. See [`Consume::consume`].
    fn consume<'a>(
        &'a self,
        transaction: &'a mut Transaction,
        event: &'a StoredEvent,
    ) -> BoxFuture<'a, Result<(), ConsumeError>>;
}

impl<C: Consume<Transaction>> AnyConsumer for C {
    fn ignores<'a>(&'a self, event: &'a StoredEvent) -> BoxFuture<'a, bool> {
        Consume::ignores(self, event).boxed()
    }

    fn consume<'a>(
        &'a self,
        transaction: &'a mut Transaction,
        event: &'a StoredEvent,
    ) -> BoxFuture<'a, Result<(), ConsumeError>> {
        Consume::consume(self, transaction, event).boxed()
    }
}

/// A consumer group in one process. Several processes run it, and each partition has one consumer.
pub(super) struct Consumer {
    handler: Arc<Handler>,
    leases: Leases,
    redis: Redis,
    reader: Reader,
    dispatcher: Dispatcher,
    tasks: JoinSet<Done>,
    /// The held-back events that are being handled.
    retried: BTreeSet<uuid::Uuid>,
    /// The entries that are handled and not acknowledged yet, and the time at which they are.
    acknowledged: Vec<(i16, String)>,
    acknowledge_at: Instant,
    /// The time of the next read.
    read_at: Instant,
    renew_at: Instant,
    retry_at: Instant,
    measure_at: Instant,
}

/// A piece of work that has ended.
#[expect(clippy::large_enum_variant, reason = "a consumer has only a few pieces of work at once")]
enum Done {
    /// An entry of a stream.
    Entry(Entry, Outcome),
    /// A held-back event. The flag is true if it is handled, so that the next one of its aggregate can follow.
    Held(uuid::Uuid, bool),
}

/// The parts of a consumer group.
pub(super) struct Settings {
    pub(super) name: String,
    pub(super) consumer: Arc<dyn AnyConsumer>,
    /// The names of the event types that the consumer handles.
    pub(super) types: BTreeSet<&'static str>,
    pub(super) retries: Retries,
    /// The lifetime of a lease.
    pub(super) lifetime: Duration,
}

impl Consumer {
    pub(super) fn new(settings: Settings, pool: PgPool, redis: &Redis, metrics: Arc<Metrics>) -> Consumer {
        let Settings { name, consumer, types, retries, lifetime } = settings;
        let (leases, now) = (Leases::new(pool.clone(), &name, lifetime), Instant::now());
        Consumer {
            reader: Reader::new(redis.separate(), &name),
            handler: Arc::new(Handler::new(name, consumer, types, pool, retries, metrics)),
            leases,
            redis: redis.separate(),
            dispatcher: Dispatcher::default(),
            tasks: JoinSet::new(),
            retried: BTreeSet::new(),
            acknowledged: Vec::new(),
            acknowledge_at: now,
            read_at: now,
            renew_at: now,
            retry_at: now,
            measure_at: now,
        }
    }

    /// Handles events until the shutdown begins.
    pub(super) async fn run(mut self, shutdown: Shutdown) {
        // The response to a read must not be lost, because Redis then counts its events as received.
        let mut reading: Option<BoxFuture<'static, Batch>> = None;
        loop {
            let (now, may_read) = (Instant::now(), self.acknowledged.len() < MAX_ACKNOWLEDGEMENTS);
            if reading.is_none() && may_read && now >= self.read_at {
                reading = self.dispatcher.request(now).map(|request| self.reader.clone().read(request).boxed());
            }
            tokio::select! {
                () = shutdown.draining() => break,
                batch = response(&mut reading) => {
                    reading = None;
                    self.accept(batch);
                }
                Some(done) = self.tasks.join_next() => self.finish(done),
                () = sleep_until(self.read_at), if reading.is_none() && now < self.read_at => {}
                () = sleep_until(self.acknowledge_at), if !self.acknowledged.is_empty() => self.acknowledge().await,
                () = sleep_until(self.renew_at) => self.renew().await,
                () = sleep_until(self.retry_at) => self.retry_held().await,
                () = sleep_until(self.measure_at) => self.measure().await,
            }
            while let Some(done) = self.tasks.try_join_next() {
                self.finish(done);
            }
        }
        let drained = async {
            while let Some(done) = self.tasks.join_next().await {
                if let Ok(Done::Entry(entry, Outcome::Acknowledge)) = done {
                    self.acknowledged.push((entry.partition, entry.id));
                }
            }
        };
        let _ = tokio::time::timeout(DRAIN_TIMEOUT, drained).await;
        self.acknowledge().await;
        self.tasks.shutdown().await;
        self.leases.release().await;
    }

    /// Begins to handle the entries that were read.
    fn accept(&mut self, batch: Batch) {
        match batch {
            Batch::Entries { entries, recovers } => {
                if !recovers && entries.iter().any(|(_, entries)| !entries.is_empty()) {
                    // The entries that follow soon come in one response.
                    self.read_at = Instant::now() + GATHER;
                }
                let (started, unreadable) = self.dispatcher.accept(entries, recovers);
                started.into_iter().for_each(|entry| self.start(entry));
                unreadable.into_iter().for_each(|entry| self.handled(entry));
            }
            // Redis may have handed out entries whose response was lost, or has lost the group.
            Batch::Failed => self.dispatcher.pause_all(Instant::now() + PAUSE),
        }
    }

    fn start(&mut self, entry: Entry) {
        let handler = self.handler.clone();
        self.tasks.spawn(async move {
            let outcome = settled(handler.handle(&entry)).await.unwrap_or(Outcome::Keep);
            Done::Entry(entry, outcome)
        });
    }

    /// Records a piece of work that has ended, and begins the next one of its aggregate.
    fn finish(&mut self, done: Result<Done, tokio::task::JoinError>) {
        match done {
            Ok(Done::Entry(entry, outcome)) => {
                if outcome == Outcome::Acknowledge {
                    self.handled((entry.partition, entry.id.clone()));
                }
                let pause = (outcome == Outcome::Keep).then(|| Instant::now() + PAUSE);
                if let Some(next) = self.dispatcher.finish(&entry, pause) {
                    self.start(next);
                }
            }
            Ok(Done::Held(event, handled)) => {
                self.retried.remove(&event);
                if handled {
                    self.retry_at = Instant::now();
                }
            }
            // A task catches its panics, and is cancelled only at the end of the consumer.
            Err(error) => tracing::error!(consumer = self.handler.name, %error, "the task of an event failed"),
        }
    }

    /// Remembers that an entry of a partition is handled, to acknowledge it together with others.
    fn handled(&mut self, entry: (i16, String)) {
        if self.acknowledged.is_empty() {
            self.acknowledge_at = Instant::now() + GATHER;
        }
        self.acknowledged.push(entry);
    }

    /// Extends the leases, and adopts those that this process has gained or lost.
    async fn renew(&mut self) {
        match self.leases.hold().await {
            Ok(leases) => self.dispatcher.adopt(&leases),
            Err(error) => tracing::warn!(consumer = self.handler.name, %error, "cannot renew the leases of a consumer"),
        }
        self.renew_at = Instant::now() + self.leases.lifetime / 4;
    }

    /// Begins to handle the held-back events that are due.
    async fn retry_held(&mut self) {
        self.retry_at = Instant::now() + RETRY_INTERVAL;
        let leases = self.dispatcher.leases();
        match database::within(QUERY_TIMEOUT, held::due(&self.handler.pool, &self.handler.name, &leases)).await {
            Ok(due) => {
                for event in due {
                    let id = event.message.event.id.uuid();
                    if self.retried.insert(id) {
                        let handler = self.handler.clone();
                        let work = async move { settled(handler.retry(&event)).await.unwrap_or(false) };
                        self.tasks.spawn(async move { Done::Held(id, work.await) });
                    }
                }
            }
            Err(error) => tracing::debug!(consumer = self.handler.name, %error, "cannot read held-back events"),
        }
    }

    /// Acknowledges the entries that are handled. Those that Redis does not confirm are sent again.
    async fn acknowledge(&mut self) {
        if self.acknowledged.is_empty() {
            return;
        }
        super::fault::at("consumer: committed");
        let mut by_partition: BTreeMap<i16, Vec<&str>> = BTreeMap::new();
        for (partition, id) in &self.acknowledged {
            by_partition.entry(*partition).or_default().push(id);
        }
        let mut commands = redis::pipe();
        for (partition, ids) in by_partition {
            let stream = super::relay::stream_key(&self.redis, partition);
            commands.cmd("XACK").arg(stream).arg(&self.handler.name).arg(ids).ignore();
        }
        if self.redis.run_with_timeout::<()>(&commands, Duration::from_secs(2)).await.is_ok() {
            self.acknowledged.clear();
            super::fault::at("consumer: acknowledged");
        } else {
            self.acknowledge_at = Instant::now() + PAUSE;
        }
    }

    /// Measures the backlog, for metrics.
    async fn measure(&mut self) {
        self.measure_at = Instant::now() + MEASURE_INTERVAL;
        let leases = self.dispatcher.leases();
        let measured = tokio::time::timeout(QUERY_TIMEOUT, measure::measure(&self.handler, &self.redis, &leases)).await;
        if let Ok(Err(error)) = measured {
            tracing::debug!(consumer = self.handler.name, %error, "cannot measure the backlog of a consumer");
        }
    }
}

/// Completes the work on an event. Returns `None` if it panics. The panic is logged where it happens.
async fn settled<T>(work: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(work).catch_unwind().await.ok()
}

/// Waits for the response to a read. Without a read it waits for ever.
async fn response(reading: &mut Option<BoxFuture<'static, Batch>>) -> Batch {
    match reading {
        Some(reading) => reading.await,
        None => std::future::pending().await,
    }
}
