//! The benchmark of the server, and the soak test of the server or of the museum. Both start private stores and run the
//! program in `server/benches/load`, which sends the requests. The benchmark of services runs it too.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::bail;
use writ_tasks::folder::Folder;
use writ_tasks::process::{Kind, Session};
use writ_tasks::services::{self, Lifetime, Services};
use writ_tasks::terminal::step;

use super::{Bench, work_folder};
use crate::cargo;

/// The folder of the program that sends the requests, and of the handlers to compare with.
const PROGRAM: &str = "server/benches/load";

/// The running stores of a benchmark. Dropping the value ends them and removes their data.
pub(super) struct Stores<'s> {
    // Rust drops fields in this order.
    pub(super) services: Services<'s>,
    _folder: Folder,
}

/// The command line of `cargo xtask soak`.
#[derive(clap::Args)]
pub struct SoakArgs {
    /// The duration of the load in minutes.
    #[arg(default_value = "20")]
    minutes: f64,
    /// The service to send the load to.
    #[arg(long, value_enum, default_value = "server")]
    service: SoakService,
}

/// A service that `cargo xtask soak` can send requests to. Its package and its program have the name of the service.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum SoakService {
    /// The sample.
    Server,
    /// The museum, a service of the platform with API keys.
    Museum,
}

/// Runs the benchmark of the server: its requests against those to handlers written by hand.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let mut program = program(bench);
    if bench.profile {
        program.env("WRIT_BENCH_PROFILE", "1");
    }
    let stores = prepare(&bench.session, "server")?;
    measure(&bench.session, &stores, &mut program)
}

/// Runs `cargo xtask soak`: sends a mixed load to a service, and prints the resources that the service and its stores hold.
/// Fails if they grow, if a request gets no response, or if the service drops log lines.
pub fn soak(args: &SoakArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let service = match args.service {
        SoakService::Server => "server",
        SoakService::Museum => "museum",
    };
    let stores = prepare(&session, service)?;
    measure(&session, &stores, Command::new(path()).args(["soak", service, &args.minutes.to_string()]))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the program that sends the requests, with the rounds and the rows of the command line.
pub(super) fn program(bench: &Bench) -> Command {
    let mut program = Command::new(path());
    if let Some(rounds) = bench.rounds {
        program.env("WRIT_BENCH_ROUNDS", rounds.to_string());
    }
    if let Some(row) = &bench.row {
        program.env("WRIT_BENCH_ROW", row);
    }
    program
}

fn path() -> PathBuf {
    work_folder("server/target/release/writ-bench-server")
}

/// Builds a service and the program that sends the requests, and starts the stores.
pub(super) fn prepare<'s>(session: &'s Session, service: &str) -> anyhow::Result<Stores<'s>> {
    step("Compiling", format_args!("the package {service} and {PROGRAM}, optimized"));
    let mut build = cargo::command();
    session.run_quietly("cargo build", build.args(["build", "--quiet", "--release", "--package", service]))?;
    let mut build = cargo::command();
    build.current_dir(cargo::root().join(PROGRAM)).env("CARGO_TARGET_DIR", work_folder("server/target"));
    session.run_quietly("cargo build", build.args(["build", "--quiet", "--release"]))?;
    let folder = Folder::temporary(session)?;
    let both = services::Stores { postgres: true, redis: true };
    Ok(Stores { services: services::start(session, &folder, Lifetime::Temporary, both)?, _folder: folder })
}

/// Runs the program, which prints the results.
pub(super) fn measure(session: &Session, stores: &Stores<'_>, program: &mut Command) -> anyhow::Result<()> {
    let processes: Vec<String> = stores.services.processes().iter().map(i32::to_string).collect();
    program
        .current_dir(work_folder("server"))
        .envs(stores.services.variables())
        .env("WRIT_BENCH_STORES", processes.join(","))
        .env("WRIT_BENCH_SERVER", cargo::root().join("target/release/server"))
        .env("WRIT_BENCH_MUSEUM", cargo::root().join("target/release/museum"));
    let status = session.start("writ-bench-server", Kind::Group, program)?.wait()?;
    if !status.success() {
        bail!(
            "writ-bench-server failed ({status}); the logs of the servers are in {}",
            work_folder("server").display()
        );
    }
    Ok(())
}
