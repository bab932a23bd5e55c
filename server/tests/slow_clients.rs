//! Slow clients of a real process of the server: others are served as before.

mod process;

use std::time::{Duration, Instant};

use process::Process;
use server::testing::TestDatabase;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// Starts a process that permits enough connections of one address.
async fn start(database: &TestDatabase) -> Process {
    let settings = [
        ("WRIT_MAX_CONNECTIONS_PER_ADDRESS", "5000"),
        // Each request has a client address of its own, so that no rate limit applies.
        ("WRIT_TRUSTED_PROXIES", "127.0.0.0/8"),
        ("WRIT_LOG", "warn"),
    ];
    Process::start(database, &settings).await
}

/// Opens connections of which one half sends, and the other half reads, a byte a second.
async fn slow_clients(url: &str, count: usize) -> JoinSet<()> {
    let address = url.trim_start_matches("http://").to_owned();
    let mut clients = JoinSet::new();
    for number in 0..count {
        let address = address.clone();
        clients.spawn(async move {
            loop {
                // The server closes the connection after a while, and the client opens another one.
                let _ = match number % 2 {
                    0 => send_slowly(&address).await,
                    _ => read_slowly(&address).await,
                };
            }
        });
    }
    clients
}

async fn send_slowly(address: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    for byte in b"GET /v1/products HTTP/1.1\r\nx-slow: ".iter().chain(std::iter::repeat(&b'x')) {
        stream.write_u8(*byte).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn read_slowly(address: &str) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    // The kernel takes little for a client that does not read, so that the server has to wait.
    socket.set_recv_buffer_size(4096)?;
    let mut stream = socket.connect(address.parse().map_err(std::io::Error::other)?).await?;
    // The contract is large.
    stream.write_all(b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
    loop {
        stream.read_u8().await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Sends requests at a constant rate and returns the sorted latencies. Every request must be served.
async fn latencies(url: &str, count: u32) -> Vec<Duration> {
    let client = reqwest::Client::new();
    let mut requests = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    for number in 0..count {
        ticks.tick().await;
        let [_, b, c, d] = number.to_be_bytes();
        let request = client.get(format!("{url}/v1/products")).header("x-forwarded-for", format!("10.{b}.{c}.{d}"));
        requests.spawn(async move {
            let started = Instant::now();
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 200);
            response.bytes().await.unwrap();
            started.elapsed()
        });
    }
    let mut latencies = requests.join_all().await;
    latencies.sort();
    latencies
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

#[tokio::test]
async fn others_are_served_beside_slow_clients() {
    let database = TestDatabase::empty(&server::USERS).await;
    let process = start(&database).await;
    let _slow = slow_clients(&process.url, 100).await;
    assert_eq!(latencies(&process.url, 200).await.len(), 200);
}

/// The long proof: 1,000 slow clients leave the latency of others within 1.2 times. It measures in turns without and with
/// them, and compares the best turns, since other work on the machine only adds latency.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures for more than a minute: run it alone, with `--release`"]
async fn a_thousand_slow_clients_leave_the_latency_of_others() {
    let database = TestDatabase::empty(&server::USERS).await;
    let process = start(&database).await;
    latencies(&process.url, 1000).await;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        without.push(latencies(&process.url, 2000).await);
        let mut slow = slow_clients(&process.url, 1000).await;
        // All of them are connected after their first seconds.
        tokio::time::sleep(Duration::from_secs(3)).await;
        with.push(latencies(&process.url, 2000).await);
        slow.shutdown().await;
    }
    for percent in [50, 99] {
        let best = |turns: &[Vec<Duration>]| turns.iter().map(|turn| percentile(turn, percent)).min().unwrap();
        let (without, with) = (best(&without), best(&with));
        let ratio = with.as_secs_f64() / without.as_secs_f64();
        println!("p{percent}: {without:?} without and {with:?} with 1,000 slow clients: {ratio:.2} times");
        assert!(ratio <= 1.2, "p{percent} is {ratio:.2} times as high");
    }
}
