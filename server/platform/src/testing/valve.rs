//! A proxy for Redis that a test can close and open, to simulate an outage.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{REDIS_URL, redis_at, variable};
use crate::redis::Redis;

/// A TCP proxy for Redis in a test. While it is open, it forwards connections. Closing it breaks all connections.
#[derive(Debug)]
pub struct Valve {
    /// The connection to Redis through the proxy, with a separate key prefix.
    pub redis: Redis,
    open: watch::Sender<bool>,
}

impl Valve {
    /// Starts a proxy for the Redis of the tests, which forwards connections until it is closed.
    pub async fn open() -> Valve {
        let url = variable(REDIS_URL);
        let upstream = url.trim_start_matches("redis://").split(['/', '?']).next().unwrap_or_default();
        let upstream = upstream.rsplit('@').next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let open = watch::Sender::new(true);
        tokio::spawn(accept(listener, upstream.clone(), open.clone()));
        let url = url.replacen(&upstream, &address.to_string(), 1);
        Valve { redis: redis_at(&url), open }
    }

    /// Opens or closes the Redis proxy. Closing it breaks all connections.
    pub fn set(&self, open: bool) {
        self.open.send_replace(open);
    }
}

/// Accepts client connections to the Redis proxy, and forwards those that arrive while the proxy is open.
async fn accept(listener: TcpListener, upstream: String, open: watch::Sender<bool>) {
    while let Ok((stream, _)) = listener.accept().await {
        if *open.borrow() {
            tokio::spawn(forward(stream, upstream.clone(), open.subscribe()));
        }
    }
}

/// Forwards a connection to Redis until one side closes it or the proxy is closed.
async fn forward(mut stream: TcpStream, upstream: String, mut open: watch::Receiver<bool>) {
    let Ok(mut redis) = TcpStream::connect(&upstream).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut stream, &mut redis) => {}
        _ = open.wait_for(|open| !open) => {}
    }
}
