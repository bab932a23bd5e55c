//! The transaction in which a consumer handles an event.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use sqlx::{PgPool, Row as _};
use tokio::sync::Semaphore;
use writ_runtime::event::ConsumeError;

use super::AnyConsumer;
use super::dispatch::Entry;
use super::held::{self, Held};
use super::retry::Retries;
use crate::Transaction;
use crate::database;
use crate::events::fault;
use crate::events::message::Message;
use crate::metrics::{self, Consumption, Metrics};
use crate::telemetry;

/// The largest number of events that a consumer handles at the same time.
pub(in crate::events) const CONCURRENT: usize = 4;

/// The largest number of held-back events that a consumer handles at the same time, in addition to the others. So events
/// that fail slowly do not keep those of other aggregates waiting.
pub(in crate::events) const RETRIED: usize = 2;

/// The time limit of the database for an attempt, in addition to that of the consumer.
const STORE_TIMEOUT: Duration = Duration::from_secs(10);

/// Locks the lease until the end of the transaction, and records the event in the inbox, unless an earlier event of its
/// aggregate is held back.
pub(super) const BEGIN: &str = "\
WITH lease AS MATERIALIZED (
    SELECT 1 AS one FROM writ.event_leases
    WHERE service = current_schema() AND consumer = $1 AND partition = $2 AND token = $3 FOR KEY SHARE
), earlier AS MATERIALIZED (
    SELECT EXISTS (
        SELECT FROM writ.held_events
        WHERE service = current_schema() AND consumer = $1 AND aggregate = $5 AND aggregate_id = $6
    ) AS is_held
), recorded AS (
    INSERT INTO writ.inbox (service, consumer, event_id)
    SELECT current_schema(), $1, $4::uuid FROM lease, earlier WHERE NOT is_held ON CONFLICT DO NOTHING RETURNING 1 AS one
)
SELECT EXISTS (SELECT FROM lease) AS is_led, is_held, EXISTS (SELECT FROM recorded) AS is_new FROM earlier";

/// Returns true if the transaction has recorded the event. PostgreSQL does not commit a transaction in which a statement
/// failed, and does not report that as an error.
pub(super) const CONFIRM: &str = "\
SELECT EXISTS (SELECT FROM writ.inbox WHERE service = current_schema() AND consumer = $1 AND event_id = $2)";

/// The treatment of an entry after the work on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The event is in the database of the consumer: handled, or held back.
    Acknowledge,
    /// The event must be read again.
    Keep,
}

/// The reason why the transaction of an event was not committed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The consumer failed or took too long.
    Consumer(ConsumeError),
    /// Another process holds the lease.
    LeaseLost,
    /// Too many events are held back.
    Full,
    /// The database failed.
    Store(sqlx::Error),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Failure {
        Failure::Store(error)
    }
}

impl Failure {
    /// Creates the failure of a database that does not respond. The network can lose a connection without an error.
    fn timeout() -> Failure {
        Failure::Store(std::io::Error::from(std::io::ErrorKind::TimedOut).into())
    }
}

/// The consumer of a group with its database. The tasks of its events share it.
pub(super) struct Handler {
    pub(super) name: String,
    consumer: Arc<dyn AnyConsumer>,
    types: BTreeSet<&'static str>,
    pub(super) pool: PgPool,
    pub(super) retries: Retries,
    pub(super) metrics: Arc<Metrics>,
    permits: Semaphore,
    retry_permits: Semaphore,
}

impl Handler {
    pub(super) fn new(
        name: String,
        consumer: Arc<dyn AnyConsumer>,
        types: BTreeSet<&'static str>,
        pool: PgPool,
        retries: Retries,
        metrics: Arc<Metrics>,
    ) -> Handler {
        let (permits, retry_permits) = (Semaphore::new(CONCURRENT), Semaphore::new(RETRIED));
        Handler { name, consumer, types, pool, retries, metrics, permits, retry_permits }
    }

    /// Handles an entry of a stream.
    pub(super) async fn handle(&self, entry: &Entry) -> Outcome {
        if !self.types.contains(entry.message.event.event_type.as_str()) {
            return Outcome::Acknowledge;
        }
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await;
        let span = telemetry::consumption(&entry.message.origin, &entry.message.event, &self.name);
        let work = span.run(metrics::within(self.metrics.clone(), self.observed(entry)));
        work.await
    }

    /// Handles an entry, and counts the result.
    async fn observed(&self, entry: &Entry) -> Outcome {
        let started = Instant::now();
        let (result, outcome) = match self.within_limit(self.attempt(entry)).await {
            Ok(result) => (result, Outcome::Acknowledge),
            Err(Failure::Consumer(error)) => self.hold(entry, &error).await,
            Err(failure) => {
                self.report(&failure);
                return Outcome::Keep;
            }
        };
        self.metrics.observe_consumed(&self.name, result, started.elapsed());
        outcome
    }

    /// Completes an attempt within the time limits of the consumer and of the database.
    async fn within_limit<T>(&self, attempt: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let limit = self.retries.timeout.saturating_add(STORE_TIMEOUT);
        tokio::time::timeout(limit, attempt).await.unwrap_or_else(|_| Err(Failure::timeout()))
    }

