//! Tests of protocols, slow clients, limits of connections, and the shutdown, over real sockets.

mod clients;
mod http2;
mod limits;
mod shutdown;

use axum::body::{Body, HttpBody};
use axum::routing::get;
use bytes::Bytes;
use http_body::Frame;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::*;
use crate::config::Source;
use crate::testing::SOON;
use writ_runtime::{EnvelopeCell, PROBLEM_JSON, fallback};

/// A running server for one test.
struct Running {
    address: SocketAddr,
    shutdown: Shutdown,
    task: JoinHandle<()>,
    /// Receives a message when the server has dropped the body of a response of `/endless` or `/silent`.
    dropped: mpsc::UnboundedReceiver<()>,
}

/// Starts a server with short timeouts, changed by these settings.
///
/// | path | response |
/// |---|---|
/// | `/`, `/livez` | a few bytes |
/// | `/slow` | a few bytes after a second |
/// | `/unchanged` | 304 with the length of the complete response |
/// | `/docs` | a few bytes, without knowledge of the contract |
/// | `/page` | 1,000 bytes |
/// | `/hang` | none |
/// | `/endless` | a body without an end |
/// | `/silent` | one event, and then nothing |
async fn start(settings: &[(&str, &str)]) -> Running {
    let defaults = [("T_HEADER_TIMEOUT", "300ms"), ("T_WRITE_TIMEOUT", "300ms")];
    let settings = defaults.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::read(&mut Source::new("T_", "", settings));
    let (drops, dropped) = mpsc::unbounded_channel();
    let silent = drops.clone();
    let slow = get(async || {
        tokio::time::sleep(Duration::from_secs(1)).await;
        "done"
    });
    let app = Router::new()
        .route("/", get(async || "quick"))
        .route("/livez", get(async || "alive"))
        .route("/slow", slow)
        .route("/unchanged", get(async || (http::StatusCode::NOT_MODIFIED, [("content-length", "21")])))
        .route("/hang", get(async || std::future::pending::<()>().await))
        .route("/endless", get(async move || Body::new(Endless(OnDrop(drops)))))
        .route("/silent", get(async move || Body::new(Silent { event: Some("event"), _on_drop: OnDrop(silent) })))
        .route("/docs", get(async || "many pages"))
        .route("/page", get(async || "a".repeat(1000)))
        .fallback(fallback(&PROBLEM_JSON));
    let app = bound(app, config.timeouts.request, EnvelopeCell::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = Shutdown::default();
    let stop = shutdown.clone();
    let task = tokio::spawn(async move { serve(listener, app, &config, stop).await });
    Running { address, shutdown, task, dropped }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a request and returns the connection.
    async fn send(&self, path: &str) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(head(path).as_bytes()).await.unwrap();
        stream
    }

    /// Waits until the server has dropped the body of a response.
    async fn body_dropped(&mut self) {
        tokio::time::timeout(SOON, self.dropped.recv()).await.expect("the server drops the response");
    }
}

fn head(path: &str) -> String {
    head_of("GET", path)
}

fn head_of(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

/// Reads until the server closes the connection.
async fn read_all(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    tokio::time::timeout(SOON, stream.read_to_end(&mut bytes)).await.expect("the server closes the connection")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Sends a GET request on a connection of its own and returns the response.
async fn request(address: SocketAddr, path: &str) -> io::Result<String> {
    send(address, "GET", path).await
}

/// Sends a request on a connection of its own and returns the response.
async fn send(address: SocketAddr, method: &str, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head_of(method, path).as_bytes()).await?;
    read_all(&mut stream).await
}

/// A value that sends a message when it is dropped.
struct OnDrop(mpsc::UnboundedSender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// A body without an end.
struct Endless(#[allow(dead_code, reason = "only its end matters")] OnDrop);

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[0; 100_000])))))
    }
}

/// A body with one event and then nothing, as an event stream without news.
struct Silent {
    event: Option<&'static str>,
    _on_drop: OnDrop,
}

impl HttpBody for Silent {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match self.event.take() {
            Some(event) => std::task::Poll::Ready(Some(Ok(Frame::data(event.into())))),
            None => std::task::Poll::Pending,
        }
    }
}
