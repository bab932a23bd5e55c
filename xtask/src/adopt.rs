//! `cargo xtask adopt`: creates services from contracts with `new`, as a stranger would, and proves that they work.
//!
//! Each service is formatted, free of lints and tested. Then one authenticated request is answered with 501, one operation
//! is implemented with the code in `xtask/adopt/services.toml`, and a request to it is answered with 200.

mod cold;
mod report;
mod service;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use writ_tasks::process::Session;
use writ_tasks::terminal;

use self::report::Report;
use self::service::Service;
use self::workspace::Workspace;
use crate::cargo;

/// The command line of `cargo xtask adopt`.
#[derive(clap::Args)]
pub struct Args {
    /// Create only these services of xtask/adopt/services.toml [default: those of the checks].
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Create all services of xtask/adopt/services.toml.
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// The folder of the published contracts.
    #[arg(long, value_name = "DIR", default_value = "../shared/corpus/real")]
    published: PathBuf,
    /// Only measure the time from the contract to the first response, with nothing compiled yet.
    #[arg(long)]
    cold: bool,
}

/// Runs `cargo xtask adopt`: creates and proves the services, and prints a table of them.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let services: Vec<Service> = Service::read()?.into_iter().filter(|service| args.selects(service)).collect();
    if let Some(name) = args.names.iter().find(|name| !services.iter().any(|service| service.name == **name)) {
        bail!("xtask/adopt/services.toml has no service `{name}`");
    }
    let published = cargo::root().join(&args.published);
    let mut reports = Vec::new();
    for service in &services {
        let contract = service.contract(&published);
        if contract.as_ref().is_some_and(|contract| !contract.is_file()) {
            terminal::step("Skipped", format_args!("{}: {} does not exist", service.name, args.published.display()));
            continue;
        }
        let context = || format!("service `{}`", service.name);
        if args.cold {
            cold::measure(&session, service, contract).with_context(context)?;
            continue;
        }
        let report = prove(&session, service, contract).with_context(context)?;
        terminal::step("Proved", format_args!("{}", report.summary()));
        reports.push(report);
    }
    if !args.cold {
        println!("{}", report::table(&reports));
    }
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn selects(&self, service: &Service) -> bool {
        match self.names.is_empty() {
            true => self.all || service.checked,
            false => self.names.contains(&service.name),
        }
    }
}

/// Creates a service and proves that it works.
fn prove(session: &Session, service: &Service, contract: Option<PathBuf>) -> anyhow::Result<Report> {
    terminal::step("Adopting", &service.name);
    let mut report = Report::of(service);
    let workspace = report.timed("new", || Workspace::create(service, contract, false))?;
    report.timed("check", || workspace.cargo(session, &["check", "--workspace"]))?;
    workspace.cargo(session, &["fmt", "--check", "--all"])?;
    report.timed("clippy", || {
        workspace.cargo(session, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
    })?;
    report.timed("tests", || workspace.cargo(session, &["xtask", "test"]))?;
    workspace.cargo(session, &["xtask", "codegen", "--check"])?;
    workspace.add_tests(service)?;
    let printed = workspace.test(session, "stubs_respond_with_501")?;
    report.stubs = count_of(&printed).context("no stub responded with 501")?;
    workspace.implement(service)?;
    workspace.test(session, "the_written_operation_responds_with_200")?;
    Ok(report)
}

/// Returns the number of operations that a test printed.
fn count_of(printed: &str) -> Option<usize> {
    let (_, rest) = printed.split_once("responded with 501: ")?;
    rest.split_whitespace().next()?.parse().ok()
}
