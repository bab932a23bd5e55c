//! Compares the server of the sample, with every layer on, with handlers written by hand. `cargo xtask bench server`
//! runs this program, which needs the variables `DATABASE_URL`, `REDIS_URL`, `WRIT_BENCH_SERVER` (the program of the server)
//! and `WRIT_BENCH_STORES` (the ids of the main processes of PostgreSQL and Redis). With the argument `services` it compares
//! one process of the sample with several, and with `soak SERVICE MINUTES` it sends a long mixed load.

mod accounts;
mod bare;
mod cost;
mod load;
mod mix;
mod profile;
mod rows;
mod seed;
mod servers;
mod services;
mod soak;

use std::env;
use std::time::Duration;

use anyhow::Context;

use self::cost::Processes;
use self::load::{Measured, Numbers, Requests};
use self::mix::Mix;
use self::rows::Row;
use self::servers::{Sample, Server};
use self::soak::Soak;

/// The allocator of both servers: the sample has the same one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The duration of one measurement.
const MEASURE: Duration = Duration::from_secs(3);
/// The duration of the load before the first measurement of a row, which fills caches and pools.
const WARM_UP: Duration = Duration::from_secs(1);
/// The duration of a profile.
const PROFILE: Duration = Duration::from_secs(4);
/// The share of the highest rate at which response times are measured.
const CALM: f64 = 0.3;
/// The open connections under which memory is measured.
const IDLE: usize = 1_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "bare", address, database] => {
            tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(bare::serve(address, database))
        }
        [_, "services"] => {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(services::compare())
        }
        [_, "soak", service, minutes] => {
            let minutes: f64 = minutes.parse().context("the number of minutes is not valid")?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(soak(service, Duration::from_secs_f64(minutes * 60.0)))
        }
        // One thread sends the requests, so that both servers have the same rest of the processors.
        _ => tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(compare()),
    }
}

/// Runs the long mixed load to the sample (`server`) or to the museum (`museum`).
async fn soak(service: &str, time: Duration) -> anyhow::Result<()> {
    let database = variable("DATABASE_URL")?;
    let sample = if service == "museum" { Sample::museum()? } else { Sample::new()? };
    let sample = sample.with("DATABASE_URL", &database);
    let server = sample.start(&format!("{service}.log")).await?;
    let mix = match service {
        "museum" => Mix::museum(&sample, &server, &database).await?,
        _ => Mix::shop(&sample, &server, &database).await?,
    };
    Soak { server: &server, mix, database, redis: variable("REDIS_URL")? }.run(time).await
}

fn variable(name: &str) -> anyhow::Result<String> {
    env::var(name).with_context(|| format!("the variable {name} is not set"))
}

