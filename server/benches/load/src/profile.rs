//! The share of each layer in the processor time of a process, by the samples of `perf`.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::process::Command;

/// The layers, each with words of the symbols that belong to it. The first layer with a matching word counts.
const LAYERS: &[(&str, &[&str])] = &[
    ("memory", &["malloc", "free", "realloc", "calloc", "unlink_chunk", "mi_", "alloc::alloc"]),
    ("gate: cache", &["writ_platform::cache", "writ_platform::single_flight", "moka"]),
    ("gate: rate limits", &["writ_platform::limiter"]),
    ("gate: ended sessions", &["writ_platform::revocation"]),
    ("gate: shedding", &["writ_platform::shedding", "writ_platform::overrides"]),
    ("gate", &["writ_platform::gate"]),
    ("credentials", &["writ_platform::credentials", "ed25519", "curve25519", "ring", "jsonwebtoken", "base64"]),
    ("log and metrics", &["tracing", "writ_platform::telemetry", "writ_platform::metrics", "prometheus_client"]),
    ("lists and cursors", &["writ_platform::keyset", "writ_platform::cursor", "writ_platform::listing"]),
    ("idempotency", &["writ_platform::idempotency"]),
    ("connections", &["writ_platform"]),
    ("contract: routing, decoding, responses", &["writ_runtime", "generated", "matchit", "percent_encoding"]),
    ("handlers of the sample", &["server::"]),
    ("Redis client", &["redis", "combine"]),
    ("PostgreSQL client", &["sqlx"]),
    ("hashes", &["sha2", "sha1", "digest", "hmac", "SipHasher", "hashbrown"]),
    ("JSON", &["serde", "itoa", "ryu", "zmij"]),
    ("HTTP", &["hyper", "http::", "httparse", "axum", "tower", "h2::"]),
    ("tasks and sockets", &["tokio", "futures", "mio", "bytes::"]),
];

/// Records a process for `time` and returns the share of each layer, largest first.
pub async fn record(process: u32, time: Duration, file: &str) -> anyhow::Result<Vec<(String, f64)>> {
    let (process, seconds) = (process.to_string(), time.as_secs_f64().to_string());
    let mut record = Command::new("perf");
    record.args(["record", "-q", "-F", "999", "-p", &process, "-o", file, "--", "sleep", &seconds]);
    let status = record.stderr(Stdio::null()).status().await;
    let status = status.context("cannot run `perf`: install it, for example with `apt-get install linux-perf`")?;
    ensure!(status.success(), "`perf record` failed ({status})");
    let mut report = Command::new("perf");
    report.args(["report", "-i", file, "--no-children", "--percent-limit", "0", "-F", "overhead,dso,sym"]);
    let output = report.stdin(Stdio::null()).output().await.context("cannot run `perf report`")?;
    ensure!(output.status.success(), "`perf report` failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(shares(&String::from_utf8_lossy(&output.stdout)))
}

fn shares(report: &str) -> Vec<(String, f64)> {
    let mut shares: Vec<(String, f64)> = Vec::new();
    for line in report.lines() {
        let Some((share, symbol)) = line.trim().split_once('%') else { continue };
        let Ok(share) = share.parse::<f64>() else { continue };
        let layer = layer(symbol);
        match shares.iter_mut().find(|(known, _)| known == layer) {
            Some((_, sum)) => *sum += share,
            None => shares.push((layer.to_owned(), share)),
        }
    }
    shares.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    shares
}

fn layer(symbol: &str) -> &'static str {
    if symbol.contains("[k]") {
        return "kernel: sockets and switches";
    }
    let named = LAYERS.iter().find(|(_, words)| words.iter().any(|word| symbol.contains(word)));
    named.map_or("other", |(layer, _)| layer)
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn samples_are_added_by_layer() {
        let report = "# comment\n  40.00%  [kernel.kallsyms]  [k] tcp_sendmsg\n  10.50%  server  [.] hyper::proto::h1\n  \
                      1.50%  server  [.] axum::routing\n 3.00%  libc.so.6  [.] malloc\n";
        let expected = [("kernel: sockets and switches", 40.0), ("HTTP", 12.0), ("memory", 3.0)];
        assert_eq!(shares(report), expected.map(|(layer, share)| (layer.to_owned(), share)));
    }
}
