//! Tests of slow clients of HTTP/1.1.

use super::*;

#[tokio::test]
async fn a_client_that_sends_nothing_is_disconnected() {
    let running = start(&[]).await;
    assert_eq!(read_all(&mut running.connect().await).await.unwrap(), "");
}

#[tokio::test]
async fn a_client_that_does_not_complete_its_request_head_is_disconnected() {
    let running = start(&[]).await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: local").await.unwrap();
    let response = read_all(&mut stream).await.unwrap_or_default();
    assert!(!response.starts_with("HTTP/1.1 200"), "{response}");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let running = start(&[]).await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    assert!(read_all(&mut stream).await.unwrap().ends_with("quick"));
}

#[tokio::test]
async fn a_client_that_does_not_take_the_response_is_disconnected() {
    let mut running = start(&[]).await;
    let _stream = running.send("/endless").await;
    running.body_dropped().await;
}

#[tokio::test]
async fn a_client_that_takes_the_response_slowly_is_disconnected() {
    let mut running = start(&[]).await;
    let mut stream = running.send("/endless").await;
    let slow = async {
        loop {
            stream.read_u8().await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = running.body_dropped() => {}
        () = slow => {}
    }
}

#[tokio::test]
async fn a_silent_event_stream_stays_open() {
    let mut running = start(&[]).await;
    let mut stream = running.send("/silent").await;
    let mut received = vec![0; 1000];
    while !received.windows(5).any(|bytes| bytes == b"event") {
        assert_ne!(stream.read(&mut received).await.unwrap(), 0);
    }
    // The time is several times the limit of an idle connection and of a blocked write.
    tokio::time::timeout(Duration::from_millis(1200), running.dropped.recv()).await.unwrap_err();
    drop(stream);
    running.body_dropped().await;
}

#[tokio::test]
async fn a_request_head_has_a_maximum_size() {
    let running = start(&[]).await;
    let mut stream = running.connect().await;
    let head = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx-large: {}\r\n\r\n", "x".repeat(70_000));
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 431");
}

#[tokio::test]
async fn a_route_of_the_service_has_a_time_limit_too() {
    let running = start(&[("T_REQUEST_TIMEOUT", "1ms")]).await;
    let refused = request(running.address, "/hang").await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("application/problem+json") && refused.contains("x-request-id"), "{refused}");
}

#[tokio::test]
async fn a_route_that_knows_no_contract_refuses_methods_in_the_error_envelope() {
    let running = start(&[]).await;
    let refused = send(running.address, "DELETE", "/docs").await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 405"), "{refused}");
    for expected in ["allow: GET,HEAD", "x-request-id: ", "application/problem+json", "METHOD_NOT_ALLOWED"] {
        assert!(refused.contains(expected), "{expected}: {refused}");
    }
}
