//! A proxy for PostgreSQL or Redis that a test can disturb, to simulate an outage.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[cfg(feature = "redis")]
use crate::redis::Redis;

/// The state of a [`Proxy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The proxy forwards all data.
    Open,
    /// The proxy forwards all data, each part of it after this time.
    Delayed(Duration),
    /// The proxy accepts connections and data, and forwards nothing. It looks like a network that loses all packets,
    /// except that the operating system of the proxy acknowledges them.
    Stalled,
    /// The proxy has closed the direction from the server to the client, and forwards the other one.
    HalfClosed,
    /// The proxy closes all connections, and refuses new ones.
    Closed,
}

/// A TCP proxy in front of a server, whose connections a test can disturb.
#[derive(Debug)]
pub struct Proxy {
    upstream: String,
    address: String,
    flow: watch::Sender<Flow>,
    /// Notified when the network loses all present connections.
    lost: watch::Sender<()>,
}

impl Proxy {
    /// Starts an open proxy for the server of a URL.
    pub async fn start(url: &str) -> Proxy {
        let upstream = host(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address").to_string();
        let (flow, lost) = (watch::Sender::new(Flow::Open), watch::Sender::new(()));
        tokio::spawn(accept(listener, upstream.clone(), flow.clone(), lost.clone()));
        Proxy { upstream, address, flow, lost }
    }

    /// Starts an open proxy for the PostgreSQL of the tests.
    #[cfg(feature = "postgres")]
    pub async fn postgres() -> Proxy {
        Proxy::start(&super::variable(super::DATABASE_URL)).await
    }

    /// Starts an open proxy for the Redis of the tests.
    #[cfg(feature = "redis")]
    pub async fn redis() -> Proxy {
        Proxy::start(&super::variable(super::REDIS_URL)).await
    }

    /// Returns a URL of the server with the address of the proxy.
    pub fn url(&self, url: &str) -> String {
        url.replacen(&self.upstream, &self.address, 1)
    }

    /// Loses all present connections, as a network does that forgets them: neither side notices. New ones work.
    pub fn lose_connections(&self) {
        self.lost.send_replace(());
    }

    /// Changes the state of the proxy, for its present and future connections.
    pub fn set(&self, flow: Flow) {
        self.flow.send_replace(flow);
    }
}

/// A [`Proxy`] for the Redis of the tests, and a connection through it.
#[cfg(feature = "redis")]
#[derive(Debug)]
pub struct Valve {
    /// The connection to Redis through the proxy, with a separate key prefix.
    pub redis: Redis,
    proxy: Proxy,
}

#[cfg(feature = "redis")]
impl Valve {
    /// Starts a proxy for the Redis of the tests, which forwards connections until it is closed.
    pub async fn open() -> Valve {
        let proxy = Proxy::redis().await;
        let redis = super::redis_at(&proxy.url(&super::variable(super::REDIS_URL)));
        Valve { redis, proxy }
    }

