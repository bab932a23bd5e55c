//! Tests of the time limits of byte streams.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use tokio::time::Instant;

use super::*;

fn timeouts() -> Timeouts {
    let [request, header, write, drain, linger] = [30, 10, 20, 5, 0].map(Duration::from_secs);
    Timeouts { request, header, write, drain, linger }
}

/// Returns the server's side of a connection, the client's side, and the protocol that the server detects.
fn connect(buffer: usize) -> (TimedStream<DuplexStream>, DuplexStream, Arc<SetOnce<Protocol>>) {
    let (server, client) = duplex(buffer);
    let protocol = Arc::new(SetOnce::new());
    (TimedStream::new(server, &timeouts(), protocol.clone()), client, protocol)
}

async fn is_timed_out<T: std::fmt::Debug>(operation: impl Future<Output = io::Result<T>>) -> bool {
    operation.await.unwrap_err().kind() == io::ErrorKind::TimedOut
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_nothing_is_disconnected() {
    let (mut server, _client, _) = connect(64);
    let started = Instant::now();
    assert!(is_timed_out(server.read_u8()).await);
    assert_eq!(started.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_the_preface_slowly_is_disconnected() {
    let (mut server, mut client, protocol) = connect(64);
    let slow = async {
        for byte in HTTP2_PREFACE {
            client.write_u8(*byte).await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let read = async {
        loop {
            server.read_u8().await?;
        }
        #[allow(unreachable_code, reason = "the type of the loop's error")]
        Ok::<(), io::Error>(())
    };
    tokio::select! {
        timed_out = is_timed_out(read) => assert!(timed_out),
        () = slow => panic!("the preface was accepted"),
    }
    assert_eq!(protocol.get(), None);
}

#[tokio::test(start_paused = true)]
async fn the_first_bytes_show_the_protocol_in_any_pieces() {
    for (bytes, expected) in [
        (HTTP2_PREFACE, Protocol::Http2),
        (b"GET / HTTP/1.1\r\n".as_slice(), Protocol::Http1),
        (b"PRI / HTTP/1.1\r\n".as_slice(), Protocol::Http1),
        (b"PRI * HTTP/2.0\r\n\r\nXX".as_slice(), Protocol::Http1),
    ] {
        for piece in [1, 5, bytes.len()] {
            let (mut server, mut client, protocol) = connect(64);
            for part in bytes.chunks(piece) {
                client.write_all(part).await.unwrap();
                server.read_exact(&mut vec![0; part.len()]).await.unwrap();
            }
            assert_eq!(protocol.get(), Some(&expected), "{piece}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_after_the_first_bytes_is_not_limited_here() {
    let (mut server, mut client, _) = connect(64);
    client.write_all(b"GET").await.unwrap();
    server.read_exact(&mut [0; 3]).await.unwrap();
    tokio::time::timeout(Duration::from_secs(3600), server.read_u8()).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_disconnected() {
    let (mut server, _client, _) = connect(64);
    let started = Instant::now();
    assert!(is_timed_out(server.write_all(&[0; 65])).await);
    assert_eq!(started.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_a_byte_a_second_is_disconnected() {
    let (mut server, mut client, _) = connect(64);
    let started = Instant::now();
    let reader = tokio::spawn(async move {
        while client.read_u8().await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    assert!(is_timed_out(server.write_all(&[0; 1000])).await);
    assert_eq!(started.elapsed().as_secs(), 20);
    reader.abort();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_enough_in_time_stays_connected() {
    let (mut server, mut client, _) = connect(MIN_TAKEN);
    let started = Instant::now();
    let reader = tokio::spawn(async move {
        let mut buffer = vec![0; MIN_TAKEN];
        while client.read_exact(&mut buffer).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(15)).await;
        }
    });
    server.write_all(&vec![0; 20 * MIN_TAKEN]).await.unwrap();
    assert!(started.elapsed().as_secs() > 200);
    reader.abort();
}

#[tokio::test(start_paused = true)]
async fn time_without_data_to_send_does_not_count() {
    let (mut server, mut client, _) = connect(64);
    for _ in 0..10 {
        server.write_all(b"an event").await.unwrap();
        server.flush().await.unwrap();
        client.read_exact(&mut [0; 8]).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3600)).await;
    }
}
