//! `cargo xtask mutants`: changes the runtime and the platform in small ways, and runs the tests of the workspace to see
//! whether they notice each change.
//!
//! Compiling each change alone would take days. So all changes are compiled at once into a copy of the workspace, each
//! behind a toggle that a test reads from its environment. A first run of each test records the toggles that it
//! reaches, so that a change needs only the tests that can notice it.

mod compile;
mod known;
mod list;
mod report;
mod suite;
mod syntax;
#[cfg(test)]
mod tests;
mod toggle;
mod tree;
mod trial;
mod workers;

use std::fs;
use std::process::ExitCode;

use anyhow::Context;
use writ_tasks::folder::Folder;
use writ_tasks::process::Session;
use writ_tasks::services::{self, Lifetime, Stores};
use writ_tasks::terminal;

use self::compile::Sources;
use self::known::Known;
use self::list::Mutant;
use self::report::Report;
use self::suite::{Measured, Program, Test};
use self::tree::Tree;
use crate::cargo;

/// The crates that are changed, and their folders.
const CRATES: [(&str, &str); 2] = [("writ-runtime", "codegen/runtime"), ("writ-platform", "server/platform")];

/// The tests that should notice the changes, as arguments of `cargo test`. The later ones take long, and only run for
/// changes that the earlier ones have not noticed.
const TESTS: [&[&str]; 2] = [
    &["--package", "writ-runtime", "--package", "writ-platform", "--package", "server", "--package", "museum"],
    &["--package", "writ-codegen", "--test", "generated"],
];

/// The command line of `cargo xtask mutants`.
#[derive(clap::Args)]
pub struct Args {
    /// The number of mutants that are tried.
    #[arg(long, value_name = "N", default_value_t = 400)]
    count: usize,
    /// The seed that draws the mutants.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Change only this crate.
    #[arg(long = "crate", value_name = "NAME", value_parser = CRATES.map(|(package, _)| package))]
    package: Option<String>,
}

/// Runs `cargo xtask mutants`.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let work = cargo::root().join("target/mutants");
    fs::create_dir_all(&work).with_context(|| format!("cannot create {}", work.display()))?;
    let is_drawn = |package: &str| args.package.as_ref().is_none_or(|wanted| wanted == package);
    let packages: Vec<_> = CRATES.iter().map(|(package, _)| *package).filter(|package| is_drawn(package)).collect();
    let mut mutants = list::all(&session, &work, &packages)?;
    terminal::step("Found", format_args!("{} mutants", mutants.len()));
    list::shuffle(&mut mutants, args.seed);
    // About a third does not compile or has no toggle.
    mutants.truncate(args.count * 2);

    let tree = Tree::new(&session, &work)?;
    let mut sources = Sources::read(&mutants, Known::read(&work))?;
    terminal::step("Compiling", format_args!("{} mutants", mutants.len()));
    let mut programs = sources.compile(&session, &tree, &CRATES, TESTS[0])?;
    let mut report = Report::new(&mutants, &sources, args.count);
    let path = work.join(format!("report-{}.txt", args.seed));
    let folder = Folder::temporary(&session)?;
    let stores = services::start(&session, &folder, Lifetime::Temporary, Stores { postgres: true, redis: true })?;
    let variables: Vec<_> = stores.variables().map(|(name, url)| (format!("WRIT_TEST_{name}"), url)).collect();
    for later in TESTS[1..].iter().map(Some).chain([None]) {
        try_all(&session, &mutants, &programs, &variables, &mut report)?;
        fs::write(&path, report.text(&mutants)).with_context(|| format!("cannot write {}", path.display()))?;
        if let Some(selection) = later {
            programs = sources.compile(&session, &tree, &CRATES, selection)?;
        }
    }
    print!("{}", report.text(&mutants));
    terminal::step("Written", path.display());
    Ok(ExitCode::SUCCESS)
}

/// Tries all mutants that no earlier test has noticed.
fn try_all(
    session: &Session,
    mutants: &[Mutant],
    programs: &[Program],
    variables: &[(String, String)],
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut tests = Vec::new();
    for program in programs {
        tests.extend(program.tests(session)?);
    }
    terminal::step("Measuring", format_args!("{} tests", tests.len()));
    let measured = workers::each(&tests, |session, _, test| test.measure(session, variables))?;
    let (suite, failing) = divide(&tests, measured);
    report.failing.extend(failing);
    let open = report.survivors();
    terminal::step("Trying", format_args!("{} mutants with {} tests", open.len(), suite.len()));
    let verdicts = workers::each(&open, |session, index, number| {
        let mutant = &mutants[*number];
        let verdict = trial::run(session, *number, mutant, &suite, variables)?;
        terminal::step(&format!("{}/{}", index + 1, open.len()), format_args!("{verdict}: {}", mutant.name));
        Ok(verdict)
    })?;
    report.add(open.into_iter().zip(verdicts));
    Ok(())
}

/// Separates the tests that passed from the names of those that failed.
fn divide<'a>(tests: &[Test<'a>], measured: Vec<Option<Measured<'a>>>) -> (Vec<Measured<'a>>, Vec<String>) {
    let (mut suite, mut failing) = (Vec::new(), Vec::new());
    for (test, measured) in tests.iter().zip(measured) {
        match measured {
            Some(measured) => suite.push(measured),
            None => failing.push(format!("{}: {}", test.program.package, test.name)),
        }
    }
    (suite, failing)
}