/// Returns the number of rounds of a comparison.
fn rounds() -> usize {
    variable("WRIT_BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5)
}

/// Compares the server of the sample with the baseline.
async fn compare() -> anyhow::Result<()> {
    let database = variable("DATABASE_URL")?;
    let rounds = rounds();
    let sample = Sample::new()?.with("DATABASE_URL", &database);
    let server = sample.start("server.log").await?;
    let bare = Server::bare(&database).await?;
    let stores = variable("WRIT_BENCH_STORES")?;
    let processes = [Processes::of(&server, &stores)?, Processes::of(&bare, &stores)?];
    let resting = [server.memory()?, bare.memory()?];
    let customer = accounts::customer(&server).await?;
    let users = seed::seed(&database, &database).await?;
    let token = accounts::administrator(&server).await?;

    println!(
        "| request | rounds | the sample | by hand | ratio | aim | ratio by processor time | p50 | p99 | ratio of p99 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for operation in rows::OPERATIONS {
        sample.set(operation, "rate=1000000/1s").await?;
    }
    let rows = rows::rows(&server, &bare, &users, &token, &customer).await?;
    let profiled = env::var_os("WRIT_BENCH_PROFILE").is_some();
    let wanted = variable("WRIT_BENCH_ROW").unwrap_or_default();
    let mut profiles = String::new();
    for row in rows.iter().filter(|row| row.title.contains(&wanted)) {
        if let Some((operation, policy)) = row.policy {
            sample.set(operation, policy).await?;
        }
        row.compare_responses().await?;
        measure(row, &processes, rounds).await?;
        if profiled {
            profiles += &profile(row, server.id()?).await?;
        }
        if let Some((operation, policy)) = row.policy {
            sample.clear(operation, policy.split('=').next().unwrap_or_default()).await?;
        }
    }
    if profiled {
        println!(
            "\n| request | share of each layer in the processor time of the sample's process |\n|---|---|\n{profiles}"
        );
    }
    let probe = |server: &Server| Requests::new(server.address, |_, request| get(request, "/livez", ""));
    let (_open, _opened) = (load::idle(&probe(&server), IDLE).await?, load::idle(&probe(&bare), IDLE).await?);
    println!("\n| resident memory | the sample | by hand |\n|---|---|---|");
    let megabytes = |title: &str, [sample, bare]: [f64; 2]| {
        println!("| {title} | {:.0} MB | {:.0} MB |", sample / 1e6, bare / 1e6);
    };
    megabytes("at rest, after the start", resting);
    megabytes(&format!("after the load, with {IDLE} open connections"), [server.memory()?, bare.memory()?]);
    println!();
    server.check_log("the sample").await
}

/// Measures a row: the highest rates in alternating rounds, then the response times at a share of these rates.
async fn measure(row: &Row, processes: &[Processes; 2], rounds: usize) -> anyhow::Result<()> {
    let mut numbers = Numbers::default();
    for requests in [&row.sample, &row.bare] {
        requests.saturate(numbers.next(), WARM_UP).await?;
    }
    let (mut ours, mut theirs, mut ratios, mut costs) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (mut rates, mut times) = ([0.0; 2], [0.0; 2]);
        for (side, requests) in [&row.sample, &row.bare].into_iter().enumerate() {
            let before = processes[side].time()?;
            let measured = requests.saturate(numbers.next(), MEASURE).await?;
            rates[side] = measured.rate();
            times[side] = (processes[side].time()? - before) / measured.count() as f64;
        }
        ours.push(rates[0]);
        theirs.push(rates[1]);
        ratios.push(rates[0] / rates[1]);
        costs.push(times[1] / times[0]);
    }
    let (ours, theirs) = (sorted(ours), sorted(theirs));
    let (ratios, costs) = (sorted(ratios), sorted(costs));
    let mut calm: [Vec<Measured>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..rounds.div_ceil(2) {
        calm[0].push(row.sample.pace(numbers.next(), MEASURE, median(&ours) * CALM).await?);
        calm[1].push(row.bare.pace(numbers.next(), MEASURE, median(&theirs) * CALM).await?);
    }
    let ([p50, bare_p50], [p99, bare_p99]) =
        [0.5, 0.99].map(|share| [load::quantile(&calm[0], share), load::quantile(&calm[1], share)]).into();
    println!(
        "| {} | {rounds} | {:.0}/s | {:.0}/s | **{:.2}** ({:.2}–{:.2}) | {} | {:.2} | {p50:.2} / {bare_p50:.2} ms | {p99:.2} / {bare_p99:.2} ms | {:.2} |",
        row.title,
        median(&ours),
        median(&theirs),
        median(&ratios),
        ratios.first().copied().unwrap_or_default(),
        ratios.last().copied().unwrap_or_default(),
        row.aim,
        median(&costs),
        p99 / bare_p99,
    );
    Ok(())
}

/// Returns the table row with the share of each layer in the requests of a row.
async fn profile(row: &Row, process: u32) -> anyhow::Result<String> {
    // The numbers of these requests are above those of all measurements.
    let load = row.sample.saturate(u64::MAX / 2, PROFILE + WARM_UP);
    let recorded = async {
        tokio::time::sleep(WARM_UP / 2).await;
        profile::record(process, PROFILE, "perf.data").await
    };
    let (_, shares) = tokio::try_join!(load, recorded)?;
    let shares = shares.iter().filter(|(_, share)| *share >= 1.0);
    let shares: Vec<String> = shares.map(|(layer, share)| format!("{layer} {share:.0} %")).collect();
    Ok(format!("| {} | {} |\n", row.title, shares.join(", ")))
}

/// Appends a `GET` request. Each line of `headers` ends in CRLF.
pub fn get(request: &mut Vec<u8>, path: &str, headers: &str) {
    request.extend_from_slice(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").as_bytes());
}

/// Appends a `POST` request with a JSON body. Each line of `headers` ends in CRLF.
pub fn post(request: &mut Vec<u8>, path: &str, headers: &str, body: &str) {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    request.extend_from_slice(head.as_bytes());
    request.extend_from_slice(body.as_bytes());
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
