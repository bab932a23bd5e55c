//! The dispatcher: the task of a process that sends the deliveries which are due.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::task::{Id, JoinSet};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::delivery::{self, Attempt};
use super::endpoint;
use super::keys::{NoKey, SecretKeys};
use super::measure;
use super::request::{Failure, Message, Sender, TIMEOUT};
use super::schedule::Schedule;
use super::secret::WebhookSecret;
use crate::database;
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;
use crate::telemetry::ClientSpan;

/// The greatest number of attempts that begin at once for an endpoint. An endpoint with so many running attempts waits.
const EACH: usize = 4;

/// The time after which another process repeats an attempt whose process has died.
const LEASE: Duration = Duration::from_secs(4 * TIMEOUT.as_secs());

/// The time limit of a query or of a short transaction.
const QUERY_TIMEOUT: Duration = Duration::from_secs(10);

/// The time between two measurements.
const MEASURE_INTERVAL: Duration = Duration::from_secs(10);

/// The wait of a delivery whose endpoint has a secret that no configured key decrypts.
const KEY_WAIT: Duration = Duration::from_secs(60);

/// The sender of due deliveries.
#[derive(Debug, Clone)]
pub(super) struct Dispatcher {
    pub(super) pool: PgPool,
    pub(super) sender: Sender,
    pub(super) keys: SecretKeys,
    pub(super) schedule: Schedule,
    /// The time between two looks for due deliveries.
    pub(super) interval: Duration,
    pub(super) metrics: Arc<Metrics>,
}

