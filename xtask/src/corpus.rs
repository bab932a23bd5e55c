//! `cargo xtask corpus`: generates from every contract of a folder, compiles each, and says which
//! fall short: refused, not compiling without a warning, or fewer operations than the contract has.

mod count;
mod expected;
mod route;
mod table;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use writ_codegen::generate::{Generated, Request, generate};
use writ_codegen::options::Options;
use writ_codegen::output::Output;
use writ_codegen::render::Layout;
use writ_contract::diagnostic::{Counts, Diagnostics, Severity, render};

use self::count::Code;
use self::expected::Expected;
use self::route::Routed;
use self::workspace::{Checked, Member, Workspace};
use crate::terminal::step;

/// Which contracts, and how.
#[derive(clap::Args)]
pub struct Args {
    /// The folders of the contracts; those in folders below them count too.
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// Compile many contracts at once: sooner done, but the time of each is not known.
    #[arg(long)]
    together: bool,
    /// Build the router of each contract, and send one request to every operation.
    #[arg(long)]
    route: bool,
}

/// A contract, and what is made of it.
struct Subject {
    /// The crate that is made of it.
    member: String,
    /// The crate with its router.
    router: String,
    /// What is generated, where it is not refused.
    output: Option<Output>,
    /// The same and a program that sends requests.
    program: Option<Output>,
    /// The features of the runtime that both need.
    features: Vec<&'static str>,
    outcome: Outcome,
}

/// What came of one contract.
struct Outcome {
    /// Its path below the folder.
    name: String,
    /// How many operations it has, read without the generator; none where it cannot be read so.
    expected: Option<usize>,
    /// The code of the error that is to refuse it, and whether it does.
    refusal: Option<(String, bool)>,
    /// What there is in the code.
    code: Code,
    /// How many problems the generator found.
    found: Counts,
    /// How long generating took, from reading the files to having every text.
    generation: Duration,
    /// The compiler's verdict, where there was something to compile.
    checked: Option<Checked>,
    /// How many operations its router leads to, where that was asked.
    routed: Option<Routed>,
    /// What to show of it where it falls short.
    said: String,
}

impl Outcome {
    /// Why it falls short, none where it does not.
    fn shortcoming(&self) -> Option<String> {
        if let Some((code, refused)) = &self.refusal {
            return (!refused).then(|| format!("not refused as `{code}`"));
        }
        if self.found.errors > 0 {
            return Some("refused".to_owned());
        }
        let Some(checked) = &self.checked else { return Some("nothing generated".to_owned()) };
        if !checked.compiles {
            return Some("does not compile".to_owned());
        }
        let Some(expected) = self.expected else { return Some("operations cannot be counted".to_owned()) };
        if (self.code.methods, self.code.listed) != (expected, expected) {
            return Some(format!("{} methods, {} listed", self.code.methods, self.code.listed));
        }
        self.routed.as_ref().filter(|routed| routed.count != expected).map(|routed| format!("{} routed", routed.count))
    }

    /// In a word.
    fn verdict(&self) -> String {
        let good = || match &self.refusal {
            Some((code, _)) => format!("refused, as it should be: {code}"),
            None => "good".to_owned(),
        };
        self.shortcoming().unwrap_or_else(good)
    }
}

