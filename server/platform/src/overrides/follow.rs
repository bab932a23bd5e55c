//! The task of a process that follows the overrides in the database.

use std::time::{Duration, Instant};

use sqlx::PgPool;
use uuid::Uuid;

use super::{Overrides, postgres, report};
use crate::shutdown::Shutdown;

/// The time between two polls of the version.
const POLL: Duration = Duration::from_millis(500);

/// The time limit of one poll, so that the next one follows on a new connection.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The time between two confirmations that this process runs.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// The follower of the overrides in a database.
#[derive(Debug)]
pub(crate) struct Follower {
    /// One connection of its own, because the pool of the service can be exhausted when an operator needs a policy.
    pool: PgPool,
    overrides: Overrides,
    id: Uuid,
    name: String,
    /// The version that the database knows this process to apply, and the time of this confirmation.
    confirmed: Option<(i64, Instant)>,
}

impl Follower {
    /// Creates the follower of the overrides in the database of `pool`.
    pub(crate) fn new(pool: &PgPool, overrides: Overrides) -> Follower {
        let pool = crate::database::separate(pool, 1, TIMEOUT);
        Follower { pool, overrides, id: Uuid::new_v4(), name: report::process_name(), confirmed: None }
    }

    /// Reads the overrides if their version has changed, and confirms the version.
    pub(crate) async fn poll(&mut self) -> Result<(), sqlx::Error> {
        let (version, clock) = postgres::version(&self.pool).await?;
        match self.overrides.version() == Some(version) {
            true => self.overrides.set_clock(clock),
            false => {
                // The rows can be newer than the version, but not older. The next poll then reads them again.
                self.overrides.replace(version, postgres::load(&self.pool).await?, clock);
                tracing::info!(version, "applying policies that are set at run time");
            }
        }
        let is_known = self.confirmed.is_some_and(|(known, at)| known == version && at.elapsed() < HEARTBEAT);
        // A process whose gate and calls do not apply overrides must not confirm them.
        if !is_known && self.overrides.have_effect() {
            postgres::register(&self.pool, self.id, &self.name, version).await?;
            self.confirmed = Some((version, Instant::now()));
        }
        Ok(())
    }

    async fn end(&self) {
        if let Err(error) = postgres::leave(&self.pool, self.id).await {
            tracing::debug!(%error, "the process could not be removed from the list of processes");
        }
        self.pool.close().await;
    }
}

/// Follows the overrides until the service has sent its last response, which `stop` reports.
///
/// While the database is unavailable, the overrides stay in effect until their end.
pub(crate) async fn follow(mut follower: Follower, shutdown: Shutdown, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut is_failing = false;
    loop {
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            () = shutdown.ended() => return,
            () = &mut stop => return follower.end().await,
        }
        let failure = match tokio::time::timeout(TIMEOUT, follower.poll()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("the database did not respond in time".to_owned()),
        };
        if let Some(error) = failure.as_ref().filter(|_| !is_failing) {
            tracing::warn!(error, "policies that are set at run time cannot be read: trying again");
        }
        is_failing = failure.is_some();
    }
}