impl Dispatcher {
    /// Sends due deliveries until the shutdown begins, and then waits for the running attempts.
    ///
    /// Each attempt is a task, and each endpoint has a limit of its own. So a slow endpoint only holds back itself.
    pub(super) async fn run(self, shutdown: Shutdown) {
        let (mut ticks, mut measures) = (tokio::time::interval(self.interval), tokio::time::interval(MEASURE_INTERVAL));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        measures.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut attempts, mut running, mut is_failing) = (JoinSet::new(), HashMap::new(), false);
        loop {
            tokio::select! {
                () = shutdown.draining() => break,
                _ = measures.tick() => {
                    let measured = database::within(QUERY_TIMEOUT, measure::measure(&self.pool, &self.metrics)).await;
                    if let Err(error) = measured {
                        tracing::debug!(%error, "cannot measure the webhooks");
                    }
                    continue;
                }
                _ = ticks.tick() => {}
                // The place of an ended attempt is free, so its endpoint may have more that is due.
                Some(ended) = attempts.join_next_with_id() => {
                    running.remove(&ended.map_or_else(|error| error.id(), |(id, ())| id));
                }
            }
            let begun = self.begin(&mut attempts, &mut running).await;
            let was_failing = std::mem::replace(&mut is_failing, begun.is_err());
            if let (Err(error), false) = (begun, was_failing) {
                tracing::warn!(%error, "cannot read the due webhooks: trying again");
            }
        }
        while attempts.join_next().await.is_some() {}
    }

    /// Begins attempts for all endpoints with a free place.
    async fn begin(&self, attempts: &mut JoinSet<()>, running: &mut HashMap<Id, Uuid>) -> Result<(), sqlx::Error> {
        let mut counts = HashMap::<Uuid, usize>::new();
        running.values().for_each(|endpoint| *counts.entry(*endpoint).or_default() += 1);
        let busy: Vec<Uuid> = counts.into_iter().filter(|(_, count)| *count >= EACH).map(|(id, _)| id).collect();
        let leased = delivery::lease(&self.pool, &busy, EACH as i64, LEASE);
        for attempt in database::within(QUERY_TIMEOUT, leased).await? {
            let (dispatcher, endpoint) = (self.clone(), attempt.endpoint);
            let task = attempts.spawn(async move { dispatcher.attempt(&attempt).await });
            running.insert(task.id(), endpoint);
        }
        Ok(())
    }

    /// Makes an attempt and records its result. If the result cannot be recorded, the attempt is repeated after its lease.
    async fn attempt(&self, attempt: &Attempt) {
        let recorded = match self.message(attempt) {
            Ok(message) => self.send(attempt, &message).await,
            Err(error) => {
                tracing::error!(endpoint = %attempt.endpoint, %error, "cannot sign a webhook: trying again later");
                let reason = error.to_string();
                database::within(QUERY_TIMEOUT, delivery::postpone(&self.pool, attempt, KEY_WAIT, &reason)).await
            }
        };
        if let Err(error) = recorded {
            tracing::warn!(%error, event = %attempt.event, "cannot record the result of a webhook: it is sent again");
        }
    }

    /// Returns the signed message of an attempt.
    fn message(&self, attempt: &Attempt) -> Result<Message, NoKey> {
        let (id, timestamp) = (attempt.event.to_string(), chrono::Utc::now().timestamp());
        let signature = |secret: WebhookSecret| secret.sign(&id, timestamp, &attempt.body);
        let mut signatures = signature(self.keys.open(attempt.endpoint, &attempt.secret)?);
        // A receiver needs one of the signatures, so the previous secret can be missing.
        let previous = attempt.previous_secret.as_deref();
        if let Some(Ok(previous)) = previous.map(|sealed| self.keys.open(attempt.endpoint, sealed)) {
            signatures = format!("{signatures} {}", signature(previous));
        }
        Ok(Message { timestamp, signatures, body: attempt.body.clone(), id })
    }

    /// Sends a message and records the result.
    async fn send(&self, attempt: &Attempt, message: &Message) -> Result<(), sqlx::Error> {
        let span = ClientSpan::delivery(
            attempt.event,
            &attempt.event_type,
            attempt.endpoint,
            attempt.number.unsigned_abs(),
            attempt.trace_parent.as_deref(),
        );
        match self.sender.send(&attempt.url, message, span).await {
            Ok(()) => {
                self.metrics.observe_webhook("delivered");
                database::within(QUERY_TIMEOUT, delivery::succeed(&self.pool, attempt)).await
            }
            Err(failure) => {
                self.metrics.observe_webhook(failure.label());
                database::within(QUERY_TIMEOUT, self.record_failure(attempt, &failure)).await
            }
        }
    }

    /// Records a failed attempt. Disables the endpoint if it has gone (410), or if a delivery has failed for good and the
    /// endpoint has accepted nothing since.
    async fn record_failure(&self, attempt: &Attempt, failure: &Failure) -> Result<(), sqlx::Error> {
        let is_gone = *failure == Failure::Rejected(http::StatusCode::GONE);
        let number = u32::try_from(attempt.number).unwrap_or(u32::MAX);
        let asked = match failure {
            Failure::Busy(_, wait) => *wait,
            _ => Duration::ZERO,
        };
        let wait = self.schedule.wait_after(number).filter(|_| !is_gone).map(|wait| wait.max(asked));
        let mut transaction = self.pool.begin().await?;
        let nothing_accepted = delivery::fail(&mut transaction, attempt, wait, &failure.to_string()).await?;
        let (endpoint, event) = (attempt.endpoint, attempt.event);
        if !asked.is_zero() {
            endpoint::pause(&mut transaction, endpoint, asked).await?;
        }
        if is_gone || (wait.is_none() && nothing_accepted) {
            let reason = format!("{failure}, at attempt {number} of {event}");
            let reason: String = reason.chars().take(200).collect();
            endpoint::switch(&mut transaction, endpoint, false, &reason).await?;
            tracing::warn!(%endpoint, reason, "disabled a webhook endpoint");
        } else if wait.is_none() {
            tracing::warn!(%endpoint, %event, %failure, "a webhook has failed for good");
        }
        transaction.commit().await
    }
}