    /// Opens or closes the Redis proxy. Closing it breaks all connections.
    pub fn set(&self, open: bool) {
        self.proxy.set(if open { Flow::Open } else { Flow::Closed });
    }
}

/// Returns the host and the port of a URL.
fn host(url: &str) -> &str {
    let address = url.split_once("://").map_or(url, |(_, rest)| rest);
    let address = address.split(['/', '?']).next().unwrap_or_default();
    address.rsplit('@').next().unwrap_or_default()
}

/// Accepts client connections, and forwards those that arrive while the proxy is not closed.
async fn accept(listener: TcpListener, upstream: String, flow: watch::Sender<Flow>, lost: watch::Sender<()>) {
    while let Ok((stream, _)) = listener.accept().await {
        if *flow.borrow() != Flow::Closed {
            tokio::spawn(forward(stream, upstream.clone(), flow.subscribe(), lost.subscribe()));
        }
    }
}

/// Forwards a connection until one side closes it, the proxy is closed, or the network loses the connection.
async fn forward(client: TcpStream, upstream: String, flow: watch::Receiver<Flow>, mut lost: watch::Receiver<()>) {
    let Ok(server) = TcpStream::connect(&upstream).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let mut closed = flow.clone();
    let both = async {
        tokio::join!(copy(from_client, to_server, flow.clone(), false), copy(from_server, to_client, flow, true))
    };
    tokio::pin!(both);
    let is_lost = tokio::select! {
        _ = &mut both => false,
        _ = closed.wait_for(|flow| *flow == Flow::Closed) => false,
        changed = lost.changed() => changed.is_ok(),
    };
    if is_lost {
        // Both sockets stay open and silent until the proxy is closed.
        let _ = closed.wait_for(|flow| *flow == Flow::Closed).await;
    }
}

/// Copies one direction of a connection, as the state of the proxy says.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut flow: watch::Receiver<Flow>, is_response: bool) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = tokio::select! {
            read = from.read(&mut buffer) => read.unwrap_or(0),
            _ = flow.wait_for(|flow| is_response && *flow == Flow::HalfClosed) => 0,
        };
        let passed = flow.wait_for(|flow| *flow != Flow::Stalled).await.map(|flow| *flow);
        match passed {
            Ok(Flow::HalfClosed) if is_response => return,
            Ok(Flow::Delayed(time)) => tokio::time::sleep(time).await,
            _ => {}
        }
        // Dropping the half closes its direction.
        if length == 0 || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::SOON;
    use super::*;

    /// Starts a server that sends each byte back. Returns a proxy before it.
    async fn echo() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("echo://user@{}/path?a=b", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (mut from, mut to) = stream.into_split();
                tokio::spawn(async move { tokio::io::copy(&mut from, &mut to).await });
            }
        });
        Proxy::start(&url).await
    }

    async fn connect(proxy: &Proxy) -> TcpStream {
        TcpStream::connect(host(&proxy.url(&format!("echo://{}", proxy.upstream)))).await.unwrap()
    }

    /// Sends a byte, and returns the byte that comes back. Returns `None` if the connection is closed.
    async fn returned(stream: &mut TcpStream, byte: u8) -> Option<u8> {
        stream.write_all(&[byte]).await.ok()?;
        tokio::time::timeout(SOON, stream.read_u8()).await.expect("a byte or the end arrives").ok()
    }

    #[tokio::test]
    async fn the_url_of_a_proxy_differs_only_in_its_address() {
        let proxy = echo().await;
        let url = |address: &str| format!("echo://user:secret@{address}/path?a=b");
        assert_eq!(proxy.url(&url(&proxy.upstream)), url(&proxy.address));
        assert_ne!(proxy.upstream, proxy.address);
        assert_eq!(host("redis://localhost:7"), "localhost:7");
        assert_eq!(host("localhost:7?a=b"), "localhost:7");
    }

    #[tokio::test]
    async fn an_open_proxy_passes_bytes_and_a_closed_one_cuts_its_connections() {
        let proxy = echo().await;
        let mut stream = connect(&proxy).await;
        assert_eq!(returned(&mut stream, 1).await, Some(1));
        proxy.set(Flow::Closed);
        assert_eq!(tokio::time::timeout(SOON, stream.read_u8()).await.unwrap().ok(), None);
        assert_eq!(returned(&mut connect(&proxy).await, 2).await, None);
        proxy.set(Flow::Open);
        assert_eq!(returned(&mut connect(&proxy).await, 3).await, Some(3));
    }

    #[tokio::test]
    async fn a_delayed_proxy_passes_bytes_later() {
        let (proxy, delay) = (echo().await, Duration::from_millis(50));
        let mut stream = connect(&proxy).await;
        assert_eq!(returned(&mut stream, 1).await, Some(1));
        proxy.set(Flow::Delayed(delay));
        let started = std::time::Instant::now();
        assert_eq!(returned(&mut stream, 2).await, Some(2));
        assert!(started.elapsed() >= 2 * delay, "both directions are delayed");
    }

    #[tokio::test]
    async fn a_stalled_proxy_keeps_the_bytes_until_it_opens() {
        let proxy = echo().await;
        let mut stream = connect(&proxy).await;
        assert_eq!(returned(&mut stream, 1).await, Some(1));
        proxy.set(Flow::Stalled);
        stream.write_all(&[2]).await.unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(50), stream.read_u8()).await.is_err());
        proxy.set(Flow::Open);
        assert_eq!(tokio::time::timeout(SOON, stream.read_u8()).await.unwrap().unwrap(), 2);
    }

    #[tokio::test]
    async fn a_half_closed_proxy_ends_the_responses_and_receives_requests() {
        let proxy = echo().await;
        let mut stream = connect(&proxy).await;
        assert_eq!(returned(&mut stream, 1).await, Some(1));
        proxy.set(Flow::HalfClosed);
        assert_eq!(tokio::time::timeout(SOON, stream.read_u8()).await.unwrap().ok(), None);
        for _ in 0..10 {
            stream.write_all(&[2]).await.unwrap();
            stream.flush().await.unwrap();
        }
    }
}
