//! The notifications of PostgreSQL that wake a relay when a transaction with events has committed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

/// The channel of the notifications. The payload is the schema of the outbox.
const CHANNEL: &str = "writ_outbox";

/// The time between two checks of the connection.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// The time limit of a check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// The time between two attempts to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// The notifications for one outbox. Without them, for example behind a pooler of transactions, the relay looks at the
/// outbox from time to time.
pub(super) struct Wake {
    notify: Arc<Notify>,
    task: AbortHandle,
}

impl Wake {
    /// Starts to listen, on a connection of its own.
    pub(super) fn listen(pool: PgPool, outbox: String) -> Wake {
        let notify = Arc::new(Notify::new());
        let notified = notify.clone();
        let task = tokio::spawn(async move {
            loop {
                if let Err(error) = receive(&pool, &outbox, &notified).await {
                    tracing::debug!(%error, "no notifications of events");
                }
                sleep(PAUSE).await;
            }
        });
        Wake { notify, task: task.abort_handle() }
    }

    /// Waits for a notification.
    pub(super) async fn notified(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Wake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Receives notifications until the connection fails.
async fn receive(pool: &PgPool, outbox: &str, notify: &Notify) -> Result<(), sqlx::Error> {
    let elapsed = |_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into());
    let mut listener = PgListener::connect_with(pool).await?;
    loop {
        // A lost peer sends no notifications, so the command checks the connection from time to time.
        timeout(CHECK_TIMEOUT, listener.listen(CHANNEL)).await.map_err(elapsed)??;
        let received = timeout(CHECK_INTERVAL, async {
            loop {
                // Notifications can be lost with a connection, so its loss wakes the relay too.
                if listener.try_recv().await?.is_none_or(|notification| notification.payload() == outbox) {
                    notify.notify_one();
                }
            }
        });
        if let Ok(failed) = received.await {
            return failed;
        }
    }
}
