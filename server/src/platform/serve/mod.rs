//! Serving HTTP/1.1: slow heads are cut off, connections are counted, and the end is orderly.

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

use crate::platform::config::Timeouts;
use crate::platform::shutdown::Shutdown;

/// How long accepting rests when the process is out of file descriptors.
const BREATH: Duration = Duration::from_millis(100);

/// Serves until `shutdown` says otherwise. Then nothing is accepted any more, what runs may finish
/// within the drain time, and the rest is cut off.
pub async fn serve(listener: TcpListener, app: Router, timeouts: Timeouts, most: usize, shutdown: Shutdown) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(most));
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
            let place = places.clone().acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            accepted = accepted => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut stopping => break,
        };
        let app = app.clone().map_request(move |request| received(request, peer));
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app));
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            // A connection that breaks is the client's affair.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    tracing::debug!(connections = graceful.count(), "draining");
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(timeouts.drain) => tracing::warn!("cut off what was still running"),
        () = shutdown.ended() => tracing::warn!("ended at once"),
    }
    connections.shutdown().await;
}

/// The request as the router takes it, with the peer's address for the layers.
fn received(request: Request<Incoming>, peer: SocketAddr) -> Request<Body> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// The next connection. No failure ends the service: each is of one connection, or of the moment.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // Answers are written at once, not held back for more.
                let _ = stream.set_nodelay(true);
                return (stream, peer);
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "accepting a connection failed");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests;
