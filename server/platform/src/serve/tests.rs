//! Tests of slow clients and of the shutdown.

use std::time::Instant;

use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;

use super::*;

struct Running {
    address: SocketAddr,
    shutdown: Shutdown,
    task: JoinHandle<()>,
}

async fn start(timeouts: Timeouts) -> Running {
    let slow = get(async || {
        tokio::time::sleep(Duration::from_millis(1000)).await;
        "done"
    });
    let app = Router::new().route("/slow", slow).route("/", get(async || "quick"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = Shutdown::default();
    let task = tokio::spawn(serve(listener, app, timeouts, 10, shutdown.clone()));
    Running { address, shutdown, task }
}

fn timeouts() -> Timeouts {
    Timeouts {
        request: Duration::from_secs(30),
        header: Duration::from_millis(200),
        drain: Duration::from_secs(5),
        linger: Duration::ZERO,
    }
}

async fn request(address: SocketAddr, path: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}

#[tokio::test]
async fn a_client_that_does_not_complete_its_request_head_is_disconnected() {
    let running = start(timeouts()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: local").await.unwrap();
    let started = Instant::now();
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(!response.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn running_requests_finish_and_new_connections_are_refused_during_shutdown() {
    let running = start(timeouts()).await;
    let address = running.address;
    let slow = tokio::spawn(async move { request(address, "/slow").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.shutdown.drain();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(request(address, "/").await.is_err());
    assert!(slow.await.unwrap().unwrap().ends_with("done"));
    running.task.await.unwrap();
}

#[tokio::test]
async fn requests_are_cancelled_after_the_drain_timeout() {
    let running = start(Timeouts { drain: Duration::from_millis(50), ..timeouts() }).await;
    let address = running.address;
    let slow = tokio::spawn(async move { request(address, "/slow").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    running.shutdown.drain();
    running.task.await.unwrap();
    assert!(started.elapsed() < Duration::from_millis(700));
    assert!(!slow.await.unwrap().is_ok_and(|response| response.ends_with("done")));
}

#[tokio::test]
async fn ending_the_shutdown_stops_the_server_immediately() {
    let running = start(Timeouts { linger: Duration::from_secs(60), ..timeouts() }).await;
    running.shutdown.drain();
    assert!(request(running.address, "/").await.unwrap().ends_with("quick"));
    running.shutdown.end();
    tokio::time::timeout(Duration::from_secs(1), running.task).await.unwrap().unwrap();
}
