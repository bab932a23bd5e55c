//! The markers of ended sessions in Redis.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use super::sessions::AnySessions;
use crate::BoxError;
use crate::gate::{Acceptance, Commands, Responses};
use crate::redis::{Redis, Unavailable};
use crate::tasks;

/// The tolerated difference between the clocks of the database and of this process. It extends the lifetime of
/// session markers.
const SLACK: Duration = Duration::from_secs(60);

/// The time to live of the Redis key that states that the markers of ended sessions are complete, in seconds.
const COMPLETE_SECONDS: u64 = 60;

/// The remaining time to live of that key below which the markers are loaded again, in seconds. So one process of several loads
/// them, and the key does not expire if one load fails.
const RENEWAL_SECONDS: i64 = 30;

/// The time between two checks of that key.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// The longest time that the service may take to list the ended sessions.
const LOAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The markers of ended sessions in Redis. Clones share their state.
#[derive(Clone)]
pub(super) struct Markers {
    redis: Redis,
    sessions: Arc<dyn AnySessions>,
    /// The lifetime of an ended session's marker in Redis: the lifetime of credentials and the tolerated clock
    /// difference.
    lifetime: Duration,
    /// True while this process is loading the markers of all ended sessions into Redis. Until then it does not
    /// trust them.
    loading: Arc<AtomicBool>,
    /// The number of requests to load the markers of ended sessions. A load that started before the latest
    /// request is not sufficient.
    load_requests: Arc<AtomicU64>,
}

/// The state of a login session according to the markers of ended sessions in Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// The login session has ended, so its credentials are rejected.
    Revoked,
    /// The login session has not ended, so its credentials are accepted.
    Live,
    /// The markers in Redis are not complete, so the service must be asked.
    Incomplete,
    /// Redis is unavailable, so the service must be asked.
    Unavailable,
}

impl Markers {
    pub(super) fn new(redis: Redis, sessions: Arc<dyn AnySessions>, lifetime: Duration) -> Markers {
        let lifetime = lifetime + SLACK;
        Markers { redis, sessions, lifetime, loading: Arc::default(), load_requests: Arc::default() }
    }

    /// Marks login sessions as ended. If Redis is unavailable, this process retries in the background.
    pub(super) async fn announce(&self, sessions: &[Uuid]) {
        if self.mark(sessions, false).await.is_err() {
            self.load_in_background();
        }
    }

    /// Adds the command that reads the markers of `session`. `is_synchronized` is the value of
    /// [`Markers::is_synchronized`].
    pub(super) fn push_query(&self, commands: &mut Commands, session: Uuid, is_synchronized: bool) {
        let (absent, present) = (self.key(session), self.complete_key());
        commands.command("MGET").arg(&absent).arg(&present);
        commands.accept_caller(match is_synchronized {
            true => Acceptance::IfKeys { absent, present },
            false => Acceptance::Undecided,
        });
    }

    /// Returns true if Redis has the markers of all login sessions that this process has ended.
    ///
    /// Call this function before the query to Redis, because the result of the query can be older than a marker
    /// that is written in the meantime.
    pub(super) fn is_synchronized(&self) -> bool {
        !self.loading.load(Ordering::SeqCst)
    }

    /// Returns the state of a login session from the response to the command of [`Markers::push_query`].
    /// `is_synchronized` is the value of [`Markers::is_synchronized`] before the query.
    pub(super) fn read(mut responses: Responses, is_synchronized: bool) -> Marker {
        if !responses.is_available() {
            return Marker::Unavailable;
        }
        let markers = responses.next_as::<[Option<String>; 2]>().unwrap_or_default();
        let [is_revoked, is_complete] = markers.map(|marker| marker.is_some());
        match (is_revoked, is_complete && is_synchronized) {
            (true, _) => Marker::Revoked,
            (false, true) => Marker::Live,
            (false, false) => Marker::Incomplete,
        }
    }

    /// Loads the markers of all ended sessions from the service into Redis in the background, and retries until
    /// this succeeds. Only one load runs at a time. The end of the process waits for it, for a few seconds, because other
    /// processes would accept the tokens of sessions without a marker.
    pub(super) fn load_in_background(&self) {
        self.load_requests.fetch_add(1, Ordering::SeqCst);
        if self.loading.swap(true, Ordering::SeqCst) {
            return;
        }
        let this = self.clone();
        tasks::spawn(async move {
            loop {
                let requests = this.load_requests.load(Ordering::SeqCst);
                if let Err(reason) = this.load().await {
                    tracing::debug!(%reason, "loading the ended sessions into redis failed: trying again in a second");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
                this.loading.store(false, Ordering::SeqCst);
                // A load that was requested in the meantime can be for a session that ended after the service
                // was asked.
                let done = this.load_requests.load(Ordering::SeqCst) == requests;
                if done || this.loading.swap(true, Ordering::SeqCst) {
                    break;
                }
            }
        });
    }

    /// Loads the markers of all ended sessions into Redis if the key that states that they are complete expires soon.
    pub(super) async fn renew(&self) -> Result<(), BoxError> {
        let mut remaining = redis::pipe();
        remaining.cmd("TTL").arg(self.complete_key());
        // The time is negative if there is no key.
        let result = match self.redis.run::<(i64,)>(&remaining).await {
            Ok((seconds,)) if seconds < RENEWAL_SECONDS => self.load().await,
            Ok(_) => Ok(()),
            Err(unavailable) => Err(unavailable.into()),
        };
        // An unavailable Redis has an alert of its own, and is no fault of this job.
        result.or_else(|error| if error.is::<Unavailable>() { Ok(()) } else { Err(error) })
    }

    /// Loads the markers of all recently ended sessions from the service into Redis, once.
    pub(super) async fn load(&self) -> Result<(), BoxError> {
        // The network can lose a connection without an error, and then no response arrives.
        let sessions = tokio::time::timeout(LOAD_TIMEOUT, self.sessions.ended_within(self.lifetime)).await??;
        Ok(self.mark(&sessions, true).await?)
    }

    /// Writes the markers of ended sessions to Redis. `complete` states that these are all sessions that need a
    /// marker.
    async fn mark(&self, sessions: &[Uuid], complete: bool) -> Result<(), Unavailable> {
        // The pipelines are limited in size, so that each one completes within the timeout.
        for chunk in sessions.chunks(500) {
            let mut pipeline = redis::pipe();
            for session in chunk {
                pipeline.cmd("SET").arg(self.key(*session)).arg(1).arg("EX").arg(self.lifetime.as_secs()).ignore();
            }
            self.redis.run::<()>(&pipeline).await?;
        }
        if complete {
            let mut pipeline = redis::pipe();
            pipeline.cmd("SET").arg(self.complete_key()).arg(1).arg("EX").arg(COMPLETE_SECONDS).ignore();
            self.redis.run::<()>(&pipeline).await?;
        }
        Ok(())
    }

    /// Returns the Redis key of the marker of an ended session.
    fn key(&self, session: Uuid) -> String {
        self.redis.key(format_args!("revoked:{session}"))
    }

    /// Returns the Redis key that states that the markers of ended sessions are complete.
    fn complete_key(&self) -> String {
        self.redis.key("revoked:complete")
    }
}
