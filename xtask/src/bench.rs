//! `cargo xtask bench`: repeats the measurements of docs/benchmarks.md. Each result is a ratio to another program
//! that is measured in the same run.

mod compile;
mod copies;
mod crates;
mod events;
mod generation;
mod measure;
mod peers;
mod run;
mod server;
mod services;
mod table;
mod versions;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

pub use self::measure::{Args as MeasureArgs, run as measure};
use self::peers::Peers;
pub use self::server::{SoakArgs, soak};
use crate::cargo;
use writ_tasks::process::Session;

/// The default folder of the published contracts that the benchmarks measure, relative to the repository.
const CONTRACTS: &str = "../shared/corpus/real";

/// The command line of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// The benchmark to run [default: all benchmarks].
    #[arg(value_enum)]
    benchmark: Option<Benchmark>,
    /// The folder of the contracts to measure [default: ../shared/corpus/real, if it exists].
    #[arg(long, value_name = "DIR")]
    contracts: Option<PathBuf>,
    /// The folder that contains the programs to compare with [default: the folders of PATH].
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// The number of rounds of a benchmark; the programs alternate in each round.
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// Measure only the requests of the benchmarks `server` and `services` whose title contains this text.
    #[arg(long, value_name = "TEXT")]
    row: Option<String>,
    /// Add the share of each layer to the results of the benchmark of the server; needs `perf`.
    #[arg(long)]
    profile: bool,
}

/// A benchmark that `cargo xtask bench` can run.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Benchmark {
    /// The cost of generating a crate, compared with oas3-gen and for documents of growing size.
    Generation,
    /// The cost of compiling the generated crate, compared with the crate of openapi-to-rust.
    Compile,
    /// The cost of handling requests, compared with handlers written by hand on axum.
    Run,
    /// The cost of the server of the sample with every layer on, compared with handlers written by hand on axum and sqlx.
    Server,
    /// The cost of separate services and of the gateway, compared with one process.
    Services,
    /// The cost of compiling a second version of an API, compared with one version.
    Versions,
    /// The throughput of the relay of events, compared with a bare loop of XADD, and its lag.
    Events,
}

/// The resources that all benchmarks share: child processes, contracts, programs to compare with, and rounds.
struct Bench {
    session: Session,
    contracts: Option<PathBuf>,
    peers: Peers,
    rounds: Option<usize>,
    row: Option<String>,
    profile: bool,
}

/// Runs `cargo xtask bench`: the selected benchmark, or all of them.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let contracts = args.contracts.clone().or_else(|| Some(cargo::root().join(CONTRACTS)).filter(|path| path.is_dir()));
    let peers = Peers { folder: args.peers.clone() };
    let bench = Bench {
        session: Session::open()?,
        contracts,
        peers,
        rounds: args.rounds,
        row: args.row.clone(),
        profile: args.profile,
    };
    let selected = |benchmark| args.benchmark.is_none_or(|only| only == benchmark);
    if selected(Benchmark::Generation) {
        generation::run(&bench)?;
    }
    if selected(Benchmark::Compile) {
        compile::run(&bench)?;
    }
    if selected(Benchmark::Run) {
        run::run(&bench)?;
    }
    if selected(Benchmark::Server) {
        server::run(&bench)?;
    }
    if selected(Benchmark::Services) {
        services::run(&bench)?;
    }
    if selected(Benchmark::Versions) {
        versions::run(&bench)?;
    }
    if selected(Benchmark::Events) {
        events::run(&bench)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Bench {
    /// Returns the path of a published contract to measure; fails if it does not exist.
    fn contract(&self, name: &str) -> anyhow::Result<PathBuf> {
        let Some(folder) = &self.contracts else {
            bail!("the folder {CONTRACTS} does not exist: pass the folder of the contracts with --contracts DIR");
        };
        let path = folder.join(name);
        if !path.is_file() {
            bail!(
                "`{}` does not contain the contract `{name}`: pass another folder with --contracts DIR",
                folder.display()
            );
        }
        std::path::absolute(&path).with_context(|| format!("cannot find `{}`", path.display()))
    }
}

/// Returns the path of a folder for the files that a benchmark writes, below the target folder.
fn work_folder(name: &str) -> PathBuf {
    cargo::root().join("target/bench").join(name)
}

/// Removes the files of an earlier benchmark run: a folder, if it exists.
fn clear(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", folder.display()))
        }
        _ => Ok(()),
    }
}
