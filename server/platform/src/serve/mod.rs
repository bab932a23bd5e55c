//! The HTTP server: HTTP/1.1 and HTTP/2 on one port, limits for slow clients and for the number of connections, and a
//! graceful shutdown.
//!
//! | limit | HTTP/1.1 | HTTP/2 |
//! |---|---|---|
//! | first byte and protocol | `stream` | `stream` |
//! | request head, idle connection | hyper | `streams`, and pings |
//! | data that the client does not take | `stream` | `stream`, and for each stream `streams` |
//! | number of connections | `admission` | `admission` |
//!
//! The time from the head of a request to the head of its response is limited by the generated router, and by `bounds`
//! for other routes.

mod admission;
mod bounds;
mod connection;
mod descriptors;
mod stream;
mod streams;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::FutureExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::coop::unconstrained;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::metrics::PortConnections;
use crate::shutdown::Shutdown;
use admission::Admission;
pub(crate) use bounds::bound;
use connection::Connection;
pub(crate) use descriptors::reserve_descriptors;

/// The time to wait after accepting a connection has failed, for example because the process has no free file
/// descriptors.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// The time for which closed connections can take to end. They end at once unless a handler blocks its thread.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves HTTP requests to `app` on `listener` until the shutdown is complete. The timeouts and the limits of connections
/// are those of `config`. The time limit of a request is a layer of
/// [`Platform::around`](crate::Platform::around), so that its refusals are logged.
///
/// When the shutdown begins, the server stops accepting connections after `linger`. Running requests can finish within
/// `drain`. Connections that are still open after that are closed.
pub async fn serve(listener: TcpListener, app: Router, config: &Config, shutdown: Shutdown) {
    serve_counted(listener, app, config, PortConnections::default(), shutdown).await;
}

/// Serves HTTP requests as [`serve`] does, and counts the connections of the port in `metrics`.
pub(crate) async fn serve_counted(
    listener: TcpListener,
    app: Router,
    config: &Config,
    metrics: PortConnections,
    shutdown: Shutdown,
) {
    let server = Arc::new(Server {
        app,
        config: config.clone(),
        admission: Admission::new(config, metrics),
        shutdown: shutdown.clone(),
        draining: CancellationToken::new(),
        closing: CancellationToken::new(),
        tasks: TaskTracker::new(),
    });
    let lingered = async {
        shutdown.draining().await;
        tokio::select! {
            () = tokio::time::sleep(config.timeouts.linger) => {}
            () = shutdown.ended() => {}
        }
    };
    tokio::pin!(lingered);
    loop {
        tokio::select! {
            (stream, peer) = accept(&listener) => server.start(stream, peer),
            () = &mut lingered => break,
        }
    }
    // The kernel has established these connections already, so their clients can have sent requests.
    while let Some((stream, peer)) = accept_established(&listener) {
        server.start(stream, peer);
    }
    drop(listener);
    server.drain().await;
}

/// The state that all connections of one port share.
struct Server {
    app: Router,
    config: Config,
    admission: Admission,
    shutdown: Shutdown,
    /// Cancelled when connections must end after their running requests.
    draining: CancellationToken,
    /// Cancelled when connections must end at once.
    closing: CancellationToken,
    /// The tasks of connections and of HTTP/2 streams.
    tasks: TaskTracker,
}

impl Server {
    /// Starts the task of an accepted connection.
    fn start(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let admitted = self.admission.admit(peer.ip());
        let connection = Connection { server: self.clone(), peer, admitted };
        self.tasks.spawn(connection.run(stream));
    }

    /// Waits until all connections have ended, but at most for the drain timeout. Then it closes them.
    async fn drain(&self) {
        tracing::debug!(tasks = self.tasks.len(), "draining connections");
        self.draining.cancel();
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => return,
            () = tokio::time::sleep(self.config.timeouts.drain) => {
                tracing::warn!("the drain timeout expired: closing connections");
            }
            () = self.shutdown.ended() => tracing::warn!("stopping immediately: closing connections"),
        }
        self.closing.cancel();
        if tokio::time::timeout(CLOSE_TIMEOUT, self.tasks.wait()).await.is_err() {
            tracing::warn!(
                tasks = self.tasks.len(),
                "requests are still running although their connections are closed"
            );
        }
    }
}

/// Accepts the next client connection. Errors do not stop the server, because each one concerns a single
/// connection or is temporary.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                tracing::error!(%error, "accepting a connection failed");
                tokio::time::sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

/// Accepts the next connection that the kernel has established already, also if this task has used up its cooperative
/// budget.
fn accept_established(listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
    unconstrained(listener.accept()).now_or_never()?.ok()
}

/// Returns true if an error of accepting a connection concerns only that connection, so that no wait is needed.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests;
