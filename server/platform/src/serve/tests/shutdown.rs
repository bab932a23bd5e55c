//! Tests of the graceful shutdown of a port.

use super::*;

#[tokio::test]
async fn running_requests_finish_and_new_connections_are_refused_during_shutdown() {
    let running = start(&[]).await;
    let mut slow = running.send("/slow").await;
    // A later request of the same client shows that the server has read the slow one.
    request(running.address, "/").await.unwrap();
    running.shutdown.drain();
    let refused = async { while request(running.address, "/").await.is_ok() {} };
    tokio::time::timeout(SOON, refused).await.unwrap();
    assert!(read_all(&mut slow).await.unwrap().ends_with("done"));
    running.task.await.unwrap();
}

#[tokio::test]
async fn requests_are_cancelled_after_the_drain_timeout() {
    let mut running = start(&[("T_DRAIN_TIMEOUT", "50ms")]).await;
    let mut silent = running.send("/silent").await;
    silent.read_u8().await.unwrap();
    running.shutdown.drain();
    running.body_dropped().await;
    tokio::time::timeout(SOON, &mut running.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn ending_the_shutdown_stops_the_server_immediately() {
    let running = start(&[("T_LINGER", "60s")]).await;
    running.shutdown.drain();
    assert!(request(running.address, "/").await.unwrap().ends_with("quick"));
    running.shutdown.end();
    tokio::time::timeout(SOON, running.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn responses_close_their_connections_while_the_server_lingers() {
    let running = start(&[("T_LINGER", "60s"), ("T_HEADER_TIMEOUT", "1h")]).await;
    let mut stream = running.connect().await;
    running.shutdown.drain();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let response = read_all(&mut stream).await.unwrap();
    assert!(response.contains("connection: close") && response.ends_with("quick"), "{response}");
}

#[tokio::test]
async fn a_request_on_a_connection_that_was_not_yet_accepted_is_served() {
    let running = start(&[("T_HEADER_TIMEOUT", "1h")]).await;
    // The runtime has one thread, so the server accepts nothing until this task waits.
    let stream = std::net::TcpStream::connect(running.address).unwrap();
    stream.set_nonblocking(true).unwrap();
    let mut stream = TcpStream::from_std(stream).unwrap();
    running.shutdown.drain();
    stream.write_all(head("/").as_bytes()).await.unwrap();
    assert!(read_all(&mut stream).await.unwrap().ends_with("quick"));
}

#[tokio::test]
async fn all_established_connections_are_accepted_although_the_task_has_used_its_cooperative_budget() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let _clients: Vec<_> = (0..10).map(|_| std::net::TcpStream::connect(address).unwrap()).collect();
    listener.accept().await.unwrap();
    // Each message takes from the budget, which is empty when the channel does not return one any more.
    let (sender, mut receiver) = mpsc::unbounded_channel();
    loop {
        sender.send(()).unwrap();
        if receiver.recv().now_or_never().is_none() {
            break;
        }
    }
    let accepted = std::iter::from_fn(|| accept_established(&listener)).count();
    assert_eq!(accepted, 9);
}

#[tokio::test]
async fn streams_of_http2_finish_during_shutdown() {
    let running = start(&[]).await;
    let client = http2::connect(&running).await;
    let slow = tokio::spawn(http2::get(client.sender.clone(), "/slow"));
    http2::get(client.sender, "/").await;
    running.shutdown.drain();
    assert_eq!(slow.await.unwrap(), "done");
    tokio::time::timeout(SOON, running.task).await.unwrap().unwrap();
}
