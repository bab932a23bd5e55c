//! The benchmark and the soak test of the server. Both start private stores and run the program in
//! `server/benches/load`, which sends requests to the server of the sample.

use std::process::{Command, ExitCode};

use anyhow::bail;
use writ_tasks::folder::Folder;
use writ_tasks::process::{Kind, Session};
use writ_tasks::services::{self, Lifetime, Stores};
use writ_tasks::terminal::step;

use super::{Bench, work_folder};
use crate::cargo;

/// The folder of the program that sends the requests, and of the handlers to compare with.
const PROGRAM: &str = "server/benches/load";

/// The command line of `cargo xtask soak`.
#[derive(clap::Args)]
pub struct SoakArgs {
    /// The duration of the load in minutes.
    #[arg(default_value = "20")]
    minutes: f64,
}

/// Runs the benchmark of the server: its requests against those to handlers written by hand.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let mut program = Command::new(program());
    if bench.profile {
        program.env("WRIT_BENCH_PROFILE", "1");
    }
    if let Some(rounds) = bench.rounds {
        program.env("WRIT_BENCH_ROUNDS", rounds.to_string());
    }
    if let Some(row) = &bench.row {
        program.env("WRIT_BENCH_ROW", row);
    }
    measure(&bench.session, &mut program)
}

/// Runs `cargo xtask soak`: sends a mixed load to the server, prints the resources that the server and its stores hold, and
/// fails if they grow.
pub fn soak(args: &SoakArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    measure(&session, Command::new(program()).args(["soak", &args.minutes.to_string()]))?;
    Ok(ExitCode::SUCCESS)
}

fn program() -> std::path::PathBuf {
    work_folder("server/target/release/writ-bench-server")
}

/// Builds the server and the program, starts the stores and runs the program, which prints the results.
fn measure(session: &Session, program: &mut Command) -> anyhow::Result<()> {
    step("Compiling", format_args!("the server and {PROGRAM}, optimized"));
    let mut build = cargo::command();
    session.run_quietly("cargo build", build.args(["build", "--quiet", "--release", "--package", "server"]))?;
    let mut build = cargo::command();
    build.current_dir(cargo::root().join(PROGRAM)).env("CARGO_TARGET_DIR", work_folder("server/target"));
    session.run_quietly("cargo build", build.args(["build", "--quiet", "--release"]))?;
    let folder = Folder::temporary(session)?;
    let services = services::start(session, &folder, Lifetime::Temporary, Stores { postgres: true, redis: true })?;
    let stores: Vec<String> = services.processes().iter().map(i32::to_string).collect();
    program
        .current_dir(work_folder("server"))
        .envs(services.variables())
        .env("WRIT_BENCH_STORES", stores.join(","))
        .env("WRIT_BENCH_SERVER", cargo::root().join("target/release/server"));
    let status = session.start("writ-bench-server", Kind::Group, program)?.wait()?;
    if !status.success() {
        let log = work_folder("server/server.log");
        bail!("writ-bench-server failed ({status}); the log of the server is in {}", log.display());
    }
    Ok(())
}
