//! Tests of HTTP/2 with prior knowledge, and of its slow clients.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use super::*;

/// A client with one HTTP/2 connection.
pub(super) struct Client {
    pub(super) sender: SendRequest<Body>,
    connection: JoinHandle<()>,
}

pub(super) async fn connect(running: &Running) -> Client {
    connect_with(running, 40_000).await
}

/// Connects a client that takes at most `window` bytes of a stream until it has read them.
async fn connect_with(running: &Running, window: u32) -> Client {
    let stream = TokioIo::new(running.connect().await);
    let mut http = Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new()).initial_stream_window_size(window);
    let (sender, connection) = http.handshake(stream).await.unwrap();
    // The end of the connection is what a test waits for, with an error or without one.
    let connection = tokio::spawn(async move { drop(connection.await) });
    Client { sender, connection }
}

async fn send(mut sender: SendRequest<Body>, path: &str) -> http::Response<Incoming> {
    let request = http::Request::get(format!("http://localhost{path}")).body(Body::empty()).unwrap();
    sender.ready().await.unwrap();
    sender.send_request(request).await.unwrap()
}

pub(super) async fn get(sender: SendRequest<Body>, path: &str) -> String {
    let response = send(sender, path).await;
    assert_eq!(response.version(), http::Version::HTTP_2);
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn requests_of_http2_share_a_connection() {
    let running = start(&[]).await;
    let client = connect(&running).await;
    let requests = (0..50).map(|_| get(client.sender.clone(), "/"));
    assert_eq!(futures_util::future::join_all(requests).await, vec!["quick"; 50]);
}

#[tokio::test]
async fn a_304_can_have_the_length_of_the_complete_response() {
    let running = start(&[]).await;
    let client = connect(&running).await;
    let response = send(client.sender.clone(), "/unchanged").await;
    assert_eq!((response.status().as_u16(), &response.headers()["content-length"]), (304, &"21".parse().unwrap()));
    assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
    assert_eq!(get(client.sender, "/").await, "quick");
}

#[tokio::test]
async fn a_request_to_upgrade_to_http2_is_served_by_http1() {
    let running = start(&[]).await;
    let mut stream = running.connect().await;
    let head = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n\
                http2-settings: AAMAAABkAAQAAP__\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let response = read_all(&mut stream).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 200") && response.ends_with("quick"), "{response}");
}

#[tokio::test]
async fn a_stream_that_the_client_does_not_take_is_reset_without_its_connection() {
    let mut running = start(&[]).await;
    let client = connect(&running).await;
    let response = send(client.sender.clone(), "/endless").await;
    running.body_dropped().await;
    assert_eq!(get(client.sender, "/").await, "quick");
    let received = tokio::time::timeout(SOON, response.into_body().collect()).await.unwrap();
    assert!(received.unwrap_err().to_string().contains("body"));
}

#[tokio::test]
async fn a_stream_is_reset_also_if_the_client_does_not_take_the_end_of_a_short_body() {
    // The connection is not closed when its only stream has ended.
    let running = start(&[("T_HEADER_TIMEOUT", "1h")]).await;
    let client = connect_with(&running, 1).await;
    let response = send(client.sender.clone(), "/page").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let received = tokio::time::timeout(SOON, response.into_body().collect()).await.unwrap();
    assert!(received.unwrap_err().to_string().contains("body"));
    assert_eq!(get(client.sender, "/").await, "quick");
}

#[tokio::test]
async fn the_server_announces_and_applies_its_limits_of_http2() {
    let running = start(&[]).await;
    let mut stream = running.connect().await;
    stream.write_all(&opening()).await.unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    let mut settings = vec![0; usize::from(head[2])];
    stream.read_exact(&mut settings).await.unwrap();
    assert_eq!(head[3], 0x4);
    let settings: Vec<(u16, u32)> = settings
        .chunks(6)
        .map(|one| (u16::from_be_bytes([one[0], one[1]]), u32::from_be_bytes([one[2], one[3], one[4], one[5]])))
        .collect();
    // SETTINGS_MAX_CONCURRENT_STREAMS and SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113 § 6.5.2).
    for limit in [(0x3, 100), (0x6, 64 * 1024)] {
        assert!(settings.contains(&limit), "{settings:?}");
    }
    let mut client = connect(&running).await;
    let request = http::Request::get("http://localhost/").header("x-large", "a".repeat(70_000));
    let response = client.sender.send_request(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 431);
}

#[tokio::test]
async fn a_silent_event_stream_of_http2_stays_open() {
    let mut running = start(&[]).await;
    let client = connect(&running).await;
    let mut body = send(client.sender.clone(), "/silent").await.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "event");
    tokio::time::timeout(Duration::from_millis(1200), running.dropped.recv()).await.unwrap_err();
    assert_eq!(get(client.sender, "/").await, "quick");
    drop(body);
    running.body_dropped().await;
}

