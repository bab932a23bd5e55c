//! `cargo xtask bench`: what docs/benchmarks.md shows, measured again: ratios to peers and to code
//! by hand, each in one run.

mod compile;
mod copies;
mod crates;
mod generation;
mod measure;
mod peers;
mod run;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

pub use self::measure::{Args as MeasureArgs, run as measure};
use self::peers::Peers;
use crate::cargo;
use crate::process::Session;

/// The folder of real contracts, where one lies beside this repository.
const CONTRACTS: &str = "../shared/corpus/real";

/// What to measure, and with what.
#[derive(clap::Args)]
pub struct Args {
    /// What to measure; everything where it is not given.
    #[arg(value_enum)]
    what: Option<What>,
    /// The folder of the contracts that are measured; ../shared/corpus/real where it is there.
    #[arg(long, value_name = "DIR")]
    contracts: Option<PathBuf>,
    /// The folder of the peers' programs; PATH where it is not given.
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// How often each program is measured, in turn with the others.
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// From a contract to a crate, beside oas3-gen; and how it grows with the contract.
    Generation,
    /// Compiling the crate, beside that of openapi-to-rust.
    Compile,
    /// Answering requests, beside axum by hand.
    Run,
}

/// What every measurement needs.
struct Bench {
    session: Session,
    contracts: Option<PathBuf>,
    peers: Peers,
    rounds: Option<usize>,
}

/// Runs the subcommand.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let contracts = args.contracts.clone().or_else(|| Some(cargo::root().join(CONTRACTS)).filter(|path| path.is_dir()));
    let peers = Peers { folder: args.peers.clone() };
    let bench = Bench { session: Session::open()?, contracts, peers, rounds: args.rounds };
    let wanted = |what| args.what.is_none_or(|wanted| wanted == what);
    if wanted(What::Generation) {
        generation::run(&bench)?;
    }
    if wanted(What::Compile) {
        compile::run(&bench)?;
    }
    if wanted(What::Run) {
        run::run(&bench)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Bench {
    /// The path of a contract of the folder.
    fn contract(&self, name: &str) -> anyhow::Result<PathBuf> {
        let Some(folder) = &self.contracts else {
            bail!("no contracts at {CONTRACTS}: name their folder with --contracts DIR");
        };
        let path = folder.join(name);
        if !path.is_file() {
            bail!("no `{name}` in `{}`", folder.display());
        }
        std::path::absolute(&path).with_context(|| format!("cannot find `{}`", path.display()))
    }
}

/// A folder for what is measured, below the target folder.
fn place(name: &str) -> PathBuf {
    cargo::root().join("target/bench").join(name)
}

/// Removes a folder, where it is there.
fn clear(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove `{}`", folder.display()))
        }
        _ => Ok(()),
    }
}
