//! A long mixed load with random paths and hang-ups, and the resources that the server and its stores hold during it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use sqlx::{Connection as _, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::load::Connection;
use crate::mix::{Mix, Random};
use crate::servers::Server;

/// The callers that send requests at the same time.
const CALLERS: u64 = 16;
/// The number of requests that all callers send in a second.
const RATE: u64 = 400;
/// The number of measurements of the resources.
const SAMPLES: u32 = 40;
/// The number of readings of the memory of the server for one measurement.
const READINGS: u32 = 50;
/// The time within which a request must get a response.
const RESPONSE_LIMIT: Duration = Duration::from_secs(30);
/// The largest growth of a resource from the second quarter of the load to the last one.
const GROWTH: f64 = 1.1;

/// The resources that are held at one moment.
#[derive(Clone, Copy)]
struct Resources {
    values: [f64; NAMES.len()],
}

/// The duration of a load that is long enough for all resources. Cached responses and most keys live for up to five minutes,
/// so their number grows until the second quarter of such a load.
const LONG: Duration = Duration::from_secs(20 * 60);
/// The number of resources at the beginning of [`NAMES`] that only a long load can judge.
const SLOW: usize = 3;

/// The names of the resources, with the difference that does not count as growth. The allocator keeps some pages, which is
/// less than 10 MB; a leak of 50 bytes for each request would be 24 MB in 20 minutes.
const NAMES: [(&str, f64); 6] = [
    ("resident memory of the server, MB", 10.0),
    ("memory of Redis, MB", 2.0),
    ("keys in Redis", 200.0),
    ("connections to PostgreSQL", 4.0),
    ("open files of the server", 16.0),
    ("tasks of the server", 32.0),
];

/// The requests of the load by their outcome.
#[derive(Default)]
struct Counts {
    by_class: [AtomicU64; 6],
    hang_ups: AtomicU64,
    /// The requests without a complete response, because the server reset or closed the connection, or took too long.
    lost: AtomicU64,
}

/// The environment of the load.
pub struct Soak<'a> {
    pub server: &'a Server,
    pub mix: Mix,
    pub database: String,
    pub redis: String,
}

impl Soak<'_> {
    /// Sends the load for `time`, prints the resources, and fails if one of them grew, if a request got a 500 or no
    /// response, or if the server dropped log lines.
    pub async fn run(&self, time: Duration) -> anyhow::Result<()> {
        let counts = Arc::new(Counts::default());
        let begun = Instant::now();
        let mut callers = JoinSet::new();
        for caller in 0..CALLERS {
            let caller = Caller {
                to: self.server.address,
                random: Random(caller + 1),
                mix: self.mix.clone(),
                counts: counts.clone(),
            };
            callers.spawn(caller.run(begun + time));
        }
        let mut samples = Vec::new();
        println!("| seconds | {} |", NAMES.map(|(name, _)| name).join(" | "));
        println!("|---|{}", "---|".repeat(NAMES.len()));
        for _ in 0..SAMPLES {
            let memory = self.memory(time / SAMPLES).await?;
            let sample = self.resources(memory).await?;
            let values = sample.values.map(|value| format!("{value:.0}")).join(" | ");
            println!("| {:.0} | {values} |", begun.elapsed().as_secs_f64());
            samples.push(sample);
        }
        while let Some(ended) = callers.join_next().await {
            ended??;
        }
        let log = self.server.check_log("the server").await;
        self.judge(&samples, &counts, time >= LONG)?;
        log
    }

    fn judge(&self, samples: &[Resources], counts: &Counts, is_long: bool) -> anyhow::Result<()> {
        let classes: Vec<String> =
            (1..6).map(|class| format!("{class}xx: {}", counts.by_class[class].load(Ordering::Relaxed))).collect();
        let [hang_ups, lost] = [&counts.hang_ups, &counts.lost].map(|count| count.load(Ordering::Relaxed));
        println!("\n{}, hang-ups: {hang_ups}, without a response: {lost}", classes.join(", "));
        let quarter = samples.len() / 4;
        let mut grown = Vec::new();
        for (index, (name, tolerance)) in NAMES.iter().enumerate() {
            let middle = |part: &[Resources]| {
                let mut values: Vec<f64> = part.iter().map(|sample| sample.values[index]).collect();
                values.sort_by(f64::total_cmp);
                values[values.len() / 2]
            };
            let (early, late) = (middle(&samples[quarter..2 * quarter]), middle(&samples[3 * quarter..]));
            let is_judged = is_long || index >= SLOW;
            let note = if is_judged { "" } else { " (not judged: the load is too short)" };
            println!("{name}: {early:.0} in the second quarter, {late:.0} in the last{note}");
            if is_judged && late > early * GROWTH && late > early + tolerance {
                grown.push(*name);
            }
        }
        ensure!(grown.is_empty(), "not flat: {}", grown.join(", "));
        let failed = counts.by_class[5].load(Ordering::Relaxed);
        ensure!(failed == 0, "{failed} requests got a status of 500 or more");
        ensure!(lost == 0, "{lost} requests got no response: the server closed their connections, or took too long");
        Ok(())
    }

    async fn resources(&self, memory: f64) -> anyhow::Result<Resources> {
        let info = redis(&self.redis, &["INFO memory", "DBSIZE"]).await?;
        let number = |name: &str| -> anyhow::Result<f64> {
            let value = info.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
            Ok(value.trim().parse()?)
        };
        let mut connection = PgConnection::connect(&self.database).await?;
        let query =
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let connections: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await?;
        connection.close().await?;
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.server.id()?))?.count();
        let keys = info.lines().rev().find_map(|line| line.strip_prefix(':')).context("no DBSIZE")?;
        let tasks = self.server.metric("writ_alive_tasks").await?;
        let (redis, keys) = (number("used_memory:")? / 1e6, keys.trim().parse()?);
        let values = [memory / 1e6, redis, keys, connections as f64, files as f64, tasks];
        Ok(Resources { values })
    }

    /// Returns the lowest resident memory of the server, in bytes, during `time`. Each password that is being hashed holds
    /// 19 MiB for a moment, which is not growth.
    async fn memory(&self, time: Duration) -> anyhow::Result<f64> {
        let mut lowest = f64::INFINITY;
        for _ in 0..READINGS {
            tokio::time::sleep(time / READINGS).await;
            lowest = lowest.min(self.server.memory()?);
        }
        Ok(lowest)
    }
}

