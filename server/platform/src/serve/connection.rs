//! One client connection: its protocol, its requests, and its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use http::{HeaderValue, Request, Response, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::sync::SetOnce;
use tower::Service as _;
use writ_runtime::EarlyRefusal;

use super::Server;
use super::admission::Admitted;
use super::stream::{Protocol, TimedStream};
use super::streams::{PacedBody, Streams};
use crate::config::Timeouts;
use crate::health;

/// The longest duration of a connection beyond the limits. Health checks take at most a second.
const RESERVE_LIFETIME: Duration = Duration::from_secs(5);

/// The time that an idle HTTP/2 connection, and a new connection during the shutdown, has to end by itself.
const GRACE: Duration = Duration::from_millis(500);

/// The maximum size of a request head in bytes. A larger one is refused with 431.
const MAX_HEAD: u32 = 64 * 1024;

/// The maximum number of concurrent requests on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;

/// The number of streams that a client can reset before the server has begun to process them, or that it can provoke the
/// server to reset. Beyond it the connection is closed ("rapid reset", CVE-2023-44487).
const MAX_RESETS: usize = 64;

/// The number of bytes that can arrive for one stream, and for one connection, before a handler reads them.
const STREAM_WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = 512 * 1024;

/// The number of bytes of one stream's response that can wait in memory for the client.
const SEND_BUFFER: usize = 64 * 1024;

/// The refusal of a request on a connection beyond the limits.
const TOO_MANY_CONNECTIONS: EarlyRefusal = EarlyRefusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    message: "too many connections are open; close idle ones, or try again later",
    retry_after: 1,
};

/// A client connection that the server has accepted.
pub(super) struct Connection {
    pub(super) server: Arc<Server>,
    pub(super) peer: SocketAddr,
    pub(super) admitted: Admitted,
}

/// The reason why a connection ends.
enum End {
    /// The connection must end at once.
    Closed,
    /// The connection must end after its running requests.
    Drained,
    /// No stream of an HTTP/2 connection has been open for some time.
    Idle,
}

impl Connection {
    /// Serves the requests of the connection until the client, a time limit or the shutdown ends it.
    pub(super) async fn run(self, stream: TcpStream) {
        let Server { config, draining, closing, tasks, .. } = &*self.server;
        let timeouts = &config.timeouts;
        // Without these options the connection still works.
        let _ = set_options(&stream, timeouts);
        let protocol = Arc::new(SetOnce::new());
        let streams = Streams::new(timeouts.write, tasks.clone(), closing.clone());
        let http = http(timeouts, streams.clone(), self.admitted.is_reserve());
        let stream = TokioIo::new(TimedStream::new(stream, timeouts, protocol.clone()));
        let mut connection = pin!(http.serve_connection(stream, service_fn(|request| self.respond(request))));

        let idle = async {
            match protocol.wait().await {
                Protocol::Http1 => std::future::pending().await,
                Protocol::Http2 => streams.idle_for(timeouts.header).await,
            }
            End::Idle
        };
        let drained = async {
            draining.cancelled().await;
            // The first request of a new connection can be on its way.
            let _ = tokio::time::timeout(GRACE, protocol.wait()).await;
            End::Drained
        };
        let closed = async {
            tokio::select! {
                () = closing.cancelled() => {}
                () = self.admitted.displaced() => {}
                () = lifetime(self.admitted.is_reserve()) => {}
            }
            End::Closed
        };
        // Unlike those of `select!`, each of these futures is polled only after its own wake-up, and not for each request.
        let mut ends: FuturesUnordered<BoxFuture<'_, End>> = FuturesUnordered::new();
        ends.push(closed.boxed());
        ends.push(drained.boxed());
        ends.push(idle.boxed());
        loop {
            let end = tokio::select! {
                biased;
                // An error of the connection is a fault of the client or of the network, so there is nothing to report.
                _ = connection.as_mut() => return,
                Some(end) = ends.next() => end,
            };
            match end {
                End::Closed => return,
                End::Drained => connection.as_mut().graceful_shutdown(),
                End::Idle => {
                    connection.as_mut().graceful_shutdown();
                    let grace = async {
                        tokio::time::sleep(GRACE).await;
                        // A request that crossed the announcement of the end can still run.
                        streams.idle_for(GRACE).await;
                        End::Closed
                    };
                    ends.push(grace.boxed());
                }
            }
        }
    }

    /// Returns the future of the response to a request.
    fn respond(&self, request: Request<Incoming>) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
        let version = request.version();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        if self.admitted.is_reserve() && !health::is_probe_request(request.method(), request.uri().path()) {
            request.extensions_mut().insert(TOO_MANY_CONNECTIONS);
        }
        let response = self.server.app.clone().call(request);
        let shutdown = self.server.shutdown.clone();
        async move {
            let response = response.await?;
            Ok(match version {
                Version::HTTP_2 => response.map(|body| Body::new(PacedBody::new(body))),
                // The client then opens its next connection to another process before the port is closed.
                _ if shutdown.is_draining() => with_close(response),
                _ => response,
            })
        }
    }
}

fn with_close(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Waits until a connection beyond the limits must end.
async fn lifetime(is_reserve: bool) {
    match is_reserve {
        true => tokio::time::sleep(RESERVE_LIFETIME).await,
        false => std::future::pending().await,
    }
}

/// Returns the settings of HTTP/1.1 and HTTP/2 for one connection.
fn http(timeouts: &Timeouts, streams: Streams, is_reserve: bool) -> auto::Builder<Streams> {
    let mut http = auto::Builder::new(streams);
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.header)
        .max_buf_size(MAX_HEAD as usize)
        .keep_alive(!is_reserve);
    // A client that sends a frame slowly cannot acknowledge a ping in between, so pings also bound the time of a frame.
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(timeouts.header)
        .keep_alive_timeout(timeouts.header)
        .max_header_list_size(MAX_HEAD)
        .max_concurrent_streams(MAX_STREAMS)
        .max_pending_accept_reset_streams(MAX_RESETS)
        .max_local_error_reset_streams(MAX_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER);
    http
}

/// Sets the options of a connection's socket.
///
/// The kernel keeps the connection of a vanished client, and the last bytes for a client that does not read, for many
/// minutes by default.
fn set_options(stream: &TcpStream, timeouts: &Timeouts) -> std::io::Result<()> {
    // Responses are written in one piece, so delaying small packets (Nagle's algorithm) only adds latency.
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let idle = timeouts.header.max(Duration::from_secs(1));
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(idle).with_interval(idle))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(timeouts.write))?;
    Ok(())
}