    /// Handles an entry in a transaction, unless it has no effect.
    async fn attempt(&self, entry: &Entry) -> Result<Consumption, Failure> {
        let event = &entry.message.event;
        if self.consumer.ignores(event).await {
            return Ok(Consumption::Handled);
        }
        let mut transaction = Transaction::begin(&self.pool).await?;
        let begin = sqlx::query(BEGIN).bind(&self.name).bind(entry.partition).bind(entry.token).bind(event.id.uuid());
        let begin = begin.bind(&entry.message.aggregate).bind(&event.aggregate_id);
        let begun = begin.fetch_one(&mut *transaction).await?;
        if !begun.try_get::<bool, _>("is_led")? {
            return Err(Failure::LeaseLost);
        }
        if begun.try_get("is_held")? {
            let held = Held::behind_another(entry);
            held.insert(&mut transaction, &self.name).await?;
            transaction.commit().await?;
            return Ok(Consumption::HeldBack);
        }
        if !begun.try_get::<bool, _>("is_new")? {
            transaction.rollback().await?;
            return Ok(Consumption::Repeated);
        }
        self.consume(&mut transaction, &entry.message).await.map_err(Failure::Consumer)?;
        fault::at("consumer: handled");
        transaction.commit().await?;
        Ok(Consumption::Handled)
    }

    /// Calls the consumer, within its time limit. A panic is a failure.
    pub(super) async fn consume(&self, transaction: &mut Transaction, message: &Message) -> Result<(), ConsumeError> {
        let work = AssertUnwindSafe(self.consumer.consume(transaction, &message.event)).catch_unwind();
        match tokio::time::timeout(self.retries.timeout, work).await {
            Ok(Ok(result)) => result?,
            Ok(Err(_)) => return Err(ConsumeError::Failed("the consumer panicked".into())),
            Err(_) => return Err(ConsumeError::Failed("the consumer exceeded its time limit".into())),
        }
        let confirm = sqlx::query_scalar(CONFIRM).bind(&self.name).bind(message.event.id.uuid());
        match confirm.fetch_one(&mut **transaction).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(ConsumeError::Failed("the consumer ended its transaction".into())),
            Err(error) => Err(ConsumeError::Failed(error.into())),
        }
    }

    /// Holds an event back after its first failure.
    async fn hold(&self, entry: &Entry, error: &ConsumeError) -> (Consumption, Outcome) {
        let held = Held::failed(entry, error, &self.retries);
        let result = if held.is_parked { Consumption::Parked } else { Consumption::Failed };
        tracing::warn!(%error, parked = held.is_parked, "an event was not handled: its aggregate waits");
        let stored = async {
            let mut transaction = Transaction::begin(&self.pool).await?;
            if !held::lock(&mut transaction, &self.name, entry.partition, entry.token).await? {
                return Err(Failure::LeaseLost);
            }
            held.insert(&mut transaction, &self.name).await?;
            Ok(transaction.commit().await?)
        };
        match tokio::time::timeout(STORE_TIMEOUT, stored).await.unwrap_or_else(|_| Err(Failure::timeout())) {
            Ok(()) => (result, Outcome::Acknowledge),
            Err(failure) => {
                self.report(&failure);
                (result, Outcome::Keep)
            }
        }
    }

    /// Handles a held-back event. Returns true if it is no longer held back.
    pub(super) async fn retry(&self, held: &Held) -> bool {
        let _permit = self.retry_permits.acquire().await;
        let span = telemetry::consumption(&held.message.origin, &held.message.event, &self.name);
        span.run(metrics::within(self.metrics.clone(), self.retry_observed(held))).await
    }

    async fn retry_observed(&self, held: &Held) -> bool {
        let started = Instant::now();
        let result = match self.within_limit(self.retry_once(held)).await {
            Ok(result) => result,
            Err(Failure::Consumer(error)) => {
                let next = held.after_failure(&error, &self.retries);
                tracing::warn!(%error, attempts = next.attempts, parked = next.is_parked, "a held-back event failed again");
                if let Err(error) = database::within(STORE_TIMEOUT, next.update(&self.pool, &self.name)).await {
                    self.report(&Failure::Store(error));
                }
                if next.is_parked { Consumption::Parked } else { Consumption::Failed }
            }
            Err(failure) => {
                self.report(&failure);
                return false;
            }
        };
        self.metrics.observe_consumed(&self.name, result, started.elapsed());
        matches!(result, Consumption::Handled | Consumption::Repeated)
    }

    /// Handles a held-back event in a transaction, which also removes it from the held-back events.
    async fn retry_once(&self, held: &Held) -> Result<Consumption, Failure> {
        let mut transaction = Transaction::begin(&self.pool).await?;
        if !held::lock(&mut transaction, &self.name, held.partition, held.token).await? {
            return Err(Failure::LeaseLost);
        }
        let is_taken = held.take(&mut transaction, &self.name).await?;
        if !is_taken || !held.record(&mut transaction, &self.name).await? {
            transaction.commit().await?;
            return Ok(Consumption::Repeated);
        }
        self.consume(&mut transaction, &held.message).await.map_err(Failure::Consumer)?;
        transaction.commit().await?;
        Ok(Consumption::Handled)
    }

    fn report(&self, failure: &Failure) {
        let consumer = &self.name;
        match failure {
            Failure::LeaseLost => tracing::debug!(consumer, "another process handles the partition"),
            Failure::Full => tracing::warn!(consumer, "too many events are held back: events of the partition wait"),
            Failure::Store(error) => {
                tracing::warn!(consumer, %error, "the database of a consumer failed: trying again")
            }
            Failure::Consumer(error) => tracing::warn!(consumer, %error, "an event was not handled"),
        }
    }
}
