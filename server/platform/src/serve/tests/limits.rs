//! Tests of the limits on the number of connections.

use super::super::admission::RESERVE;
use super::*;

#[tokio::test]
async fn health_checks_succeed_while_all_connections_are_in_use() {
    for setting in ["T_MAX_CONNECTIONS", "T_MAX_CONNECTIONS_PER_ADDRESS"] {
        let running = start(&[(setting, "3"), ("T_HEADER_TIMEOUT", "1h")]).await;
        let mut silent = Vec::new();
        for _ in 0..3 + 2 * RESERVE {
            silent.push(running.connect().await);
        }
        assert!(request(running.address, "/livez").await.unwrap().ends_with("alive"), "{setting}");
        for (method, path) in [("GET", "/nowhere"), ("GET", "/docs"), ("POST", "/livez")] {
            let refused = send(running.address, method, path).await.unwrap();
            assert!(refused.starts_with("HTTP/1.1 503"), "{setting}: {method} {path}: {refused}");
            assert!(refused.contains("retry-after: 1") && refused.contains("application/problem+json"), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_connection_for_health_checks_serves_one_request() {
    let running = start(&[("T_MAX_CONNECTIONS", "1"), ("T_HEADER_TIMEOUT", "1h")]).await;
    let _regular = running.connect().await;
    let mut stream = running.connect().await;
    let twice = "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(2);
    stream.write_all(twice.as_bytes()).await.unwrap();
    let mut responses = Vec::new();
    // The server closes the connection with the second request unread, which can reset it.
    let _ = tokio::time::timeout(SOON, stream.read_to_end(&mut responses)).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&responses).matches("HTTP/1.1 200").count(), 1);
}

#[tokio::test]
async fn a_closed_connection_makes_room_for_another_one() {
    let running = start(&[("T_MAX_CONNECTIONS", "1")]).await;
    for _ in 0..5 {
        let response = request(running.address, "/nowhere").await.unwrap();
        if response.starts_with("HTTP/1.1 404") {
            continue;
        }
        // The server has not yet noticed the end of the connection before.
        tokio::task::yield_now().await;
    }
    let served = async { while !request(running.address, "/nowhere").await.unwrap().starts_with("HTTP/1.1 404") {} };
    tokio::time::timeout(SOON, served).await.unwrap();
}
