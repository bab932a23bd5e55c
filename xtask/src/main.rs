//! `cargo xtask`: the developer commands of this repository. The commands that work in any workspace are in
//! `cli/`.

mod adopt;
mod alerts;
mod bench;
mod cargo;
mod codegen;
mod conform;
mod corpus;
mod gateway;
mod mutants;
mod package;
mod readme;
mod sqlx;
mod words;

use std::process::ExitCode;

use clap::Parser;
use writ_tasks::{Credential, DevArgs, Project, Running, TestArgs, outcome};

/// Developer commands of this repository: generate code from the contracts, run the server, test and measure.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
enum Task {
    /// Generate generated/ from spec/, or a separate crate from any contract.
    Codegen(cargo_writ::codegen::Args),
    /// Store copies of the remote documents that a contract refers to.
    Fetch(cargo_writ::fetch::Args),
    /// Create a workspace with a server for a contract.
    New(cargo_writ::new::Args),
    /// Generate code from every contract in a folder, compile it, and report the contracts that fail.
    Corpus(corpus::Args),
    /// Create services from contracts with `new`, and prove that they work.
    Adopt(adopt::Args),
    /// Repeat the measurements of docs/benchmarks.md.
    Bench(bench::Args),
    /// Send generated requests to the services, and compare their responses with the contracts.
    Conform(conform::Args),
    /// Render the configuration of the gateway in front of the services, from the contracts.
    Gateway(cargo_writ::gateway::Args),
    /// Check the alert rules and the dashboard of docs/operations with promtool.
    Alerts,
    /// Change the runtime and the platform in small ways, and report the changes that no test notices.
    Mutants(mutants::Args),
    /// Send a mixed load to a service, and fail if its memory, its keys, its connections or its tasks grow.
    Soak(bench::SoakArgs),
    /// Run the server with a private PostgreSQL and Redis.
    Dev(DevArgs),
    /// Run the tests with a private PostgreSQL and Redis.
    Test(TestArgs),
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
    outcome(match Task::parse() {
        Task::Codegen(args) => codegen::run(&args),
        Task::Fetch(args) => codegen::fetch(&args),
        Task::New(args) => cargo_writ::new::run(&args).map(|()| ExitCode::SUCCESS),
        Task::Corpus(args) => corpus::run(&args),
        Task::Adopt(args) => adopt::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Conform(args) => conform::run(&args),
        Task::Gateway(args) => gateway::run(&args),
        Task::Alerts => alerts::run(),
        Task::Mutants(args) => mutants::run(&args),
        Task::Soak(args) => bench::soak(&args),
        Task::Dev(args) => project().perform(&writ_tasks::Task::Dev(args)),
        Task::Test(args) => project().perform(&writ_tasks::Task::Test(args)),
        Task::Sqlx(args) => sqlx::run(&args),
        Task::Package => package::run(),
        Task::Words(args) => words::run(&args),
        Task::Readme => readme::run(),
        Task::Measure(args) => bench::measure(&args),
        Task::Guard => project().perform(&writ_tasks::Task::Guard),
    })
}

/// Describes this repository: the sample server with its stores, and the account of its administrator.
fn project() -> Project {
    Project::new("server")
        .prefix("WRIT_")
        .postgres()
        .redis()
        .services(&["users", "orders"])
        .gateway("spec", "server/gateway")
        .repeat_tests("through the gateway", "http", "WRIT_TEST_THROUGH", "gateway")
        .generate_with(codegen::generate_all)
        .credential(Credential::new("Admin", "ADMIN_PASSWORD").user("ADMIN_EMAIL", "admin@example.com"))
        .page("API", "/v2")
        .page("Reference", "/docs")
        .first_request(sign_in)
}

/// Returns the command that signs the administrator in.
fn sign_in(running: &Running) -> String {
    let user = running.credentials.first();
    let (email, password) = user.map(|user| (&*user.user, &*user.shown)).unwrap_or_default();
    format!(
        "curl http://{}/v2/auth/login -H 'Content-Type: application/json' \\\n  -d '{{\"email\":\"{email}\",\"password\":\"{password}\"}}'",
        running.address
    )
}