/// Runs the subcommand; fails where any contract falls short.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let expected = Expected::read()?;
    let mut subjects = Vec::new();
    for folder in &args.folders {
        let contracts = contracts(folder)?;
        if contracts.is_empty() {
            bail!("no contract in `{}`", folder.display());
        }
        for contract in contracts {
            subjects.push(subject(args, &expected, folder, &contract, subjects.len()));
        }
    }
    let members = subjects.iter().flat_map(|subject| [subject.member.clone(), subject.router.clone()]);
    let mut workspace = Workspace::open(&members.collect::<Vec<_>>())?;
    match args.together {
        true => check_together(&workspace, &mut subjects)?,
        false => check_each(&mut workspace, &mut subjects)?,
    }
    if args.route {
        route(&workspace, &mut subjects)?;
    }
    let outcomes: Vec<Outcome> = subjects.into_iter().map(|subject| subject.outcome).collect();
    for outcome in outcomes.iter().filter(|outcome| outcome.shortcoming().is_some()) {
        eprintln!("\n{}:\n{}", outcome.name, outcome.said.trim_end());
    }
    println!("{}", table::render(&outcomes));
    let short = outcomes.iter().filter(|outcome| outcome.shortcoming().is_some()).count();
    Ok(if short == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Generates from one contract, and counts.
fn subject(args: &Args, expected: &Expected, folder: &Path, contract: &Path, at: usize) -> Subject {
    let below = contract.strip_prefix(folder).unwrap_or(contract).display().to_string();
    let begun = Instant::now();
    let generated = generated(contract, Options::default());
    let generation = begun.elapsed();
    let found = generated.diagnostics.counts();
    let refusal = expected.refusal(folder, &below).map(|code| {
        let errors = generated.diagnostics.sorted().into_iter().filter(|found| found.severity == Severity::Error);
        (code.to_owned(), errors.into_iter().any(|error| error.code == code))
    });
    let name = match (args.folders.as_slice(), folder.file_name()) {
        ([_, _, ..], Some(folder)) => format!("{}/{below}", folder.to_string_lossy()),
        _ => below,
    };
    let output = generated.output.as_ref();
    let mut outcome = Outcome {
        name,
        expected: count::in_contract(contract),
        refusal,
        code: output.map(count::in_code).unwrap_or_default(),
        found,
        generation,
        checked: None,
        routed: None,
        said: String::new(),
    };
    if outcome.found.errors > 0 {
        outcome.said = errors(&generated);
    }
    let (member, router) = (format!("contract-{at}"), format!("router-{at}"));
    let unwritten = Options { unwritten: true, ..Options::default() };
    let wanted = args.route && output.is_some() && outcome.code.methods > 0;
    let mut program = wanted.then(|| generated_output(contract, unwritten)).flatten();
    program.iter_mut().for_each(|output| route::add_program(&router, output));
    Subject { member, router, output: generated.output, program, features: generated.features, outcome }
}

fn generated(contract: &Path, options: Options) -> Generated {
    generate(&Request { entry: contract.to_owned(), root: None, strict: false, layout: Layout::Crate, options })
}

fn generated_output(contract: &Path, options: Options) -> Option<Output> {
    generated(contract, options).output
}

/// What refuses a contract, rendered.
fn errors(generated: &Generated) -> String {
    let mut errors = Diagnostics::new();
    let found = generated.diagnostics.sorted().into_iter();
    found.filter(|found| found.severity == Severity::Error).for_each(|error| errors.push(error.clone()));
    render(&errors, generated.diagnostics.sources(), false)
}

/// Compiles the crates one after the other, and times each.
fn check_each(workspace: &mut Workspace, subjects: &mut [Subject]) -> anyhow::Result<()> {
    for subject in subjects {
        if let Some(output) = &subject.output {
            let checked = workspace.check(&subject.member, output, &subject.features)?;
            subject.outcome.said.clone_from(&checked.said);
            subject.outcome.checked = Some(checked);
        }
        step("Measured", format_args!("{}: {}", subject.outcome.name, subject.outcome.verdict()));
    }
    Ok(())
}

/// Compiles the crates at once.
fn check_together(workspace: &Workspace, subjects: &mut [Subject]) -> anyhow::Result<()> {
    let members: Vec<Member> = subjects
        .iter()
        .filter_map(|one| Some(Member { name: &one.member, files: one.output.as_ref()?, features: &one.features }))
        .collect();
    let mut checked = workspace.check_together(&members)?;
    for subject in subjects {
        if let Some(checked) = checked.remove(&subject.member) {
            subject.outcome.said.clone_from(&checked.said);
            subject.outcome.checked = Some(checked);
        }
    }
    Ok(())
}

/// Builds and runs the programs.
fn route(workspace: &Workspace, subjects: &mut [Subject]) -> anyhow::Result<()> {
    let members: Vec<Member> = subjects
        .iter()
        .filter_map(|one| Some(Member { name: &one.router, files: one.program.as_ref()?, features: &one.features }))
        .collect();
    let mut built = workspace.build_together(&members)?;
    for subject in subjects {
        let Some(built) = built.remove(&subject.router) else { continue };
        let routed = match built.program.filter(|_| built.compiles) {
            Some(program) => route::run(&program)?,
            None => Routed { count: 0, said: built.said },
        };
        subject.outcome.said.push_str(&routed.said);
        subject.outcome.routed = Some(routed);
    }
    Ok(())
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
