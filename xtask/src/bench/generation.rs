//! The benchmark of generating a crate: time and memory, compared with another generator and for growing
//! contracts.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde_json::Value;

use super::measure::{Cost, cost, median};
use super::peers::OAS3_GEN;
use super::table::{Table, memory, ratio, seconds};
use super::{Bench, clear, copies, work_folder};
use crate::cargo;
use writ_tasks::terminal::step;

/// The published contract that this benchmark generates crates from, with 767 operations.
const CONTRACT: &str = "github.json";

/// The numbers of copies of the contract in one document, to measure how costs grow.
const COPIES: [usize; 4] = [1, 2, 4, 8];

/// The largest allowed ratios of Writ's time and memory to those of oas3-gen.
const MOST: (f64, f64) = (0.4, 1.0);

/// Runs the benchmark of generating crates, and prints tables of the results.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let contract = bench.contract(CONTRACT)?;
    let peer = bench.peers.find(&OAS3_GEN)?;
    step("Compiling", "the generator, optimized");
    let mut build = cargo::command();
    bench.session.run_quietly("cargo build", build.args(["build", "--quiet", "--release", "--package", "xtask"]))?;
    beside_peer(bench, &contract, &peer)?;
    growth(bench, &contract)
}

fn beside_peer(bench: &Bench, contract: &Path, peer: &Path) -> anyhow::Result<()> {
    let out = work_folder("generation/peer");
    let rounds = bench.rounds.unwrap_or(5);
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        step("Measuring", format_args!("{CONTRACT}, round {round} of {rounds}"));
        own.push(ours(bench, contract)?);
        clear(&out)?;
        let mut command = Command::new(peer);
        command.args(["generate", "server-mod", "-i"]).arg(contract).arg("-o").arg(&out);
        others.push(cost(&bench.session, OAS3_GEN.name, &command)?);
    }
    let mut table = Table::new(&["", "seconds", "CPU time", "memory"]);
    row(&mut table, &format!("{} {}", OAS3_GEN.name, OAS3_GEN.version), &others);
    row(&mut table, "Writ", &own);
    let (own, other) = (median(&own), median(&others));
    table.row([
        "ratio of the medians".to_owned(),
        ratio(own.clock / other.clock, MOST.0),
        ratio(own.cpu / other.cpu, MOST.0),
        ratio(own.memory / other.memory, MOST.1),
    ]);
    table.print(&format!("Generation from {CONTRACT}, {rounds} alternating rounds, minimum to maximum"));
    Ok(())
}

fn growth(bench: &Bench, contract: &Path) -> anyhow::Result<()> {
    let text = std::fs::read(contract).with_context(|| format!("cannot read `{}`", contract.display()))?;
    let contract: Value = serde_json::from_slice(&text).with_context(|| format!("{CONTRACT} is not valid JSON"))?;
    let rounds = bench.rounds.unwrap_or(3);
    let mut costs = vec![Vec::new(); COPIES.len()];
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    for count in COPIES {
        let document = serde_json::to_vec(&copies::copies(&contract, count))?;
        std::fs::write(folder.path().join(format!("{count}.json")), document)?;
    }
    for round in 1..=rounds {
        step("Measuring", format_args!("copies of {CONTRACT}, round {round} of {rounds}"));
        for (costs, count) in costs.iter_mut().zip(COPIES) {
            costs.push(ours(bench, &folder.path().join(format!("{count}.json")))?);
        }
    }
    let mut table = Table::new(&["copies", "CPU time", "per copy, relative", "memory", "per copy, relative"]);
    let one = median(&costs[0]);
    for (costs, count) in costs.iter().zip(COPIES) {
        let cost = median(costs);
        let of_one = |part: f64, one: f64| format!("{:.2}", part / one / count as f64);
        table.row([
            count.to_string(),
            seconds(cost.cpu),
            of_one(cost.cpu, one.cpu),
            memory(cost.memory),
            of_one(cost.memory, one.memory),
        ]);
    }
    table.print(&format!("Generation from copies of {CONTRACT} in one document, median of {rounds} rounds"));
    Ok(())
}

/// Measures the generation of a crate with the program of `cargo xtask codegen`, started without cargo.
fn ours(bench: &Bench, contract: &Path) -> anyhow::Result<Cost> {
    let out = work_folder("generation/ours");
    clear(&out)?;
    let mut command = Command::new(cargo::root().join("target/release/xtask"));
    command.current_dir(cargo::root()).args(["codegen", "--name", "bench", "--spec"]).arg(contract);
    cost(&bench.session, "xtask codegen", command.arg("--out").arg(&out))
}

fn row(table: &mut Table, name: &str, costs: &[Cost]) {
    let spread = |part: fn(&Cost) -> f64, show: fn(f64) -> String| {
        let (least, most) =
            costs.iter().map(part).fold((f64::MAX, 0.0f64), |(least, most), value| (least.min(value), most.max(value)));
        format!("{}–{}", show(least), show(most))
    };
    table.row([
        name.to_owned(),
        spread(|cost| cost.clock, seconds),
        spread(|cost| cost.cpu, seconds),
        spread(|cost| cost.memory, memory),
    ]);
}
