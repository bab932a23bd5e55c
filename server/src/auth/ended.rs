//! The ends of login sessions, as the service `orders` knows them. Sessions belong to the service `users`, whose events keep a
//! table of ended sessions in the database of orders.

use std::time::Duration;

use generated::latest::SessionRevoked;
use generated::latest::events::{EventConsumer, SESSION_REVOKED};
use sqlx::PgPool;
use uuid::Uuid;
use writ_platform::events::ConsumerProgress;
use writ_platform::jobs::{Expired, Job};
use writ_platform::revocation::SessionCopy;
use writ_platform::{BoxError, Builder, Transaction};
use writ_runtime::event::{ConsumerError, Event, EventType};

/// The ended sessions whose access tokens have expired long ago.
const EXPIRED: Expired = Expired::new("ended_sessions", "ended_at").after(Duration::from_secs(30 * 86_400));

/// The copy of the ends of login sessions in the database of orders.
#[derive(Debug, Clone)]
pub struct EndedSessions {
    pool: PgPool,
    progress: ConsumerProgress,
}

/// The consumer of the event `session.revoked`, which records the sessions that have ended.
#[derive(Debug, Clone, Copy)]
pub struct EndedSessionRecords;

/// Adds the job that deletes ended sessions whose access tokens have expired long ago.
pub fn register_purge(platform: &mut Builder, orders: &PgPool) {
    platform.job(Job::purge("ended sessions", orders, EXPIRED));
}

impl EndedSessions {
    /// Creates the copy in the database of orders. `progress` is that of [`EndedSessionRecords`].
    pub fn new(orders: &PgPool, progress: ConsumerProgress) -> EndedSessions {
        EndedSessions { pool: orders.clone(), progress }
    }
}

impl SessionCopy for EndedSessions {
    async fn has_ended(&self, session: Uuid) -> Result<bool, BoxError> {
        let ended = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM ended_sessions WHERE session_id = $1) AS "ended!""#,
            session
        );
        Ok(ended.fetch_one(&self.pool).await?)
    }

    async fn lag(&self) -> Result<Duration, BoxError> {
        // The events are in the outbox of the database of users.
        Ok(self.progress.lag(crate::USERS.schema).await?.unwrap_or(Duration::MAX))
    }
}

impl EventConsumer<Transaction> for EndedSessionRecords {
    const EVENT_TYPES: &'static [&'static EventType] = &[&SESSION_REVOKED];

    async fn session_revoked(
        &self,
        transaction: &mut Transaction,
        event: Event<SessionRevoked>,
    ) -> Result<(), ConsumerError> {
        let record = sqlx::query!(
            "INSERT INTO ended_sessions (session_id, ended_at) SELECT session, $2 FROM unnest($1::uuid[]) AS session
             ON CONFLICT (session_id) DO NOTHING",
            &event.data.session_ids,
            event.timestamp
        );
        record.execute(&mut **transaction).await?;
        Ok(())
    }
}
