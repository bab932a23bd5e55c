//! `cargo xtask`: the commands that serve this repository alone, and the developer's environment. Those
//! that serve any workspace are in `cli/`.

mod bench;
mod cargo;
mod codegen;
mod corpus;
mod dev;
mod folder;
mod http;
mod orphan;
mod package;
mod process;
mod readme;
mod services;
mod sqlx;
mod terminal;
mod test;
mod words;

use std::process::ExitCode;

use clap::Parser;

/// Generates from the contract, and runs what it generates.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Task {
    /// Render generated/ from spec/, or a crate of your own from any contract.
    Codegen(cargo_writ::codegen::Args),
    /// Generate from every contract of a folder, compile it all, and measure.
    Corpus(corpus::Args),
    /// Measure what docs/benchmarks.md shows: generating, compiling, answering.
    Bench(bench::Args),
    /// Run the server with its own PostgreSQL and Redis.
    Dev(dev::Args),
    /// Run the tests with their own PostgreSQL and Redis.
    Test(test::Args),
    /// Package the crates that are for the registry, and build and run the packages.
    Package,
    /// Renew .sqlx, against which queries are checked while compiling.
    Sqlx(sqlx::Args),
    /// Check that comments name their subject.
    Words(words::Args),
    /// Does what README.md says, in a fresh clone, and holds it to what README.md promises.
    #[command(hide = true)]
    Readme,
    /// Runs a program and tells what it cost; started by xtask itself.
    #[command(hide = true)]
    Measure(bench::MeasureArgs),
    /// Ends what another xtask left running; started by xtask itself.
    #[command(hide = true)]
    Guard,
}

fn main() -> ExitCode {
    let outcome = match Task::parse() {
        Task::Codegen(args) => codegen::run(&args),
        Task::Corpus(args) => corpus::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Dev(args) => dev::run(&args),
        Task::Test(args) => test::run(&args),
        Task::Sqlx(args) => sqlx::run(&args),
        Task::Package => package::run(),
        Task::Words(args) => words::run(&args),
        Task::Readme => readme::run(),
        Task::Measure(args) => bench::measure(&args),
        Task::Guard => process::guard::run(),
    };
    outcome.unwrap_or_else(|error| {
        if let Some(interrupted) = error.downcast_ref::<process::Interrupted>() {
            return interrupted.exit_code();
        }
        terminal::error(&error);
        ExitCode::FAILURE
    })
}
