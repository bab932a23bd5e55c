//! The benchmark of events: the throughput of the relay beside a bare loop of `XADD`, and the time from the commit of a
//! transaction to its event in the stream. `cargo xtask bench events` runs it.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run must fail")]

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use redis::streams::StreamRangeReply;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use writ_platform::config::Source;
use writ_platform::events::Outbox;
use writ_platform::testing::TestDatabase;
use writ_platform::{Builder, Database, Platform, Redis, Service, Transaction};
use writ_runtime::event::{EventId, EventType, NewEvent, Outbox as _};

/// The number of events whose publishing is timed.
const EVENTS: usize = 50_000;

/// The smallest allowed number of events that the relay publishes in a second.
const LEAST_RATE: f64 = 5000.0;

/// The lag in milliseconds that 99 of 100 events must not reach.
const LONGEST_LAG: u64 = 1000;

/// The number of commands in a pipeline of the bare loop. The relay has batches of up to this size.
const PIPELINE: usize = 250;

/// The number of events that are published in a second while the lag is measured.
const RATE: u32 = 1000;

/// The time for which the lag is measured.
const DURATION: Duration = Duration::from_secs(10);

/// The number of concurrent publishers.
const PUBLISHERS: u32 = 8;

static PAID: EventType = EventType { name: "order.paid", aggregate: "order", version: 1, internal: false };

static SHOP: Database = Database::new("shop", &Migrator::DEFAULT);

/// The data of each event: 200 bytes.
fn data() -> bytes::Bytes {
    format!("{{\"note\":\"{}\"}}", "x".repeat(189)).into()
}

struct Shop {
    pool: PgPool,
    redis: Redis,
    outbox: Outbox,
}

impl Service for Shop {
    const PREFIX: &'static str = "SHOP_";

    fn new(platform: &mut Builder) -> Shop {
        let (pool, redis) = (platform.database(&SHOP), platform.redis());
        Shop { outbox: platform.events(&pool, &redis), pool, redis }
    }

    fn router(&self, _: &Platform) -> Router {
        Router::new()
    }
}

impl Shop {
    /// Publishes one event of an order, in a transaction of its own.
    async fn publish(&self, order: usize) -> EventId {
        let mut transaction = Transaction::begin(&self.pool).await.unwrap();
        let event = NewEvent { event_type: &PAID, aggregate_id: format!("ord_{order}"), data: data() };
        let id = self.outbox.append(&mut transaction, event).await.unwrap();
        transaction.commit().await.unwrap();
        id
    }

    /// Publishes many events, in large transactions.
    async fn publish_all(&self) {
        for first in (0..EVENTS).step_by(500) {
            let mut transaction = Transaction::begin(&self.pool).await.unwrap();
            for order in first..first + 500 {
                let event = NewEvent { event_type: &PAID, aggregate_id: format!("ord_{order}"), data: data() };
                self.outbox.append(&mut transaction, event).await.unwrap();
            }
            transaction.commit().await.unwrap();
        }
    }

    async fn waiting(&self) -> i64 {
        let count = sqlx::query_scalar("SELECT count(*) FROM writ.outbox WHERE batch IS NULL");
        count.fetch_one(&self.pool).await.unwrap()
    }

    /// Returns the time at which each event was added to its stream, in milliseconds since 1970.
    async fn added(&self) -> HashMap<String, u64> {
        let mut streams = redis::pipe();
        for partition in 0..16 {
            streams.cmd("XRANGE").arg(self.redis.key(format_args!("events:{partition}"))).arg("-").arg("+");
        }
        let streams: Vec<StreamRangeReply> =
            self.redis.run_with_timeout(&streams, Duration::from_secs(30)).await.unwrap();
        let entries = streams.into_iter().flat_map(|stream| stream.ids);
        entries.map(|entry| (entry.get("id").unwrap(), entry.id.split('-').next().unwrap().parse().unwrap())).collect()
    }
}

#[tokio::main]
async fn main() {
    let database = TestDatabase::migrated(&SHOP).await;
    let mut source = Source::new("SHOP_", "", []);
    source.set("DATABASE_URL", &database.url);
    source.set("REDIS_URL", &std::env::var("WRIT_TEST_REDIS_URL").unwrap());
    source.set("SHOP_REDIS_PREFIX", &format!("bench-{}", std::process::id()));
    let mut builder = Builder::new(source);
    let shop = Shop::new(&mut builder);
    let platform = builder.build().unwrap();

    shop.publish_all().await;
    let started = Instant::now();
    platform.prepare().await.unwrap();
    while shop.waiting().await > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let relay = rate(EVENTS, started.elapsed());
    let bare = bare(&shop.redis).await;
    let mut lags = lags(&shop).await;
    lags.sort_unstable();
    let at = |share: f64| lags[((lags.len() - 1) as f64 * share) as usize];
    let (median, high, longest) = (at(0.5), at(0.99), at(1.0));
    let verdict = |is_reached| if is_reached { "" } else { ", missed" };
    println!(
        "\nThe relay of {EVENTS} events, beside `XADD` in pipelines of {PIPELINE}; and the lag at {RATE} events a second\n"
    );
    println!("| relay | `XADD` | share | lag, median | 99 % | longest |\n|---|---|---|---|---|---|");
    println!(
        "| **{relay:.0}/s** (≥ {LEAST_RATE}{}) | {bare:.0}/s | {:.2} | {median} ms | **{high} ms** (< {LONGEST_LAG}{}) | \
         {longest} ms |",
        verdict(relay >= LEAST_RATE),
        relay / bare,
        verdict(high < LONGEST_LAG)
    );
    platform.shutdown().drain();
}

fn rate(events: usize, time: Duration) -> f64 {
    events as f64 / time.as_secs_f64()
}

/// Adds the same number of entries to streams, without a database.
async fn bare(redis: &Redis) -> f64 {
    let data = data();
    let started = Instant::now();
    for first in (0..EVENTS).step_by(PIPELINE) {
        let mut pipeline = redis::pipe();
        for order in first..first + PIPELINE {
            let command = pipeline.cmd("XADD").arg(redis.key(format_args!("bare:{}", order % 16))).arg("*");
            let id = EventId::generate().to_string();
            for (name, value) in [
                ("id", id.as_str()),
                ("type", "order.paid"),
                ("aggregate", "order"),
                ("aggregateId", &format!("ord_{order}")),
                ("timestamp", "2026-11-26T00:00:00.000000Z"),
                ("traceparent", ""),
                ("requestId", ""),
            ] {
                command.arg(name).arg(value);
            }
            command.arg("data").arg(&*data).ignore();
        }
        redis.run_with_timeout::<()>(&pipeline, Duration::from_secs(5)).await.unwrap();
    }
    rate(EVENTS, started.elapsed())
}

/// Publishes events at a fixed rate, and returns the time in milliseconds from each commit to the entry of the stream.
async fn lags(shop: &Shop) -> Vec<u64> {
    let publisher = async |number: u32| {
        let mut committed = Vec::new();
        let mut ticks = tokio::time::interval(Duration::from_secs(1) * PUBLISHERS / RATE);
        let started = Instant::now();
        while started.elapsed() < DURATION {
            ticks.tick().await;
            let id = shop.publish(EVENTS + committed.len() * PUBLISHERS as usize + number as usize).await;
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
            committed.push((id.to_string(), now));
        }
        committed
    };
    let committed = futures_util::future::join_all((0..PUBLISHERS).map(publisher)).await;
    while shop.waiting().await > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let added = shop.added().await;
    committed.into_iter().flatten().map(|(id, committed)| added[&id].saturating_sub(committed)).collect()
}