#[tokio::test]
async fn an_http2_connection_without_streams_is_closed() {
    let running = start(&[]).await;
    let client = connect(&running).await;
    assert_eq!(get(client.sender.clone(), "/").await, "quick");
    tokio::time::timeout(SOON, client.connection).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_sends_a_frame_slowly_is_disconnected() {
    let running = start(&[]).await;
    let mut stream = running.connect().await;
    stream.write_all(&opening()).await.unwrap();
    // A silent event stream keeps the connection in use.
    stream.write_all(&headers(1, "/silent")).await.unwrap();
    let slow = headers(3, "/");
    let disconnected = async {
        for byte in slow.iter().cycle().take(slow.len() - 1).chain(std::iter::repeat(&0)) {
            if stream.write_u8(*byte).await.is_err() {
                break;
            }
            let mut buffer = [0; 4096];
            let received = tokio::time::timeout(Duration::from_millis(100), stream.read(&mut buffer)).await;
            if let Ok(Ok(0) | Err(_)) = received {
                break;
            }
        }
    };
    tokio::time::timeout(SOON, disconnected).await.unwrap();
}

#[tokio::test]
async fn a_client_that_resets_its_streams_at_once_is_disconnected() {
    // No other limit closes the connection.
    let running = start(&[("T_HEADER_TIMEOUT", "1h")]).await;
    let mut stream = running.connect().await;
    let mut frames = opening();
    for id in (1..400).step_by(2) {
        frames.extend(headers(id, "/slow"));
        frames.extend(frame(0x3, 0, id, &[0, 0, 0, 8]));
    }
    stream.write_all(&frames).await.unwrap();
    let mut received = Vec::new();
    let ended = tokio::time::timeout(SOON, stream.read_to_end(&mut received)).await;
    let _ = ended.expect("the server closes the connection");
    // A frame GOAWAY with the error code ENHANCE_YOUR_CALM ends the connection.
    let goaway = frame(0x7, 0, 0, &[0; 8]);
    let at = received.windows(goaway.len()).position(|bytes| bytes[3..9] == goaway[3..9]).expect("a GOAWAY frame");
    assert_eq!(received[at + 13..at + 17], [0, 0, 0, 0xb]);
    // Others are served.
    assert!(request(running.address, "/").await.unwrap().ends_with("quick"));
}

/// Returns the bytes with which a client begins an HTTP/2 connection: the preface, and empty settings.
fn opening() -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(0x4, 0, 0, &[]));
    bytes
}

/// Returns a HEADERS frame of a complete GET request (RFC 9113 § 6.2, RFC 7541 § 6).
fn headers(stream: u32, path: &str) -> Vec<u8> {
    // Indexed fields: `:method: GET`, `:scheme: http`. Literal values: `:path`, `:authority`.
    let mut block = vec![0x82, 0x86, 0x04, path.len() as u8];
    block.extend(path.as_bytes());
    block.extend([0x01, 1, b'a']);
    frame(0x1, 0x5, stream, &block)
}

/// Returns a frame of HTTP/2 (RFC 9113 § 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}
