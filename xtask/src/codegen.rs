//! `cargo xtask codegen`: hands the contracts to the generator and says what came of it.

mod report;
mod stubs;

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Part;
use writ_codegen::output::{self, HEADER, Output};
use writ_codegen::render::{Layout, Renderer, library};
use writ_codegen::settings::{self, Settings};
use writ_codegen::standalone::{Package, wrap};
use writ_contract::diagnostic::{Diagnostics, render};

use crate::terminal::step;

/// The folder of the contracts, one folder a version.
const CONTRACTS: &str = "spec";

/// The crate that is rendered from them.
const GENERATED: &str = "generated";

/// What to generate, and whether to write it.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail and list what is stale.
    #[arg(long)]
    check: bool,
    /// A contract of your own, in place of spec/.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// The folder for the crate that is generated from --spec; needed where no settings name it.
    #[arg(long, value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
    /// The name of that crate; that of the contract's file where it is not given.
    #[arg(long, value_name = "CRATE", requires = "spec")]
    name: Option<String>,
    /// The folder that the contract's references may not leave; its own where it is not given.
    #[arg(long, value_name = "DIR", requires = "spec")]
    root: Option<PathBuf>,
    /// The settings; `codegen.toml` beside the contract where it is not given.
    #[arg(long, value_name = "FILE", requires = "spec")]
    config: Option<PathBuf>,
    /// Implement only the operations of this tag; more than once for several.
    #[arg(long, value_name = "NAME", requires = "spec")]
    tag: Vec<String>,
    /// Answer 501 for every operation that is not written yet, in place of an error of the compiler.
    #[arg(long, requires = "spec")]
    unwritten: bool,
    /// A part to generate behind a cargo feature of its name: client, eq, openapi or serde; more than once for several.
    #[arg(long, value_name = "PART", requires = "spec", value_parser = part)]
    with: Vec<Part>,
    /// Take every warning for an error, as spec/ is taken.
    #[arg(long, requires = "spec")]
    strict: bool,
    /// Show notes too.
    #[arg(long)]
    notes: bool,
    /// Write nothing; print the methods of all traits, or of one, to be pasted into an implementation.
    #[arg(long, value_name = "TRAIT", num_args = 0..=1, conflicts_with = "check")]
    stubs: Option<Option<String>>,
}

/// Runs the subcommand.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.spec {
        Some(spec) => standalone(args, spec),
        None => {
            all(args.check, args.notes, args.stubs.as_ref())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Renders every contract of spec/ into generated/, or only compares when `check` is set.
pub fn generate_all(check: bool) -> anyhow::Result<()> {
    all(check, false, None)
}

fn all(check: bool, notes: bool, stubs: Option<&Option<String>>) -> anyhow::Result<()> {
    let root = crate::cargo::root();
    let modules = modules(&root.join(CONTRACTS))?;
    let mut whole = Output::default();
    let mut operations = Vec::new();
    let mut problems = 0;
    let mut features = BTreeSet::new();
    let mut parts = BTreeSet::new();
    let mut limit = None;
    for module in &modules {
        let entry = Path::new(CONTRACTS).join(module).join("openapi.yaml");
        let entry = root.join(&entry);
        let contracts = root.join(CONTRACTS);
        let mut found = Diagnostics::new();
        let settings = Settings::beside(&entry, Some(&contracts), &mut found);
        let layout = Layout::Module(module.clone());
        let generated =
            generate(&Request { entry, root: Some(contracts), strict: true, layout, options: settings.options });
        problems += show(&found, notes) + show(&generated.diagnostics, notes);
        parts.extend(generated.parts);
        operations.extend(generated.operations.into_iter().map(|operation| (module.clone(), operation)));
        features.extend(generated.features);
        limit = limit.max(generated.recursion_limit);
        whole.files.extend(generated.output.unwrap_or_default().files);
    }
    if problems > 0 {
        let plural = if problems == 1 { "problem" } else { "problems" };
        bail!("{problems} {plural} in {CONTRACTS}/; {GENERATED}/ is unchanged");
    }
    let path = |module: &str| format!("{GENERATED}::{module}");
    if let Some(only) = stubs {
        return stubs::print(only.as_deref(), &operations, path);
    }
    require(&root.join(GENERATED).join("Cargo.toml"), &features, &parts)?;
    let renderer = Renderer::new(false).context("the templates cannot be read")?;
    whole.files.insert("src/lib.rs".to_owned(), library(&renderer, &modules, limit).context("a template failed")?);
    let out = root.join(GENERATED);
    if check {
        return compare(&out, &whole);
    }
    let before = report::methods(&out.join("src"));
    let changes = output::write(&out, &whole)?;
    report::changes(GENERATED, &changes);
    report::operations(&before, &operations, path);
    Ok(())
}

/// The manifest of generated/ is written by hand; what the code needs must stand in it.
fn require(manifest: &Path, features: &BTreeSet<&str>, parts: &BTreeSet<Part>) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(manifest).with_context(|| format!("cannot read `{}`", manifest.display()))?;
    let table: toml::Table = text.parse().with_context(|| format!("cannot read `{}`", manifest.display()))?;
    for part in parts {
        if table.get("features").and_then(|features| features.get(part.name())).is_none() {
            bail!(
                "the settings ask for `{}`: write `{} = {:?}` below `[features]` in {GENERATED}/Cargo.toml",
                part.name(),
                part.name(),
                part.turns_on()
            );
        }
    }
    let named = |feature: &&str| text.contains(&format!("\"{feature}\""));
    if features.iter().all(named) {
        return Ok(());
    }
    let list: Vec<String> = features.iter().map(|feature| format!("\"{feature}\"")).collect();
    bail!(
        "the contract needs more of the runtime: write `writ-runtime = {{ workspace = true, features = [{}] }}` in {GENERATED}/Cargo.toml",
        list.join(", ")
    );
}

