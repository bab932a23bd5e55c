//! The wakes of a relay when a transaction with events has committed, in this process or in another one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::database;
use crate::events::GATHER;

/// The channel of the notifications. The payload is the schema of the outbox, and the process that sends it.
const CHANNEL: &str = "writ_outbox";

/// The time between two checks of the connection.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// The time limit of a check, and of a notification.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// The time between two attempts to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells the relays in other processes that events were committed.
pub(super) const ANNOUNCE: &str = "SELECT pg_notify($1, $2)";

/// The wakes of a relay, after commits in this process and in others. Without them, for example behind a pooler of
/// transactions, the relay looks at the outbox from time to time.
///
/// A notification of PostgreSQL belongs to a transaction of its own. PostgreSQL holds a lock of all databases while a
/// transaction with notifications commits, so those of the service would wait for each other.
pub(super) struct Wake {
    relay: Arc<Notify>,
    /// True if the relay leads all partitions, so that no other process waits for its commits.
    leads_all: Arc<AtomicBool>,
    tasks: [AbortHandle; 2],
}

impl Wake {
    /// Starts to wait for commits, of which `committed` knows those of this process.
    pub(super) fn listen(pool: PgPool, outbox: String, committed: Arc<Notify>) -> Wake {
        let (relay, leads_all) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let channel = Channel { pool, outbox, process: Uuid::new_v4() };
        let listens = tokio::spawn(channel.clone().listen(relay.clone()));
        let announces = tokio::spawn(channel.announce(committed, relay.clone(), leads_all.clone()));
        Wake { relay, leads_all, tasks: [listens.abort_handle(), announces.abort_handle()] }
    }

    /// Waits for a commit.
    pub(super) async fn committed(&self) {
        self.relay.notified().await;
    }

    /// Sets whether the relay leads all partitions.
    pub(super) fn set_leads_all(&self, leads_all: bool) {
        self.leads_all.store(leads_all, Ordering::Relaxed);
    }
}

impl Drop for Wake {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// The notifications of one outbox.
#[derive(Debug, Clone)]
struct Channel {
    pool: PgPool,
    /// The schema of the outbox.
    outbox: String,
    /// The sender of the notifications of this process.
    process: Uuid,
}

impl Channel {
    /// Wakes the relay after notifications of other processes, and after the loss of a connection.
    async fn listen(self, relay: Arc<Notify>) {
        loop {
            if let Err(error) = self.receive(&relay).await {
                tracing::debug!(%error, "no notifications of events");
            }
            sleep(PAUSE).await;
        }
    }

    /// Wakes the relay after commits of this process, and notifies other processes.
    async fn announce(self, committed: Arc<Notify>, relay: Arc<Notify>, leads_all: Arc<AtomicBool>) {
        loop {
            committed.notified().await;
            relay.notify_one();
            if !leads_all.load(Ordering::Relaxed) {
                let announce = sqlx::query(ANNOUNCE).bind(CHANNEL).bind(format!("{} {}", self.outbox, self.process));
                if let Err(error) = database::within(CHECK_TIMEOUT, announce.execute(&self.pool)).await {
                    tracing::debug!(%error, "other processes are not notified of events");
                }
            }
            sleep(GATHER).await;
        }
    }

    /// Returns true if another process has sent a notification with this payload for the outbox.
    fn is_for(&self, payload: &str) -> bool {
        let (outbox, process) = payload.rsplit_once(' ').unwrap_or((payload, ""));
        outbox == self.outbox && process != self.process.to_string()
    }

    /// Receives notifications until the connection fails.
    async fn receive(&self, relay: &Notify) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        loop {
            // A lost peer sends no notifications, so the command checks the connection from time to time.
            database::within(CHECK_TIMEOUT, listener.listen(CHANNEL)).await?;
            let received = timeout(CHECK_INTERVAL, async {
                loop {
                    // Notifications can be lost with a connection, so its loss wakes the relay too.
                    if listener.try_recv().await?.is_none_or(|notification| self.is_for(notification.payload())) {
                        relay.notify_one();
                    }
                }
            });
            if let Ok(failed) = received.await {
                return failed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Database;
    use crate::testing::TestDatabase;

    static DATABASE: Database = Database::new("wakes", &sqlx::migrate::Migrator::DEFAULT);
    const LONG: Duration = Duration::from_secs(20);
    const SHORT: Duration = Duration::from_millis(300);

    fn wake(database: &TestDatabase, outbox: &str) -> (Wake, Arc<Notify>) {
        let committed = Arc::new(Notify::new());
        (Wake::listen(database.pool.clone(), outbox.to_owned(), committed.clone()), committed)
    }

    /// Commits until the wake has heard of it: a process hears only what is sent after it began to listen.
    async fn hears(wake: &Wake, committed: &Notify) {
        let commits = async {
            loop {
                committed.notify_one();
                sleep(SHORT).await;
            }
        };
        tokio::select! {
            () = wake.committed() => {}
            () = commits => {}
            () = sleep(LONG) => panic!("the relay was not woken"),
        }
    }

    #[tokio::test]
    async fn a_commit_wakes_the_relays_of_its_outbox_in_every_process_and_no_other() {
        let database = TestDatabase::empty(&DATABASE).await;
        let ((first, committed), (second, _), (other, _)) =
            (wake(&database, "a"), wake(&database, "a"), wake(&database, "b"));
        hears(&second, &committed).await;
        hears(&first, &committed).await;
        assert!(timeout(SHORT, other.committed()).await.is_err());
    }

    #[tokio::test]
    async fn a_relay_that_leads_all_partitions_notifies_no_other_process() {
        let database = TestDatabase::empty(&DATABASE).await;
        let ((first, committed), (second, _)) = (wake(&database, "a"), wake(&database, "a"));
        hears(&second, &committed).await;
        while timeout(SHORT, second.committed()).await.is_ok() {}
        first.set_leads_all(true);
        committed.notify_one();
        timeout(LONG, first.committed()).await.unwrap();
        assert!(timeout(SHORT, second.committed()).await.is_err());
    }
}
