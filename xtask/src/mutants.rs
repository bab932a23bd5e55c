//! `cargo xtask mutants`: changes the runtime and the platform in small ways, and runs the tests of the workspace to see
//! whether they notice each change.
//!
//! Compiling each change alone would take days. So all changes are compiled at once into a copy of the workspace, each
//! behind a toggle that a test reads from its environment. A first run of each test records the toggles that it
//! reaches, so that a change needs only the tests that can notice it. Each result is kept, so that the command continues
//! after an interruption, and tries only survivors again after a new test.

mod compile;
mod known;
mod list;
mod measure;
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
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use writ_tasks::folder::Folder;
use writ_tasks::process::Session;
use writ_tasks::services::{self, Lifetime, Stores};
use writ_tasks::terminal;

use self::compile::Sources;
use self::known::Known;
use self::list::Mutant;
use self::report::Report;
use self::suite::Program;
use self::tree::Tree;
use self::trial::{Range, Trial, Verdict};
use crate::cargo;

/// The crates that are changed, and their folders.
const CRATES: [(&str, &str); 2] = [("writ-runtime", "codegen/runtime"), ("writ-platform", "server/platform")];

/// The compilations that find the mutants that do not compile, as arguments of cargo. They take much less time than that
/// of the tests.
const CHECKS: [&[&str]; 2] = [&["check", "--package", "writ-runtime"], &["check", "--package", "writ-platform"]];

/// The tests that should notice the changes, as arguments of cargo. The later ones take long, and only run for changes
/// that the earlier ones have not noticed.
const TESTS: [&[&str]; 2] = [
    &["test", "--no-run", "-p", "writ-runtime", "-p", "writ-platform", "-p", "server", "-p", "museum"],
    &["test", "--no-run", "-p", "writ-codegen", "--test", "generated"],
];

/// The number of mutants that are tried together with tests that notice few of them.
const GROUP: usize = 6;

/// The variable that names a file with the messages of cargo about the generated crates. With it, only the first program
/// compiles them.
const MESSAGES: &str = "WRIT_GENERATED_MESSAGES";

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
    /// Only list the mutants in the order in which the seed draws them.
    #[arg(long)]
    list: bool,
    /// Try all mutants again, also those that a test has noticed in an earlier run.
    #[arg(long)]
    afresh: bool,
}

/// A run of the command.
struct Run<'a> {
    work: PathBuf,
    mutants: &'a [Mutant],
    sources: Sources<'a>,
    variables: Vec<(String, String)>,
    report: Mutex<Report>,
    /// The path of the report.
    path: PathBuf,
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
    if args.list {
        mutants.iter().for_each(|mutant| println!("{}", mutant.name));
        return Ok(ExitCode::SUCCESS);
    }

    let tree = Tree::new(&session, &work)?;
    let known = Known::read(&work, args.afresh);
    let mut sources = Sources::read(&mutants, &known)?;
    terminal::step("Compiling", format_args!("{} mutants", mutants.len()));
    for check in CHECKS {
        sources.compile(&session, &tree, &CRATES, check)?;
    }
    let mut programs = sources.compile(&session, &tree, &CRATES, TESTS[0])?;
    let report = Mutex::new(Report::new(&mutants, &sources, args.count));
    let path = work.join(format!("report-{}.txt", args.seed));
    let folder = Folder::temporary(&session)?;
    let stores = services::start(&session, &folder, Lifetime::Temporary, Stores { postgres: true, redis: true })?;
    let mut variables: Vec<_> = stores.variables().map(|(name, url)| (format!("WRIT_TEST_{name}"), url)).collect();
    variables.push((MESSAGES.to_owned(), folder.path().join("generated.json").display().to_string()));
    let mut run = Run { work, mutants: &mutants, sources, variables, report, path };
    for later in TESTS[1..].iter().map(Some).chain([None]) {
        run.try_all(&session, &programs)?;
        if let Some(selection) = later {
            programs = run.sources.compile(&session, &tree, &CRATES, selection)?;
        }
    }
    print!("{}", run.report().text(&mutants));
    terminal::step("Written", run.path.display());
    Ok(ExitCode::SUCCESS)
}

impl Run<'_> {
    /// Tries all mutants that no earlier test has noticed.
    fn try_all(&self, session: &Session, programs: &[Program]) -> anyhow::Result<()> {
        let suite = measure::measure(session, &self.work, &self.sources, programs, &self.variables)?;
        let failing = suite.iter().flat_map(|measured| {
            measured.reach.failing.iter().map(move |name| format!("{}: {name}", measured.program.package))
        });
        self.report().failing.extend(failing);
        let fingerprint = self.sources.fingerprint(programs)?;
        let mut open = self.report().open();
        // A survivor stays one until the tests are compiled again.
        open.retain(|number| match self.sources.survived(*number, fingerprint) {
            Some(tests) => {
                self.report().add(*number, Verdict::Survived { tests });
                false
            }
            None => true,
        });
        // The near tests notice most mutants, so that figures about all mutants exist early.
        for (range, size) in [(Range::Module, 1), (Range::Package, GROUP), (Range::Elsewhere, GROUP)] {
            terminal::step("Trying", format_args!("{} mutants with the tests {range}", open.len()));
            let trial = Trial { mutants: self.mutants, suite: &suite, range, variables: &self.variables };
            workers::each(&self.groups(&open, size), |session, _, group| {
                for (number, verdict) in group.iter().zip(trial.run(session, group)?) {
                    terminal::step("Tried", format_args!("{verdict}: {}", self.mutants[*number].name));
                    let result = match verdict {
                        Verdict::Caught => Some(known::Result::Caught),
                        Verdict::Hung => Some(known::Result::Hung),
                        Verdict::Survived { .. } | Verdict::Untried if range == Range::Elsewhere => {
                            let tests = trial::reaching(*number, &suite);
                            Some(known::Result::Survived { programs: fingerprint, tests })
                        }
                        Verdict::Survived { .. } | Verdict::Untried => None,
                    };
                    result.map_or(Ok(()), |result| self.sources.remember(*number, result))?;
                    self.report().add(*number, verdict);
                }
                self.write()
            })?;
            open.retain(|number| self.report().is_open(*number));
        }
        self.write()
    }

    /// Divides mutants into groups of about this size, each with mutants of different files where possible, since mutants
    /// of one function hide each other.
    fn groups(&self, open: &[usize], size: usize) -> Vec<Vec<usize>> {
        let mut sorted = open.to_vec();
        if size > 1 {
            sorted.sort_by_key(|number| &self.mutants[*number].file);
        }
        let count = sorted.len().div_ceil(size);
        (0..count).map(|group| sorted.iter().skip(group).step_by(count).copied().collect()).collect()
    }

    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the report as far as it is known.
    fn write(&self) -> anyhow::Result<()> {
        let text = self.report().text(self.mutants);
        fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }
}
