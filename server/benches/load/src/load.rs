//! Clients that send requests over kept connections, without a library whose own cost would hide that of the servers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::{median, sorted};

/// The number of connections that send requests at the same time.
pub const CONNECTIONS: usize = 32;

/// A function that appends the request with a given number.
type Write = Arc<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;

/// The requests of a load: a function that writes the request with a given number. Those of a mixed load have several, each
/// with its server.
#[derive(Clone)]
pub struct Requests {
    parts: Arc<[Part]>,
}

/// The requests of one kind to one server.
#[derive(Clone)]
struct Part {
    to: SocketAddr,
    write: Write,
}

/// The numbers of requests, of which no two loads have one in common.
#[derive(Default)]
pub struct Numbers(u64);

impl Numbers {
    /// Returns the number of the first request of another load.
    pub fn next(&mut self) -> u64 {
        /// More than one load can send.
        const APART: u64 = 10_000_000;
        let first = self.0;
        self.0 += APART;
        first
    }
}

/// A connection to a server, with the bytes that have arrived.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// A response of a server.
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// True if the server closes the connection after this response.
    pub closes: bool,
}

/// The result of a load: the durations of all requests, in ascending order, and the elapsed time.
pub struct Measured {
    durations: Vec<Duration>,
    elapsed: Duration,
}

impl Requests {
    /// Describes requests of which `write` writes the one with a given number.
    pub fn new(to: SocketAddr, write: impl Fn(u64, &mut Vec<u8>) + Send + Sync + 'static) -> Requests {
        Requests { parts: [Part { to, write: Arc::new(write) }].into() }
    }

    /// Describes a mixed load: each connection sends a request of every kind in turn.
    pub fn in_turn(kinds: &[Requests]) -> Requests {
        Requests { parts: kinds.iter().flat_map(|kind| kind.parts.iter().cloned()).collect() }
    }

    /// Sends the first request and returns the response.
    pub async fn first(&self) -> anyhow::Result<Response> {
        let mut request = Vec::new();
        let (part, _) = self.write(0, &mut request);
        Connection::open(part.to).await?.send(&request).await
    }

    /// Appends the request with a given number. Returns its part, and the index of the part.
    fn write(&self, number: u64, request: &mut Vec<u8>) -> (&Part, usize) {
        // The first requests of the connections are of different kinds, and so are those of a connection.
        let turn = number + number / CONNECTIONS as u64;
        let index = (turn % self.parts.len() as u64) as usize;
        let part = &self.parts[index];
        (part.write)(number, request);
        (part, index)
    }

    /// Opens a connection for each part, in their order.
    async fn connect(&self) -> anyhow::Result<Vec<Connection>> {
        let mut connections = Vec::new();
        for part in self.parts.iter() {
            connections.push(Connection::open(part.to).await?);
        }
        Ok(connections)
    }

    /// Sends requests for `time` on all connections, each as soon as the connection has the response to the one before.
    /// `from` is the number of the first request.
    pub async fn saturate(&self, from: u64, time: Duration) -> anyhow::Result<Measured> {
        self.run(time, move |index, sent, _| (from + index + sent * CONNECTIONS as u64, None)).await
    }

    /// Sends `rate` requests a second for `time`, at even intervals.
    pub async fn pace(&self, from: u64, time: Duration, rate: f64) -> anyhow::Result<Measured> {
        self.run(time, move |index, sent, begun| {
            let number = index + sent * CONNECTIONS as u64;
            (from + number, Some(begun + Duration::from_secs_f64(number as f64 / rate)))
        })
        .await
    }

