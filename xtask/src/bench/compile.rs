//! The benchmark of compiling a generated crate whose dependencies are already compiled, compared with another
//! generator.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Bench;
use super::crates::Crates;
use super::measure::{Cost, median};
use super::peers::OPENAPI_TO_RUST;
use super::table::{Table, memory, ratio, seconds};
use writ_tasks::terminal::step;

/// The published contracts from which both Writ and openapi-to-rust can generate a crate.
const BOTH: [&str; 4] = ["asana.yaml", "spotify.yml", "telegram_bot_api.json", "adyen-ManagementService-v3.json"];
/// The largest allowed ratios of Writ's compilation costs to those of openapi-to-rust: the time of `cargo check`,
/// its memory, and the time of an optimized build.
const MOST: [f64; 3] = [0.25, 0.5, 0.5];

/// The contracts from which only Writ can generate a crate. The number is the largest allowed ratio of their
/// check time to the time of openapi-to-rust for the first contract in [`BOTH`].
const OURS: [(&str, f64); 2] = [("github.json", 0.35), ("box.json", 0.2)];

const CHECK: &[&str] = &["check"];
const RELEASE: &[&str] = &["build", "--release"];

/// The costs of compiling one contract's crates, from Writ and from openapi-to-rust, one for each round.
#[derive(Default)]
struct Costs {
    ours: Vec<Cost>,
    peers: Vec<Cost>,
}

/// Runs the benchmark of compiling generated crates, and prints tables of the results.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let program = bench.peers.find(&OPENAPI_TO_RUST)?;
    let paths = |names: &[&str]| names.iter().map(|name| bench.contract(name)).collect::<anyhow::Result<Vec<_>>>();
    let both = paths(&BOTH)?;
    let only_ours = paths(&OURS.map(|(name, _)| name))?;
    step(
        "Generating",
        format_args!("{} contracts, {} of them also by {}", BOTH.len() + OURS.len(), BOTH.len(), OPENAPI_TO_RUST.name),
    );
    let ours = Crates::ours(&[both.clone(), only_ours.clone()].concat())?;
    let peers = Crates::by_peer(bench, &program, &both)?;
    for how in [CHECK, RELEASE] {
        step("Compiling", format_args!("the dependencies of the crates (cargo {})", how.join(" ")));
        both.iter().try_for_each(|contract| peers.warm_up(bench, contract, how))?;
        both.iter().chain(&only_ours).try_for_each(|contract| ours.warm_up(bench, contract, how))?;
    }
    let measure = |how: &[&str], rounds: usize, contracts: &[PathBuf], with_peer: bool| {
        let mut all: BTreeMap<usize, Costs> = BTreeMap::new();
        for round in 1..=rounds {
            for (at, contract) in contracts.iter().enumerate() {
                let name = contract.file_name().unwrap_or_default().display();
                step("Measuring", format_args!("cargo {}, {name}, round {round} of {rounds}", how.join(" ")));
                let costs = all.entry(at).or_default();
                costs.ours.push(ours.cost(bench, contract, how)?);
                if with_peer {
                    costs.peers.push(peers.cost(bench, contract, how)?);
                }
            }
        }
        anyhow::Ok(all.into_values().map(|costs| (median(&costs.ours), median(&costs.peers))).collect::<Vec<_>>())
    };
    let rounds = bench.rounds.unwrap_or(2);
    let checks = measure(CHECK, rounds, &both, true)?;
    let big = measure(CHECK, rounds, &only_ours, false)?;
    let releases = measure(RELEASE, bench.rounds.unwrap_or(1), &both, true)?;
    beside_peer("`cargo check` of the crate alone", &checks, MOST[0], Some(MOST[1]));
    beside_peer("`cargo build --release` of the crate alone", &releases, MOST[2], None);
    if let Some((_, peer)) = checks.first() {
        beyond_peer(&big, peer);
    }
    Ok(())
}

fn beside_peer(title: &str, costs: &[(Cost, Cost)], most: f64, most_memory: Option<f64>) {
    let peer = OPENAPI_TO_RUST.name;
    let mut table =
        Table::new(&["", peer, "Writ", "ratio", "ratio of CPU time", &format!("memory of {peer}"), "of Writ", "ratio"]);
    for (name, (own, other)) in BOTH.iter().zip(costs) {
        let of_memory = own.memory / other.memory;
        table.row([
            (*name).to_owned(),
            seconds(other.clock),
            seconds(own.clock),
            ratio(own.clock / other.clock, most),
            ratio(own.cpu / other.cpu, most),
            memory(other.memory),
            memory(own.memory),
            most_memory.map_or_else(|| format!("{of_memory:.2}"), |most| ratio(of_memory, most)),
        ]);
    }
    table.print(title);
}

fn beyond_peer(costs: &[(Cost, Cost)], peer: &Cost) {
    let mut table = Table::new(&["", "Writ", "ratio", "ratio of CPU time", "memory"]);
    for ((name, most), (own, _)) in OURS.iter().zip(costs) {
        table.row([
            (*name).to_owned(),
            seconds(own.clock),
            ratio(own.clock / peer.clock, *most),
            ratio(own.cpu / peer.cpu, *most),
            memory(own.memory),
        ]);
    }
    let peer = format!("{}'s {} of {}", OPENAPI_TO_RUST.name, seconds(peer.clock), BOTH[0]);
    table.print(&format!("`cargo check` of contracts that the peer rejects, compared with {peer}"));
}
