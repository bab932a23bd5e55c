//! The relay: it publishes the events of an outbox in Redis Streams.

mod complete;
pub(super) mod groups;
mod measure;
mod publish;
mod recover;
mod trim;
mod wake;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::PARTITIONS;
use super::lease::{Lease, Leases};
use crate::BoxError;
use crate::jobs::Expired;
use crate::metrics::Metrics;
use crate::redis::Redis;
use crate::shutdown::Shutdown;
pub(super) use complete::complete_key;
pub(super) use measure::Status;
use publish::MAX_LENGTH;
use wake::Wake;

/// The longest time between two looks at the outbox. Usually a notification ends the wait.
const TICK: Duration = Duration::from_millis(500);

/// The time between two trimmings of the streams.
const TRIM_INTERVAL: Duration = Duration::from_secs(10);

/// The time between two records of the time up to which the streams are complete.
const COMPLETE_INTERVAL: Duration = Duration::from_secs(2);

/// The time limit of a step. The network can lose a connection to the database without an error.
const STEP_TIMEOUT: Duration = Duration::from_secs(15);

/// The time limit of a pipeline of commands to Redis.
const REDIS_TIMEOUT: Duration = Duration::from_secs(5);

/// The time for which published events stay in the outbox.
const RETENTION: Duration = Duration::from_secs(7 * 86_400);

/// The published events whose retention has passed.
pub(crate) const OUTBOX_EXPIRED: Expired = Expired::new("writ.outbox", "published_at")
    .after(RETENTION)
    .only("service = current_schema() AND batch IS NOT NULL");

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    groups::KNOWN,
    groups::SEE,
    groups::FORGET,
    measure::MEASURE,
    publish::UNPUBLISHED,
    publish::RECORD,
    recover::RETURN,
    wake::ANNOUNCE,
];

/// The relay of an outbox in one process. Several processes run it, and each partition has one leader.
pub(super) struct Relay {
    pool: PgPool,
    redis: Redis,
    leases: Leases,
    /// The schema of the outbox, as metrics name it.
    outbox: String,
    metrics: Arc<Metrics>,
    status: Arc<Status>,
    /// The partitions that this process leads and can publish.
    led: BTreeMap<i16, Led>,
    /// The partitions whose streams are full, each reported once.
    full: BTreeSet<i16>,
    /// The largest length of a stream.
    pub(super) max_length: usize,
    renewed: Option<Instant>,
    trimmed: Option<Instant>,
    completed: Option<Instant>,
    /// True if the last step published a full batch, so that more events may be left.
    is_behind: bool,
    /// True if the last step failed, so that further failures are not logged.
    is_failing: bool,
}

/// A partition that this process leads.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Led {
    token: i64,
    /// The number of the last batch, as Redis has it. `None` if Redis has no batch.
    last: Option<i64>,
    /// The number of the next batch.
    next: i64,
    /// The state of the stream, as the last batch found it. The leader tries a full stream again when it renews its lease.
    is_full: bool,
}

impl Relay {
    pub(super) fn new(
        pool: PgPool,
        redis: Redis,
        outbox: String,
        lifetime: Duration,
        metrics: Arc<Metrics>,
        status: Arc<Status>,
    ) -> Relay {
        let leases = Leases::new(pool.clone(), "", lifetime);
        Relay {
            pool,
            redis,
            leases,
            outbox,
            metrics,
            status,
            led: BTreeMap::new(),
            full: BTreeSet::new(),
            max_length: MAX_LENGTH,
            renewed: None,
            trimmed: None,
            completed: None,
            is_behind: false,
            is_failing: false,
        }
    }

    /// Publishes events until the shutdown begins.
    ///
    /// `committed` is notified after each commit of this process with an event of the outbox.
    pub(super) async fn run(mut self, committed: Arc<Notify>, shutdown: Shutdown) {
        let wake = Wake::listen(self.pool.clone(), self.outbox.clone(), committed);
        loop {
            let publishes_more = tokio::select! {
                more = self.attempt() => more,
                () = shutdown.draining() => break,
            };
            wake.set_leads_all(self.led.len() == usize::from(PARTITIONS.unsigned_abs()));
            if publishes_more {
                continue;
            }
            tokio::select! {
                () = wake.committed() => {}
                () = tokio::time::sleep(TICK) => {}
                () = shutdown.draining() => break,
            }
        }
        self.leases.release().await;
    }

    /// Takes a step, and logs the first of several failures. Returns true if more events may be left.
    pub(super) async fn attempt(&mut self) -> bool {
        let step = tokio::time::timeout(STEP_TIMEOUT, self.step());
        match step.await.unwrap_or_else(|_| Err("a store did not respond in time".into())) {
            Ok(_) => {
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!(outbox = self.outbox, "events are published again");
                }
                self.is_behind
            }
            Err(error) => {
                // The outcome of the step is unknown, so the relay asks Redis for the last batches.
                self.led.clear();
                self.renewed = None;
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::warn!(outbox = self.outbox, %error, "events are not published at the moment");
                }
                false
            }
        }
    }

    /// Renews the leases if it is time, and publishes a batch of each partition that this process leads. Returns true if it
    /// published events.
    pub(super) async fn step(&mut self) -> Result<bool, BoxError> {
        if self.renewed.is_none_or(|renewed| renewed.elapsed() >= self.leases.lifetime / 4) {
            self.measure().await?;
            let leases = self.leases.hold().await?;
            self.renewed = Some(Instant::now());
            self.follow(&leases).await?;
        }
        let published = self.publish().await?;
        if self.trimmed.is_none_or(|trimmed| trimmed.elapsed() >= TRIM_INTERVAL) {
            self.trim().await?;
            self.trimmed = Some(Instant::now());
        }
        Ok(published)
    }

    /// Returns the key of the stream of a partition. All outboxes of a service add to it.
    fn stream(&self, partition: i16) -> String {
        stream_key(&self.redis, partition)
    }

    /// Returns the key of the number of the last batch of this outbox in a partition.
    fn mark(&self, partition: i16) -> String {
        self.redis.key(format_args!("events:last:{}:{partition}", self.outbox))
    }
}

/// Returns the key of the stream of a partition.
pub(super) fn stream_key(redis: &Redis, partition: i16) -> String {
    redis.key(format_args!("events:{partition}"))
}