/// The folders of spec/ that hold a contract.
fn modules(contracts: &Path) -> anyhow::Result<Vec<String>> {
    let mut modules = Vec::new();
    let entries = std::fs::read_dir(contracts).with_context(|| format!("cannot read `{}`", contracts.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.path().join("openapi.yaml").is_file() {
            modules.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    modules.sort();
    if modules.is_empty() {
        bail!("no contract in `{}`: make a folder such as v1 with an openapi.yaml", contracts.display());
    }
    Ok(modules)
}

fn standalone(args: &Args, spec: &Path) -> anyhow::Result<ExitCode> {
    let mut found = Diagnostics::new();
    let mut settings = match &args.config {
        Some(config) => settings::read(config, None, &mut found),
        None => Settings::beside(spec, None, &mut found),
    };
    let Some(out) = args.out.as_deref().or(settings.out.as_deref()) else {
        bail!("where to? Give `--out DIR`, or write `out = \"DIR\"` in {}", settings::FILE);
    };
    for part in &args.with {
        settings.options.set(*part, true);
    }
    settings.options.unwritten |= args.unwritten;
    if !args.tag.is_empty() {
        settings.options.contract.set_tags(&args.tag);
    }
    let dependencies = settings.dependencies(out);
    let request = Request {
        entry: spec.to_owned(),
        root: allowed(args.root.as_deref().or(settings.root.as_deref()), spec),
        strict: args.strict || settings.strict.unwrap_or_default(),
        layout: Layout::Crate,
        options: settings.options,
    };
    let unwritten = request.options.unwritten;
    let generated = generate(&request);
    let problems = show(&found, args.notes) + show(&generated.diagnostics, args.notes);
    let Some(contract) = generated.output.filter(|_| problems == 0) else {
        let plural = if problems == 1 { "problem" } else { "problems" };
        bail!("{problems} {plural} in {}; {} is unchanged", spec.display(), out.display());
    };
    let name = match args.name.as_ref().or(settings.name.as_ref()) {
        Some(name) => name.clone(),
        None => name_of(spec),
    };
    let module = name.replace('-', "_");
    let operations: Vec<_> = generated.operations.into_iter().map(|operation| (module.clone(), operation)).collect();
    if let Some(only) = &args.stubs {
        stubs::print(only.as_deref(), &operations, str::to_owned)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut package = Package::new(&name, &generated.title, &generated.features, &generated.parts)?;
    package.dependencies = dependencies;
    let whole = wrap(&package, contract).context("the runtime's manifest cannot be read")?;
    if args.check {
        compare(out, &whole)?;
        return Ok(ExitCode::SUCCESS);
    }
    let before = report::methods_of(&out.join("src"), &module);
    let changes = output::write(out, &whole)?;
    report::changes(&out.display().to_string(), &changes);
    report::operations(&before, &operations, str::to_owned);
    step(
        "Finished",
        format_args!(
            "crate `{name}` with {} operations{}; try `cargo check` in {}",
            operations.len(),
            beside(generated.others, unwritten),
            out.display()
        ),
    );
    Ok(ExitCode::SUCCESS)
}

/// What becomes of the operations of other tags.
fn beside(others: usize, unwritten: bool) -> String {
    match (others, unwritten) {
        (0, _) => String::new(),
        (others, true) => format!("; {others} of other tags are answered 501"),
        (others, false) => format!("; {others} of other tags are not routed"),
    }
}

/// A part by its name.
fn part(name: &str) -> Result<Part, String> {
    Part::ALL
        .into_iter()
        .find(|part| part.name() == name)
        .ok_or_else(|| "there are client, eq, openapi and serde".to_owned())
}

/// The folder that references may not leave. A contract of spec/ shares files with those beside it.
fn allowed(given: Option<&Path>, spec: &Path) -> Option<PathBuf> {
    let shared = crate::cargo::root().join(CONTRACTS).canonicalize().ok();
    let entry = spec.canonicalize().unwrap_or_else(|_| spec.to_owned());
    given.map(Path::to_owned).or_else(|| shared.filter(|shared| entry.starts_with(shared)))
}

/// A crate's name out of a file's: its stem in kebab-case.
fn name_of(spec: &Path) -> String {
    let stem = spec.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name: String = stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let name = name.trim_matches('-');
    match name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        true => name.to_owned(),
        false => format!("api-{name}").trim_end_matches('-').to_owned(),
    }
}

/// Prints the diagnostics and counts the errors.
fn show(diagnostics: &Diagnostics, notes: bool) -> usize {
    let found = match notes {
        true => diagnostics.clone(),
        false => diagnostics.without_notes(),
    };
    let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let text = render(&found, diagnostics.sources(), color);
    if !text.is_empty() {
        eprintln!("{text}");
    }
    diagnostics.counts().errors
}

fn compare(out: &Path, whole: &Output) -> anyhow::Result<()> {
    let stale = output::check(out, whole)?;
    if stale.is_empty() {
        step("Fresh", format_args!("{} ({} files)", out.display(), whole.files.len()));
        return Ok(());
    }
    for file in &stale {
        eprintln!("{}/{} {}", out.display(), file.path, file.why);
    }
    let files = if stale.len() == 1 { "file is" } else { "files are" };
    bail!("{} {files} stale; run `cargo xtask codegen`", stale.len());
}

/// Whether a file is one that the generator wrote.
fn is_generated(text: &str) -> bool {
    text.starts_with(HEADER)
}
