//! The benchmark of events: the throughput of the relay, and the time from a commit to the stream. It starts private stores
//! and runs the program `server/platform/benches/events.rs`.

use anyhow::bail;
use writ_tasks::folder::Folder;
use writ_tasks::process::Kind;
use writ_tasks::services::{self, Lifetime, Stores};
use writ_tasks::terminal::step;

use super::Bench;
use crate::cargo;

/// The arguments that build and run the program.
const ARGUMENTS: [&str; 8] =
    ["bench", "--quiet", "--package", "writ-platform", "--features", "postgres,redis,testing", "--bench", "events"];

/// Runs the benchmark of events.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let session = &bench.session;
    step("Compiling", format_args!("the benchmark of events, optimized"));
    let mut build = cargo::command();
    session.run_quietly("cargo bench", build.args(ARGUMENTS).arg("--no-run"))?;
    let folder = Folder::temporary(session)?;
    let services = services::start(session, &folder, Lifetime::Temporary, Stores { postgres: true, redis: true })?;
    let mut program = cargo::command();
    let variables = services.variables().map(|(name, url)| (format!("WRIT_TEST_{name}"), url));
    let status = session.start("cargo bench", Kind::Group, program.args(ARGUMENTS).envs(variables))?.wait()?;
    if !status.success() {
        bail!("the benchmark of events failed ({status})");
    }
    Ok(())
}
