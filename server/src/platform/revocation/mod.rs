//! Ended sessions: their access tokens stop working at once, whoever holds them.
//!
//! The truth is `sessions.revoked_at`. Redis holds a marker for each session that was revoked
//! within the life of an access token, and one key that says the markers are complete. Where that
//! key is missing (a new or emptied Redis) or Redis is unavailable, the row itself is asked. The key is
//! written anew every minute, so that a Redis which came back with old data is not believed for long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redis::Pipeline;
use sqlx::PgPool;
use uuid::Uuid;

use crate::platform::redis::{Redis, Unavailable};

/// How far clocks of the database and of ours may differ.
const SLACK: Duration = Duration::from_secs(60);

/// How long the markers are believed to be complete, in seconds.
const COMPLETE_SECONDS: u64 = 60;

/// Tells ended sessions from live ones.
#[derive(Debug, Clone)]
pub struct Revocations {
    redis: Redis,
    users: PgPool,
    /// How long an access token is good, and a marker needed.
    lifetime: Duration,
    /// Whether the markers are being completed; until then this process does not believe them.
    loading: Arc<AtomicBool>,
    /// How often completing was asked for: what was read before the last time is not enough.
    asked: Arc<AtomicU64>,
}

/// What the markers say of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// It was revoked.
    Revoked,
    /// It was not.
    Live,
    /// The markers are not complete: ask the row.
    Unknown,
}

impl Revocations {
    /// `lifetime` is that of access tokens.
    pub fn new(redis: Redis, users: PgPool, lifetime: Duration) -> Revocations {
        Revocations { redis, users, lifetime: lifetime + SLACK, loading: Arc::default(), asked: Arc::default() }
    }

    /// Tells everybody that sessions were revoked; to be called after the transaction that says so
    /// in the database has committed. When Redis is unavailable, this goes on trying.
    pub async fn announce(&self, sessions: &[Uuid]) {
        if self.mark(sessions, false).await.is_err() {
            self.load_in_background();
        }
    }

    /// Adds the question whether `session` is revoked to a pipeline: two answers.
    pub fn ask(&self, pipeline: &mut Pipeline, session: Uuid) {
        pipeline.cmd("EXISTS").arg(self.key(session)).cmd("EXISTS").arg(self.complete());
    }

    /// Whether this process has told Redis everything. To be looked at before Redis is asked, since
    /// what it answers may be older than what it is told in the meantime.
    pub fn all_told(&self) -> bool {
        !self.loading.load(Ordering::SeqCst)
    }

    /// Reads the two answers of [`Revocations::ask`]; `all_told` is as of before it was asked.
    pub fn read(&self, revoked: bool, complete: bool, all_told: bool) -> Marker {
        match (revoked, complete && all_told) {
            (true, _) => Marker::Revoked,
            (false, true) => Marker::Live,
            (false, false) => Marker::Unknown,
        }
    }

    /// Asks the session's row, and has the markers completed if Redis lacks them.
    ///
    /// # Errors
    /// A database that is unavailable.
    pub async fn ask_row(&self, session: Uuid, redis_is_there: bool) -> Result<bool, sqlx::Error> {
        if redis_is_there {
            self.load_in_background();
        }
        let live = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM sessions WHERE id = $1 AND revoked_at IS NULL AND ends_at > now()) AS "live!""#,
            session
        );
        Ok(!live.fetch_one(&self.users).await?)
    }

    /// Completes the markers from the database until that succeeds. One at a time.
    fn load_in_background(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.loading.swap(true, Ordering::SeqCst) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                let asked = this.asked.load(Ordering::SeqCst);
                if let Err(reason) = this.load().await {
                    tracing::debug!(reason, "revoked sessions are not complete in redis");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
                this.loading.store(false, Ordering::SeqCst);
                // Whoever asked in the meantime may have revoked a session after it was read.
                let done = this.asked.load(Ordering::SeqCst) == asked;
                if done || this.loading.swap(true, Ordering::SeqCst) {
                    break;
                }
            }
        });
    }

    async fn load(&self) -> Result<(), String> {
        let window = i32::try_from(self.lifetime.as_secs()).unwrap_or(i32::MAX);
        let sessions = sqlx::query_scalar!(
            "SELECT id FROM sessions WHERE revoked_at > now() - make_interval(secs => $1)",
            f64::from(window)
        );
        let sessions = sessions.fetch_all(&self.users).await.map_err(|error| error.to_string())?;
        self.mark(&sessions, true).await.map_err(|error| error.to_string())
    }

    async fn mark(&self, sessions: &[Uuid], complete: bool) -> Result<(), Unavailable> {
        // In pieces, so that no pipeline takes longer than a request may.
        for some in sessions.chunks(500) {
            let mut pipeline = redis::pipe();
            for session in some {
                pipeline.cmd("SET").arg(self.key(*session)).arg(1).arg("EX").arg(self.lifetime.as_secs()).ignore();
            }
            self.redis.run::<()>(&pipeline).await?;
        }
        if complete {
            let mut pipeline = redis::pipe();
            pipeline.cmd("SET").arg(self.complete()).arg(1).arg("EX").arg(COMPLETE_SECONDS).ignore();
            self.redis.run::<()>(&pipeline).await?;
        }
        Ok(())
    }

    fn key(&self, session: Uuid) -> String {
        self.redis.key(format_args!("revoked:{session}"))
    }

    fn complete(&self) -> String {
        self.redis.key("revoked:complete")
    }
}

#[cfg(test)]
mod tests;
