//! One connection to Redis, which a task replaces after it was lost.

use std::sync::{Arc, Weak};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError};
use tokio::sync::watch;
use tokio::time::timeout;

use super::Unavailable;

/// The time limit of an attempt to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The time between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(250);

/// A connection to Redis that is replaced after it was lost.
///
/// A connection is lost when a command fails or times out. From then on, commands fail at once, and a task connects anew
/// until Redis responds, so that no request waits for a Redis that is unavailable.
pub(super) struct Link {
    client: Client,
    state: watch::Sender<State>,
}

/// The connection of a [`Link`].
#[derive(Clone)]
pub(super) struct Live {
    pub(super) connection: MultiplexedConnection,
    /// The number of the connection. It differs from that of earlier connections of the link.
    number: u64,
}

#[derive(Clone)]
enum State {
    /// No command has been sent yet.
    Unused,
    /// The task makes the first attempt to connect, for which commands wait.
    Connecting,
    Live(Live),
    /// The task connects anew after a connection was lost.
    Lost,
}

impl Link {
    pub(super) fn new(client: Client) -> Arc<Link> {
        Arc::new(Link { client, state: watch::Sender::new(State::Unused) })
    }

    /// Returns a link of its own to the same server.
    pub(super) fn separate(&self) -> Arc<Link> {
        Link::new(self.client.clone())
    }

    /// Returns the connection, after the first attempt to connect.
    pub(super) async fn live(self: &Arc<Self>) -> Result<Live, Unavailable> {
        let state = self.state.borrow().clone();
        match state {
            State::Live(live) => return Ok(live),
            State::Lost => return Err(Unavailable),
            State::Unused | State::Connecting => {}
        }
        let is_first = self.state.send_if_modified(|state| {
            let is_first = matches!(state, State::Unused);
            if is_first {
                *state = State::Connecting;
            }
            is_first
        });
        if is_first {
            tokio::spawn(connect(Arc::downgrade(self), 0));
        }
        let mut states = self.state.subscribe();
        match states.wait_for(|state| matches!(state, State::Live(_) | State::Lost)).await.as_deref() {
            Ok(State::Live(live)) => Ok(live.clone()),
            _ => Err(Unavailable),
        }
    }

    /// Reports that a connection is lost. The first report of it closes the connection and starts a task that replaces
    /// it.
    pub(super) fn lose(self: &Arc<Self>, lost: &Live, reason: &str) {
        let is_first = self.state.send_if_modified(|state| {
            let is_first = matches!(state, State::Live(live) if live.number == lost.number);
            if is_first {
                *state = State::Lost;
            }
            is_first
        });
        if is_first {
            tracing::warn!(reason, "redis is unavailable");
            tokio::spawn(connect(Arc::downgrade(self), lost.number));
        }
    }

    /// Returns true if the connection is lost at the moment.
    #[cfg(test)]
    pub(super) fn is_lost(&self) -> bool {
        matches!(*self.state.borrow(), State::Lost)
    }

    /// Opens a connection and waits until Redis responds on it.
    async fn open(&self) -> Result<MultiplexedConnection, String> {
        // Each pipeline has its own time limit.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let opened = async {
            let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
            redis::cmd("PING").exec_async(&mut connection).await?;
            Ok(connection)
        };
        match timeout(CONNECT_TIMEOUT, opened).await {
            Ok(opened) => opened.map_err(|error: RedisError| error.to_string()),
            Err(_) => Err("no response in time".to_owned()),
        }
    }
}

/// Connects until Redis responds, or until nobody uses the link any more. `number` is that of the lost connection.
async fn connect(link: Weak<Link>, number: u64) {
    loop {
        let Some(link) = link.upgrade() else { return };
        match link.open().await {
            Ok(connection) => {
                if link.state.send_replace(State::Live(Live { connection, number: number + 1 })).is_lost() {
                    tracing::info!("redis is available again");
                }
                return;
            }
            Err(reason) => {
                if !link.state.send_replace(State::Lost).is_lost() {
                    tracing::warn!(reason, "redis is unavailable");
                }
            }
        }
        drop(link);
        tokio::time::sleep(PAUSE).await;
    }
}

impl State {
    fn is_lost(&self) -> bool {
        matches!(self, State::Lost)
    }
}