/// A caller of the load.
struct Caller {
    to: SocketAddr,
    random: Random,
    mix: Mix,
    counts: Arc<Counts>,
}

impl Caller {
    async fn run(mut self, end: Instant) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) * CALLERS as u32 / RATE as u32);
        let mut connection = None;
        while Instant::now() < end {
            ticks.tick().await;
            let mut request = Vec::new();
            self.mix.write(&mut self.random, &mut request);
            if self.random.below(20) == 0 {
                self.hang_up(&request).await;
                continue;
            }
            let open = match connection.take() {
                Some(open) => open,
                None => Connection::open(self.to).await?,
            };
            connection = self.send(open, &request).await;
        }
        Ok(())
    }

    /// Sends a request and returns the connection, unless the server closes it.
    async fn send(&self, mut open: Connection, request: &[u8]) -> Option<Connection> {
        let Ok(Ok(response)) = tokio::time::timeout(RESPONSE_LIMIT, open.send(request)).await else {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        self.counts.by_class[usize::from(response.status / 100).min(5)].fetch_add(1, Ordering::Relaxed);
        (!response.closes).then_some(open)
    }

    /// Sends a part of a request, or all of it, and closes the connection.
    async fn hang_up(&mut self, request: &[u8]) {
        self.counts.hang_ups.fetch_add(1, Ordering::Relaxed);
        let part = 1 + self.random.below(request.len() as u64) as usize;
        if let Ok(mut stream) = TcpStream::connect(self.to).await {
            let _ = stream.write_all(&request[..part]).await;
            let mut byte = [0];
            let _ = tokio::time::timeout(Duration::from_millis(self.random.below(5)), stream.read(&mut byte)).await;
        }
    }
}

/// Sends inline commands to Redis and returns the text of the responses.
async fn redis(url: &str, commands: &[&str]) -> anyhow::Result<String> {
    let rest = url.strip_prefix("redis://").context("REDIS_URL is not redis://")?;
    let (login, address) = rest.rsplit_once('@').unwrap_or(("", rest));
    let address = address.split('/').next().unwrap_or_default();
    let mut stream = TcpStream::connect(address).await.context("cannot connect to Redis")?;
    let mut text = match login.split_once(':') {
        Some(("", password)) => format!("AUTH {password}\r\n"),
        Some((user, password)) => format!("AUTH {user} {password}\r\n"),
        None => String::new(),
    };
    for command in commands {
        text += &format!("{command}\r\n");
    }
    stream.write_all(format!("{text}QUIT\r\n").as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;
    Ok(response)
}
