//! The monitor of a database: it probes the database on a connection of its own, and keeps connections from before an
//! outage out of the pool.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use super::breaker::Breaker;
use crate::shutdown::Shutdown;

/// The time between two probes.
const INTERVAL: Duration = Duration::from_millis(250);

/// The time limit of a probe. A database is unavailable after two of them, within two seconds of its loss.
const PROBE_TIMEOUT: Duration = Duration::from_millis(750);

/// The time limit for a connection of the pool to respond, before it is used and after it was used.
const PING_TIMEOUT: Duration = Duration::from_millis(500);

/// The time for which a connection of the pool can be idle and is then used without a test.
const FRESH: Duration = Duration::from_secs(1);

/// A folder without a socket. A pool that connects to it fails at once.
const NOWHERE: &str = "/nonexistent/the-database-is-unavailable";

/// The monitor of a database. Clones share the state and the connection.
#[derive(Clone)]
pub(crate) struct Monitor(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    /// The connection of the monitor's own probes.
    connection: Mutex<Option<PgConnection>>,
    /// The connection of health checks. The monitor does not wait for theirs, so that they do not delay its decision.
    health: Mutex<Option<PgConnection>>,
    availability: watch::Sender<Availability>,
    breaker: Breaker,
}

/// The availability of a database.
#[derive(Clone, Copy)]
struct Availability {
    is_available: bool,
    /// The end of the last outage. Connections from before it are not used.
    recovered: Option<Instant>,
}

impl Monitor {
    /// Creates the monitor of the database that `options` reach. `breaker` is open while it is unavailable.
    pub(super) fn new(options: PgConnectOptions, breaker: Breaker) -> Monitor {
        let availability = watch::Sender::new(Availability { is_available: true, recovered: None });
        let (connection, health) = (Mutex::default(), Mutex::default());
        Monitor(Arc::new(Inner { options, connection, health, availability, breaker }))
    }

    /// Adds the tests of this monitor to the connections of a pool.
    pub(super) fn guard(&self, pool: PgPoolOptions) -> PgPoolOptions {
        let (acquired, released) = (self.clone(), self.clone());
        pool.test_before_acquire(false)
            .before_acquire(move |connection, of| {
                let monitor = acquired.clone();
                Box::pin(async move {
                    monitor.check_age(&of)?;
                    match of.idle_for < FRESH {
                        true => Ok(true),
                        false => ping(connection).await.map(|()| true),
                    }
                })
            })
            // The pool waits without a limit until a connection has completed the statement of a cancelled request. This
            // wait has one, and its error closes the connection.
            .after_release(move |connection, of| {
                let monitor = released.clone();
                Box::pin(async move {
                    monitor.check_age(&of)?;
                    ping(connection).await.map(|()| true)
                })
            })
    }

    /// Returns true if the database responds to a health check.
    pub(crate) async fn responds(&self) -> bool {
        self.probe(&self.0.health).await.is_ok()
    }

    /// Probes the database until its pool is closed or the process ends. While the database is unavailable, the breaker
    /// is open, and the pool opens no connections.
    pub(crate) async fn run(self, pool: PgPool, shutdown: Shutdown) {
        let probing = async {
            loop {
                match self.probe(&self.0.connection).await {
                    Ok(()) => self.recover(&pool),
                    // The failure of a connection is not yet that of the database.
                    Err(_) => match self.probe(&self.0.connection).await {
                        Ok(()) => self.recover(&pool),
                        Err(error) => self.lose(&pool, &error),
                    },
                }
                tokio::time::sleep(INTERVAL).await;
            }
        };
        let mut closed = pool.close_event();
        tokio::select! {
            () = probing => {}
            () = &mut closed => {}
            () = shutdown.ended() => {}
        }
        self.change(true);
    }

    /// Sends one query on the connection in `slot`. A connection that fails or does not respond in time is replaced by
    /// the next probe.
    async fn probe(&self, slot: &Mutex<Option<PgConnection>>) -> Result<(), sqlx::Error> {
        let mut slot = slot.lock().await;
        let mut connection = slot.take();
        let probed = async {
            let mut probed = match connection.take() {
                Some(connection) => connection,
                None => self.0.options.connect().await?,
            };
            sqlx::query("SELECT 1").execute(&mut probed).await?;
            Ok::<_, sqlx::Error>(probed)
        };
        let probed = timeout(PROBE_TIMEOUT, probed).await;
        *slot = Some(probed.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))?);
        Ok(())
    }

    fn lose(&self, pool: &PgPool, error: &sqlx::Error) {
        if self.change(false) {
            tracing::error!(%error, "the database is unavailable: refusing requests until it responds");
            pool.set_connect_options(self.0.options.clone().socket(NOWHERE));
        }
    }

    fn recover(&self, pool: &PgPool) {
        if self.0.availability.borrow().is_available {
            return;
        }
        pool.set_connect_options(self.0.options.clone());
        if self.change(true) {
            tracing::info!("the database is available again");
        }
    }

    /// Changes the availability, and returns true if it was another one.
    fn change(&self, is_available: bool) -> bool {
        let changed = self.0.availability.send_if_modified(|availability| {
            let changed = availability.is_available != is_available;
            if changed {
                availability.is_available = is_available;
                availability.recovered = is_available.then(Instant::now).or(availability.recovered);
            }
            changed
        });
        match (changed, is_available) {
            (true, true) => self.0.breaker.reset(),
            (true, false) => self.0.breaker.trip(),
            (false, _) => {}
        }
        changed
    }

    /// Checks that the database is available, and that a connection was opened after its last outage.
    fn check_age(&self, of: &PoolConnectionMetadata) -> Result<(), sqlx::Error> {
        let Availability { is_available, recovered } = *self.0.availability.borrow();
        match is_available && recovered.is_none_or(|recovered| of.age <= recovered.elapsed()) {
            true => Ok(()),
            false => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "closing a connection of an outage").into()),
        }
    }
}

impl std::fmt::Debug for Monitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_available = self.0.availability.borrow().is_available;
        f.debug_struct("Monitor").field("is_available", &is_available).finish_non_exhaustive()
    }
}

/// Waits until a connection has completed all that it was asked for.
async fn ping(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let late = || Err(io::Error::new(io::ErrorKind::TimedOut, "closing a connection that does not respond").into());
    timeout(PING_TIMEOUT, connection.ping()).await.unwrap_or_else(|_| late())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;
    use crate::testing::TestDatabase;

    #[tokio::test]
    async fn a_connection_from_before_an_outage_is_not_used_after_it() {
        let database = TestDatabase::with_things().await;
        let options = PgConnectOptions::from_str(&database.url).unwrap();
        let monitor = Monitor::new(options.clone(), Breaker::default());
        let pool = monitor.guard(PgPoolOptions::new().max_connections(1)).connect_lazy_with(options);
        let process = async || {
            let process = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&pool);
            process.await.map(|process: i32| process)
        };
        let before = process().await.unwrap();
        assert_eq!(process().await.unwrap(), before);
        assert!(monitor.change(false) && monitor.change(true));
        assert_ne!(process().await.unwrap(), before);
    }
}
