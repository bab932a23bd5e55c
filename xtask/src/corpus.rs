//! `cargo xtask corpus`: generates from every contract of a folder, compiles each, and says which
//! fall short: refused, not compiling without a warning, or fewer operations than the contract has.

mod count;
mod table;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use writ_codegen::diagnostic::{Counts, Diagnostics, Severity, render};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Options;
use writ_codegen::output::Output;
use writ_codegen::render::Layout;

use self::count::Code;
use self::workspace::{Checked, Workspace};
use crate::terminal::step;

/// Which contracts, and how.
#[derive(clap::Args)]
pub struct Args {
    /// The folder of the contracts; those in folders below it count too.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// How many contracts at a time; above one, times are no longer those of a contract alone.
    #[arg(long, value_name = "N", default_value_t = 1)]
    jobs: usize,
}

/// What came of one contract.
struct Outcome {
    /// Its path below the folder.
    name: String,
    /// How many operations it has, read without the generator; none where it cannot be read so.
    expected: Option<usize>,
    /// What there is in the code.
    code: Code,
    /// How many problems the generator found.
    found: Counts,
    /// How long generating took, from reading the files to having every text.
    generation: Duration,
    /// The compiler's verdict, where there was something to compile.
    checked: Option<Checked>,
    /// What to show of it where it falls short.
    said: String,
}

impl Outcome {
    /// Why it falls short, none where it does not.
    fn shortcoming(&self) -> Option<String> {
        if self.found.errors > 0 {
            return Some("refused".to_owned());
        }
        let Some(checked) = &self.checked else { return Some("nothing generated".to_owned()) };
        if !checked.compiles {
            return Some("does not compile".to_owned());
        }
        match self.expected {
            None => Some("operations cannot be counted".to_owned()),
            Some(expected) if (self.code.methods, self.code.listed) != (expected, expected) => {
                Some(format!("{} methods, {} listed", self.code.methods, self.code.listed))
            }
            Some(_) => None,
        }
    }
}

/// Runs the subcommand; fails where any contract falls short.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let contracts = contracts(&args.folder)?;
    if contracts.is_empty() {
        bail!("no contract in `{}`", args.folder.display());
    }
    let names: Vec<String> = (0..contracts.len()).map(|index| format!("contract-{index}")).collect();
    let workers = args.jobs.clamp(1, contracts.len());
    let workspaces: Vec<Workspace> =
        (0..workers).map(|worker| Workspace::open(worker, &names)).collect::<anyhow::Result<_>>()?;
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<Outcome>> = Mutex::default();
    let work = |mut workspace: Workspace| -> anyhow::Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let (Some(contract), Some(member)) = (contracts.get(index), names.get(index)) else { return Ok(()) };
            let outcome = one(&mut workspace, &args.folder, contract, member)?;
            let verdict = outcome.shortcoming().unwrap_or_else(|| "good".to_owned());
            step("Measured", format_args!("{}: {verdict}", outcome.name));
            outcomes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(outcome);
        }
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = workspaces.into_iter().map(|workspace| scope.spawn(|| work(workspace))).collect();
        running.into_iter().try_for_each(|worker| match worker.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let mut outcomes = outcomes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    outcomes.sort_by(|one, other| one.name.cmp(&other.name));
    for outcome in outcomes.iter().filter(|outcome| outcome.shortcoming().is_some()) {
        eprintln!("\n{}:\n{}", outcome.name, outcome.said.trim_end());
    }
    println!("{}", table::render(&outcomes));
    let short = outcomes.iter().filter(|outcome| outcome.shortcoming().is_some()).count();
    Ok(if short == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Generates, compiles and counts one contract.
fn one(workspace: &mut Workspace, folder: &Path, contract: &Path, member: &str) -> anyhow::Result<Outcome> {
    let name = contract.strip_prefix(folder).unwrap_or(contract).display().to_string();
    let begun = Instant::now();
    let request = Request {
        entry: contract.to_owned(),
        root: None,
        strict: false,
        layout: Layout::Crate,
        options: Options::default(),
    };
    let generated = generate(&request);
    let generation = begun.elapsed();
    let found = generated.diagnostics.counts();
    let mut outcome = Outcome {
        name,
        expected: count::in_contract(contract),
        code: Code::default(),
        found,
        generation,
        checked: None,
        said: String::new(),
    };
    let Some(output) = generated.output.filter(|_| found.errors == 0) else {
        let mut errors = Diagnostics::new();
        let found = generated.diagnostics.sorted().into_iter();
        found.filter(|found| found.severity == Severity::Error).for_each(|error| errors.push(error.clone()));
        outcome.said = render(&errors, generated.diagnostics.sources(), false);
        return Ok(outcome);
    };
    outcome.code = count::in_code(&output);
    let checked = workspace.check(member, &output, &generated.features)?;
    outcome.said.clone_from(&checked.said);
    outcome.checked = Some(checked);
    Ok(outcome)
}

/// The contracts in a folder and below it, in the order of their paths.
fn contracts(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(contracts(&path)?);
        } else if count::is_contract(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// How many lines of Rust were generated.
fn lines(output: &Output) -> usize {
    output.files.values().map(|text| text.lines().count()).sum()
}
