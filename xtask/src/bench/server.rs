//! The benchmark of the server: it starts private stores and runs the program in `server/benches/load`, which compares
//! the server of the sample with handlers written by hand.

use anyhow::bail;
use writ_tasks::folder::Folder;
use writ_tasks::process::Kind;
use writ_tasks::services::{self, Lifetime, Stores};
use writ_tasks::terminal::step;

use super::{Bench, work_folder};
use crate::cargo;

/// The folder of the program that sends the requests, and of the handlers to compare with.
const PROGRAM: &str = "server/benches/load";

/// Runs the benchmark of the server. The program of the benchmark prints the results.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    step("Compiling", format_args!("the server and {PROGRAM}, optimized"));
    let mut build = cargo::command();
    bench.session.run_quietly("cargo build", build.args(["build", "--quiet", "--release", "--package", "server"]))?;
    let mut build = cargo::command();
    build.current_dir(cargo::root().join(PROGRAM)).env("CARGO_TARGET_DIR", work_folder("server/target"));
    bench.session.run_quietly("cargo build", build.args(["build", "--quiet", "--release"]))?;
    let folder = Folder::temporary(&bench.session)?;
    let stores = Stores { postgres: true, redis: true };
    let services = services::start(&bench.session, &folder, Lifetime::Temporary, stores)?;
    let mut command = std::process::Command::new(work_folder("server/target/release/writ-bench-server"));
    command
        .current_dir(work_folder("server"))
        .envs(services.variables())
        .env("WRIT_BENCH_SERVER", cargo::root().join("target/release/server"));
    if let Some(rounds) = bench.rounds {
        command.env("WRIT_BENCH_ROUNDS", rounds.to_string());
    }
    let status = bench.session.start("writ-bench-server", Kind::Group, &mut command)?.wait()?;
    if !status.success() {
        bail!(
            "writ-bench-server failed ({status}); the log of the server is in {}",
            work_folder("server/server.log").display()
        );
    }
    Ok(())
}
