//! The HTTP/1.1 server: a timeout for request heads, a limit of connections, and a graceful shutdown.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::config::Timeouts;
use crate::shutdown::Shutdown;

/// The time to wait after accepting a connection has failed, for example because the process has no free file
/// descriptors.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// Serves HTTP requests to `app` on `listener` until the shutdown is complete, with at most `max_connections` open
/// connections.
///
/// When the shutdown begins, the server stops accepting connections after `timeouts.linger`. Running requests
/// can finish within `timeouts.drain`. Connections that are still open after that are closed.
pub async fn serve(listener: TcpListener, app: Router, timeouts: Timeouts, max_connections: usize, shutdown: Shutdown) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let permits = Arc::new(Semaphore::new(max_connections));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(timeouts.header);

    let stopping = async {
        shutdown.draining().await;
        tokio::select! {
            () = tokio::time::sleep(timeouts.linger) => {}
            () = shutdown.ended() => {}
        }
    };
    tokio::pin!(stopping);
    loop {
        let accepted = async {
            let permit = permits.clone().acquire_owned().await;
            (permit, accept(&listener).await)
        };
        let (permit, (stream, peer)) = tokio::select! {
            accepted = accepted => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut stopping => break,
        };
        let app = app.clone().map_request(move |request| with_peer(request, peer));
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // An error here is a fault of the client or of the network, so there is nothing to report.
            let _ = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    tracing::debug!(connections = graceful.count(), "draining connections");
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(timeouts.drain) => tracing::warn!("the drain timeout expired: closing connections"),
        () = shutdown.ended() => tracing::warn!("stopping immediately: closing connections"),
    }
    connections.shutdown().await;
}

/// Converts a received request for the axum router and adds the address of the connection's peer to its extensions.
fn with_peer(request: Request<Incoming>, peer: SocketAddr) -> Request<Body> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// Accepts the next client connection. Errors do not stop the server, because each one concerns a single
/// connection or is temporary.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Responses are written in one piece, so delaying small packets (Nagle's algorithm) only adds
                // latency.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                tracing::error!(%error, "accepting a connection failed");
                tokio::time::sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

/// Returns true if an error of accepting a connection concerns only that connection, so that no wait is needed.
fn is_connection_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests;