    async fn run(
        &self,
        time: Duration,
        next: impl Fn(u64, u64, Instant) -> (u64, Option<Instant>) + Copy + Send + 'static,
    ) -> anyhow::Result<Measured> {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(self.connect().await?);
        }
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for (index, mut connections) in (0..).zip(connections) {
            let requests = self.clone();
            tasks.spawn(async move {
                let (mut durations, mut request) = (Vec::new(), Vec::new());
                for sent in 0.. {
                    let (number, due) = next(index, sent, begun);
                    let mut start = Instant::now();
                    if let Some(due) = due {
                        if due > start {
                            tokio::time::sleep_until(due.into()).await;
                            // The timer wakes up to a millisecond late, which is not the server's time.
                            start = Instant::now();
                        } else {
                            // The response before was late, so this request had to wait for it.
                            start = due;
                        }
                    }
                    if begun.elapsed() >= time {
                        break;
                    }
                    request.clear();
                    let (_, part) = requests.write(number, &mut request);
                    let response = connections[part].send(&request).await?;
                    let body = String::from_utf8_lossy(&response.body);
                    ensure!(response.status / 100 == 2, "a request got {}: {body}", response.status);
                    durations.push(start.elapsed());
                }
                anyhow::Ok(durations)
            });
        }
        let mut durations = Vec::new();
        while let Some(done) = tasks.join_next().await {
            durations.extend(done??);
        }
        let elapsed = begun.elapsed();
        durations.sort_unstable();
        Ok(Measured { durations, elapsed })
    }
}

impl Measured {
    /// Returns the number of requests.
    pub fn count(&self) -> usize {
        self.durations.len()
    }

    /// Returns the number of requests a second.
    pub fn rate(&self) -> f64 {
        self.durations.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// Returns the duration in milliseconds that `share` of the requests did not exceed.
    pub fn quantile(&self, share: f64) -> f64 {
        let index = (self.durations.len() as f64 * share) as usize;
        self.durations
            .get(index.min(self.durations.len().saturating_sub(1)))
            .map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

/// Returns the median of the durations in milliseconds that `share` of the requests of each load did not exceed.
pub fn quantile(loads: &[Measured], share: f64) -> f64 {
    median(&sorted(loads.iter().map(|measured| measured.quantile(share)).collect()))
}

/// Opens `count` connections that have received one response each, and returns them open.
pub async fn idle(requests: &Requests, count: usize) -> anyhow::Result<Vec<Connection>> {
    let mut open = Vec::new();
    for number in 0..count as u64 {
        let mut request = Vec::new();
        let (part, _) = requests.write(number, &mut request);
        let mut connection = Connection::open(part.to).await?;
        connection.send(&request).await?;
        open.push(connection);
    }
    Ok(open)
}

impl Connection {
    /// Opens a connection.
    pub async fn open(to: SocketAddr) -> anyhow::Result<Connection> {
        let stream = TcpStream::connect(to).await.with_context(|| format!("cannot connect to {to}"))?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, received: Vec::with_capacity(32 * 1024) })
    }

    /// Sends a request and returns the response.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<Response> {
        self.stream.write_all(request).await?;
        self.received.clear();
        let (head, length, closes) = loop {
            if let Some(end) = self.received.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.received[..end])?;
                break (end + 4, content_length(head)?, closes(head));
            }
            self.receive().await?;
        };
        while self.received.len() < head + length {
            self.receive().await?;
        }
        let status = self.received.get(9..12).and_then(|status| std::str::from_utf8(status).ok());
        let status = status.and_then(|status| status.parse().ok()).context("a response has no status")?;
        Ok(Response { status, body: self.received[head..head + length].to_vec(), closes })
    }

    async fn receive(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            bail!("the server closed a connection");
        }
        Ok(())
    }
}

fn content_length(head: &str) -> anyhow::Result<usize> {
    let length = fields(head, "content-length").last().context("a response has no Content-Length")?;
    length.parse().context("a Content-Length is invalid")
}

/// Returns true if a response announces the end of its connection.
fn closes(head: &str) -> bool {
    fields(head, "connection").any(|value| value.eq_ignore_ascii_case("close"))
}

/// Returns the values of a header.
fn fields<'a>(head: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    fields.filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
