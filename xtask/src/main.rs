//! `cargo xtask`: the developer commands of this repository. The commands that work in any workspace are in
//! `cli/`.

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

/// Developer commands of this repository: generate code from the contracts, run the server, test and measure.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Task {
    /// Generate generated/ from spec/, or a separate crate from any contract.
    Codegen(cargo_writ::codegen::Args),
    /// Store copies of the remote documents that a contract refers to.
    Fetch(cargo_writ::fetch::Args),
    /// Generate code from every contract in a folder, compile it, and report the contracts that fail.
    Corpus(corpus::Args),
    /// Repeat the measurements of docs/benchmarks.md.
    Bench(bench::Args),
    /// Run the server with a private PostgreSQL and Redis.
    Dev(dev::Args),
    /// Run the tests with a private PostgreSQL and Redis.
    Test(test::Args),
    /// Package the crates that can be published, and build and run the packages.
    Package,
    /// Update .sqlx, the query metadata that compiling without a database needs.
    Sqlx(sqlx::Args),
    /// Check that comments name their subject.
    Words(words::Args),
    /// Run the commands of README.md, ARCHITECTURE.md and docs/ in a fresh clone, and compare their output.
    #[command(hide = true)]
    Readme,
    /// Run a program and write its cost to a file; used by `cargo xtask bench`.
    #[command(hide = true)]
    Measure(bench::MeasureArgs),
    /// Stop the processes that another xtask left running; xtask starts this itself.
    #[command(hide = true)]
    Guard,
}

fn main() -> ExitCode {
    let outcome = match Task::parse() {
        Task::Codegen(args) => codegen::run(&args),
        Task::Fetch(args) => codegen::fetch(&args),
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
