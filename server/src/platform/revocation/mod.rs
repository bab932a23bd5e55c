//! The revocation of login sessions. The access tokens of an ended session become invalid immediately.
//!
//! The source of truth is the column `sessions.revoked_at`. Redis contains a marker for each session that ended
//! within the lifetime of an access token, and a key that states that the markers are complete. The row of the
//! session is queried instead if that key is missing, for example in a new or flushed Redis, or if Redis is
//! unavailable. The key expires after a minute. This limits the time for which a Redis that was restored with old
//! data is trusted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redis::Pipeline;
use sqlx::PgPool;
use uuid::Uuid;

use crate::platform::redis::{Redis, Unavailable};

/// The tolerated difference between the clocks of the database and of this process. It extends the lifetime of
/// session markers.
const SLACK: Duration = Duration::from_secs(60);

/// The time to live of the Redis key that states that the markers of ended sessions are complete, in seconds.
const COMPLETE_SECONDS: u64 = 60;

/// The register of ended login sessions. Clones share the register.
#[derive(Debug, Clone)]
pub struct Revocations {
    redis: Redis,
    users: PgPool,
    /// The lifetime of an ended session's marker in Redis: the lifetime of an access token and the tolerated
    /// clock difference.
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
pub enum Marker {
    /// The login session has ended, so its access tokens are rejected.
    Revoked,
    /// The login session has not ended, so its access tokens are accepted.
    Live,
    /// The markers in Redis are not complete, so the database row of the session must be queried.
    Unknown,
}

impl Revocations {
    /// Creates a register of ended login sessions. `lifetime` is the lifetime of access tokens.
    pub fn new(redis: Redis, users: PgPool, lifetime: Duration) -> Revocations {
        Revocations { redis, users, lifetime: lifetime + SLACK, loading: Arc::default(), load_requests: Arc::default() }
    }

    /// Marks login sessions as ended, for all processes of the service.
    ///
    /// Call this function after the transaction that ends the sessions has committed. If Redis is unavailable,
    /// this process retries in the background.
    pub async fn announce(&self, sessions: &[Uuid]) {
        if self.mark(sessions, false).await.is_err() {
            self.load_in_background();
        }
    }

    /// Appends the Redis query for the markers of `session` to a pipeline. The query returns two results.
    pub fn push_query(&self, pipeline: &mut Pipeline, session: Uuid) {
        pipeline.cmd("EXISTS").arg(self.key(session)).cmd("EXISTS").arg(self.complete_key());
    }

    /// Returns true if Redis has the markers of all login sessions that this process has ended.
    ///
    /// Call this function before the query to Redis, because the result of the query can be older than a marker
    /// that is written in the meantime.
    pub fn is_synchronized(&self) -> bool {
        !self.loading.load(Ordering::SeqCst)
    }

    /// Returns the state of a login session from the two results of the query of [`Revocations::push_query`].
    /// `is_synchronized` is the value of [`Revocations::is_synchronized`] before the query.
    pub fn read(&self, revoked: bool, complete: bool, is_synchronized: bool) -> Marker {
        match (revoked, complete && is_synchronized) {
            (true, _) => Marker::Revoked,
            (false, true) => Marker::Live,
            (false, false) => Marker::Unknown,
        }
    }

    /// Queries the database row of a login session. Returns true if the session has ended or does not exist.
    ///
    /// If Redis is available, the query was needed because Redis lacks markers. This function then also starts to
    /// load them in the background.
    ///
    /// # Errors
    /// Returns the error of the database.
    pub async fn query_row(&self, session: Uuid, redis_is_available: bool) -> Result<bool, sqlx::Error> {
        if redis_is_available {
            self.load_in_background();
        }
        let live = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM sessions WHERE id = $1 AND revoked_at IS NULL AND ends_at > now()) AS "live!""#,
            session
        );
        Ok(!live.fetch_one(&self.users).await?)
    }

    /// Loads the markers of all ended sessions from the database into Redis in the background, and retries until
    /// this succeeds. Only one load runs at a time.
    fn load_in_background(&self) {
        self.load_requests.fetch_add(1, Ordering::SeqCst);
        if self.loading.swap(true, Ordering::SeqCst) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                let requests = this.load_requests.load(Ordering::SeqCst);
                if let Err(reason) = this.load().await {
                    tracing::debug!(reason, "loading the ended sessions into redis failed: trying again in a second");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
                this.loading.store(false, Ordering::SeqCst);
                // A load that was requested in the meantime can be for a session that ended after the database
                // was read.
                let done = this.load_requests.load(Ordering::SeqCst) == requests;
                if done || this.loading.swap(true, Ordering::SeqCst) {
                    break;
                }
            }
        });
    }

    /// Loads the markers of all recently ended sessions from the database into Redis, once.
    async fn load(&self) -> Result<(), String> {
        let window = i32::try_from(self.lifetime.as_secs()).unwrap_or(i32::MAX);
        let sessions = sqlx::query_scalar!(
            "SELECT id FROM sessions WHERE revoked_at > now() - make_interval(secs => $1)",
            f64::from(window)
        );
        let sessions = sessions.fetch_all(&self.users).await.map_err(|error| error.to_string())?;
        self.mark(&sessions, true).await.map_err(|error| error.to_string())
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

#[cfg(test)]
mod tests;
