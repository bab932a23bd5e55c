//! `cargo xtask corpus`: generates code from every contract in a folder, compiles the code, and reports the
//! contracts that fail: rejected, compiled with a warning or an error, or with operations missing.

mod count;
mod expected;
mod gateway;
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
use writ_tasks::terminal::step;

/// The command line of `cargo xtask corpus`.
#[derive(clap::Args)]
pub struct Args {
    /// Folders with contracts; their subfolders are included.
    #[arg(value_name = "DIR", required = true)]
    folders: Vec<PathBuf>,
    /// Compile many contracts in one call of cargo: this is faster, but does not measure each contract.
    #[arg(long)]
    together: bool,
    /// Build the router of each contract, and send a request to each operation.
    #[arg(long)]
    route: bool,
    /// Render the gateway of each contract, and let Envoy and the schemas of the Gateway API validate it.
    #[arg(long)]
    gateway: bool,
}

/// A contract of the corpus and the code that is generated from it.
struct Subject {
    /// The name of the contract's generated crate in the workspace.
    member: String,
    /// The name of the contract's second crate, which contains a router and the program that sends requests to
    /// it.
    router: String,
    /// The code that is generated from the contract; `None` if the contract is rejected.
    output: Option<Output>,
    /// The files of the second crate: generated code and the program that sends requests. `None` if no requests
    /// are sent.
    program: Option<Output>,
    /// The features of the runtime that both crates of the contract need.
    features: Vec<&'static str>,
    outcome: Outcome,
}

/// The result of generating and compiling the code of one contract.
struct Outcome {
    /// The path of the contract relative to the folder on the command line.
    name: String,
    /// The number of operations in the contract, counted without the generator; `None` if serde cannot read the
    /// contract.
    expected: Option<usize>,
    /// The code of the error that must reject the contract, and true if the generator reports it. `None` if the
    /// contract must be accepted.
    refusal: Option<(String, bool)>,
    /// The numbers of trait methods, operations and lines in the generated code.
    code: Code,
    /// The numbers of errors, warnings and notes that the generator reported for the contract.
    found: Counts,
    /// The duration of the generation, from reading the contract to complete source text in memory.
    generation: Duration,
    /// The result of compiling the generated code; `None` if there is no code to compile.
    checked: Option<Checked>,
    /// The result of sending requests to the contract's router; `None` without `--route`.
    routed: Option<Routed>,
    /// The messages about the contract that are printed if it fails.
    messages: String,
}

impl Outcome {
    /// Returns the reason why the contract fails, or `None` if it does not fail.
    fn shortcoming(&self) -> Option<String> {
        if let Some((code, refused)) = &self.refusal {
            return (!refused).then(|| format!("not rejected as `{code}`"));
        }
        if self.found.errors > 0 {
            return Some("rejected".to_owned());
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

    /// Returns the text for the last column of the result table: good, or the reason why the contract fails.
    fn verdict(&self) -> String {
        let good = || match &self.refusal {
            Some((code, _)) => format!("rejected, as expected: {code}"),
            None => "good".to_owned(),
        };
        self.shortcoming().unwrap_or_else(good)
    }
}

/// Runs `cargo xtask corpus`; fails if any contract fails.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let expected = Expected::read()?;
    if args.gateway {
        gateway::check(&args.folders)?;
    }
    let mut subjects = Vec::new();
    for folder in &args.folders {
        let contracts = contracts(folder)?;
        if contracts.is_empty() {
            bail!(
                "no contract in `{}`: expected .yaml, .yml or .json files with a field `openapi` or `swagger`",
                folder.display()
            );
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
        eprintln!("\n{}:\n{}", outcome.name, outcome.messages.trim_end());
    }
    println!("{}", table::render(&outcomes));
    let short = outcomes.iter().filter(|outcome| outcome.shortcoming().is_some()).count();
    Ok(if short == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Generates code from one contract of the corpus, and counts the operations of the contract.
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
        messages: String::new(),
    };
    if outcome.found.errors > 0 {
        outcome.messages = errors(&generated);
    }
    let (member, router) = (format!("contract-{at}"), format!("router-{at}"));
    let unwritten = Options { unwritten: true, ..Options::default() };
    let with_program = args.route && output.is_some() && outcome.code.methods > 0;
    let mut program = with_program.then(|| generated_output(contract, unwritten)).flatten();
    program.iter_mut().for_each(|output| route::add_program(&router, output));
    Subject { member, router, output: generated.output, program, features: generated.features, outcome }
}

fn generated(contract: &Path, options: Options) -> Generated {
    generate(&Request { entry: contract.to_owned(), root: None, strict: false, layout: Layout::Crate, options })
}

fn generated_output(contract: &Path, options: Options) -> Option<Output> {
    generated(contract, options).output
}

/// Returns the errors that the generator reported for a contract, as text.
fn errors(generated: &Generated) -> String {
    let mut errors = Diagnostics::new();
    let found = generated.diagnostics.sorted().into_iter();
    found.filter(|found| found.severity == Severity::Error).for_each(|error| errors.push(error.clone()));
    render(&errors, generated.diagnostics.sources(), false)
}

/// Compiles the generated crates one after the other, and measures the time of each.
fn check_each(workspace: &mut Workspace, subjects: &mut [Subject]) -> anyhow::Result<()> {
    for subject in subjects {
        if let Some(output) = &subject.output {
            let checked = workspace.check(&subject.member, output, &subject.features)?;
            subject.outcome.messages.clone_from(&checked.messages);
            subject.outcome.checked = Some(checked);
        }
        step("Measured", format_args!("{}: {}", subject.outcome.name, subject.outcome.verdict()));
    }
    Ok(())
}

/// Compiles all generated crates in as few calls of cargo as possible.
fn check_together(workspace: &Workspace, subjects: &mut [Subject]) -> anyhow::Result<()> {
    let members: Vec<Member> = subjects
        .iter()
        .filter_map(|one| Some(Member { name: &one.member, files: one.output.as_ref()?, features: &one.features }))
        .collect();
    let mut checked = workspace.check_together(&members)?;
    for subject in subjects {
        if let Some(checked) = checked.remove(&subject.member) {
            subject.outcome.messages.clone_from(&checked.messages);
            subject.outcome.checked = Some(checked);
        }
    }
    Ok(())
}

/// Builds and runs the programs that send a request to each operation of their contract.
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
            None => Routed { count: 0, messages: built.messages },
        };
        subject.outcome.messages.push_str(&routed.messages);
        subject.outcome.routed = Some(routed);
    }
    Ok(())
}

/// Returns the paths of the contracts in a folder and its subfolders, sorted.
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

/// Returns the number of lines of Rust code in the files of a generated crate.
fn lines(output: &Output) -> usize {
    output.files.values().map(|text| text.lines().count()).sum()
}
