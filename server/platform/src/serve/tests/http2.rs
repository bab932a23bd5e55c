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
    let stream = TokioIo::new(running.connect().await);
    let mut http = Builder::new(TokioExecutor::new());
    http.timer(TokioTimer::new()).initial_stream_window_size(40_000);
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
            match tokio::time::timeout(Duration::from_millis(100), stream.read(&mut buffer)).await {
                Ok(Ok(0) | Err(_)) => break,
                Ok(Ok(_)) | Err(_) => {}
            }
        }
    };
    tokio::time::timeout(SOON, disconnected).await.unwrap();
}

#[tokio::test]
async fn a_client_that_resets_its_streams_at_once_is_disconnected() {
    let running = start(&[]).await;
    let mut stream = running.connect().await;
    let mut frames = opening();
    for id in (1..4000).step_by(2) {
        frames.extend(headers(id, "/slow"));
        frames.extend(frame(0x3, 0, id, &[0, 0, 0, 8]));
    }
    let (mut reader, mut writer) = stream.split();
    let mut received = Vec::new();
    // The server closes the connection before it has read all frames, which can reset it.
    let (_, ended) =
        tokio::join!(writer.write_all(&frames), tokio::time::timeout(SOON, reader.read_to_end(&mut received)));
    let _ = ended.expect("the server closes the connection");
    assert!(running.task.is_finished() || request(running.address, "/").await.unwrap().ends_with("quick"));
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
