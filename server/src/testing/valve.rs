//! A way to Redis that a test can close and open again.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::{redis_config, variable};
use crate::platform::redis::Redis;

/// Passes connections on while it is open; closing cuts them.
#[derive(Debug)]
pub struct Valve {
    /// Redis behind the valve, with a prefix of its own.
    pub redis: Redis,
    open: watch::Sender<bool>,
}

impl Valve {
    /// An open way to the Redis of tests.
    pub async fn open() -> Valve {
        let url = variable("WRIT_TEST_REDIS_URL");
        let behind = url.trim_start_matches("redis://").split(['/', '?']).next().unwrap_or_default();
        let behind = behind.rsplit('@').next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let open = watch::Sender::new(true);
        tokio::spawn(pass(listener, behind.clone(), open.clone()));
        let url = url.replacen(&behind, &address.to_string(), 1);
        Valve { redis: Redis::open(&redis_config(&url)).expect("the address can be read"), open }
    }

    /// Opens or closes it.
    pub fn set(&self, open: bool) {
        self.open.send_replace(open);
    }
}

async fn pass(listener: TcpListener, behind: String, open: watch::Sender<bool>) {
    while let Ok((stream, _)) = listener.accept().await {
        if *open.borrow() {
            tokio::spawn(carry(stream, behind.clone(), open.subscribe()));
        }
    }
}

async fn carry(mut stream: TcpStream, behind: String, mut open: watch::Receiver<bool>) {
    let Ok(mut redis) = TcpStream::connect(&behind).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut stream, &mut redis) => {}
        _ = open.wait_for(|open| !open) => {}
    }
}
