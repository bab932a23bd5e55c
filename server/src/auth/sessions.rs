//! The login sessions in the database, as the platform needs them: to refuse the tokens of ended sessions, and to
//! delete expired sessions.

use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::jobs::{Expired, Job};
use writ_platform::revocation::Sessions;
use writ_platform::{BoxError, Builder};

/// The expired sessions. The row of a session is kept for a day after the session expires, so that a second use of its
/// refresh token is still detected.
const EXPIRED: Expired = Expired::new("sessions", "expires_at").after(Duration::from_secs(24 * 3600));

/// The table of login sessions, which is the source of truth about their end.
#[derive(Debug, Clone)]
pub struct SessionTable(PgPool);

/// Adds the job that deletes expired sessions.
pub fn register_purge(platform: &mut Builder, users: &PgPool) {
    platform.job(Job::purge("expired sessions", users, EXPIRED));
}

impl SessionTable {
    /// Creates the table of login sessions. `users` is the connection pool of the database of users.
    pub fn new(users: &PgPool) -> SessionTable {
        SessionTable(users.clone())
    }
}

impl Sessions for SessionTable {
    async fn is_live(&self, session: Uuid) -> Result<bool, BoxError> {
        let live = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM sessions WHERE id = $1 AND revoked_at IS NULL AND ends_at > now()) AS "live!""#,
            session
        );
        Ok(live.fetch_one(&self.0).await?)
    }

    async fn ended_within(&self, window: Duration) -> Result<Vec<Uuid>, BoxError> {
        let ended = sqlx::query_scalar!(
            "SELECT id FROM sessions WHERE revoked_at > now() - make_interval(secs => $1)",
            window.as_secs_f64()
        );
        Ok(ended.fetch_all(&self.0).await?)
    }
}

#[cfg(test)]
mod tests {
    use writ_platform::jobs::Batch;

    use super::*;
    use crate::testing::{self, TestDatabase};

    #[tokio::test]
    async fn a_session_is_live_until_it_is_revoked_or_ends() {
        let database = TestDatabase::migrated(&crate::USERS).await;
        let (live, revoked) =
            (testing::insert_session(&database.pool).await, testing::insert_session(&database.pool).await);
        let revoke = "UPDATE sessions SET revoked_at = now() WHERE id = $1";
        sqlx::query(revoke).bind(revoked).execute(&database.pool).await.unwrap();
        let table = SessionTable::new(&database.pool);
        assert!(table.is_live(live).await.unwrap());
        for ended in [revoked, Uuid::now_v7()] {
            assert!(!table.is_live(ended).await.unwrap());
        }
        assert_eq!(table.ended_within(Duration::from_secs(60)).await.unwrap(), [revoked]);
        sqlx::query("UPDATE sessions SET expires_at = now(), ends_at = now()").execute(&database.pool).await.unwrap();
        assert!(!table.is_live(live).await.unwrap());
    }

    #[tokio::test]
    async fn only_sessions_that_expired_long_ago_are_deleted() {
        let database = TestDatabase::migrated(&crate::USERS).await;
        let (kept, old) =
            (testing::insert_session(&database.pool).await, testing::insert_session(&database.pool).await);
        let age = "UPDATE sessions SET expires_at = now() - interval '25 hours' WHERE id = $1";
        sqlx::query(age).bind(old).execute(&database.pool).await.unwrap();
        assert_eq!(Job::purge("sessions", &database.pool, EXPIRED).run_batch().await.unwrap(), Batch::Done);
        let left: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM sessions").fetch_all(&database.pool).await.unwrap();
        assert_eq!(left, [kept]);
    }
}
