//! `codegen`: hands a contract to the generator, writes a crate of it, and reports the changes.

pub mod report;
pub mod stubs;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::Part;
use writ_codegen::output::{self, Changes, Conflicts, Output, WriteError};
use writ_codegen::package::{Package, Runtime, Workspace, fit, wrap};
use writ_codegen::render::Layout;
use writ_codegen::settings::{self, Settings};
use writ_contract::diagnostic::{Diagnostics, render};

use crate::terminal::{colours, step};

/// The contract, the crate to make of it, and whether to write it.
#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail and list what is stale.
    #[arg(long)]
    pub check: bool,
    /// The contract.
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
    /// The folder for the generated crate; needed where no settings name it.
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
    /// The cargo workspace of the crate: `own`, or `member` of one that is there.
    #[arg(long, value_name = "own|member", requires = "spec")]
    workspace: Option<Workspace>,
    /// The runtime of the crate: `embedded` in its folder, `path:DIR` or `version:REQ`.
    #[arg(long, value_name = "RUNTIME", requires = "spec")]
    runtime: Option<Runtime>,
    /// Take every warning for an error.
    #[arg(long, requires = "spec")]
    strict: bool,
    /// Overwrite files that were edited by hand or were not generated.
    #[arg(long)]
    pub force: bool,
    /// Show notes too.
    #[arg(long)]
    pub notes: bool,
    /// Write nothing; print the methods of all traits, or of one, to be pasted into an implementation.
    #[arg(long, value_name = "TRAIT", num_args = 0..=1, conflicts_with = "check")]
    pub stubs: Option<Option<String>>,
}

impl Args {
    /// The treatment of files in the way.
    pub fn conflicts(&self) -> Conflicts {
        if self.force { Conflicts::Overwrite } else { Conflicts::Refuse }
    }
}

/// Runs the subcommand. `root` is the folder that references may not leave where neither the command
/// line nor the settings name one.
pub fn run(args: &Args, root: Option<PathBuf>) -> anyhow::Result<()> {
    let Some(spec) = args.spec.as_deref() else {
        bail!("name the contract: `--spec FILE`");
    };
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
        root: args.root.clone().or(settings.root.clone()).or(root),
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
        return stubs::print(only.as_deref(), &operations, str::to_owned);
    }
    let mut package = Package::new(&name, &generated.title, &generated.features, &generated.parts)?;
    package.dependencies = dependencies;
    package.workspace = args.workspace.or(settings.workspace).unwrap_or_default();
    let runtime = args.runtime.clone().or(settings.runtime.clone()).unwrap_or_default();
    package.runtime = runtime.seen_from(out);
    let whole = wrap(&package, contract).context("the runtime's manifest cannot be read")?;
    if args.check {
        return compare(out, &whole);
    }
    let hint = fit(out, package.workspace, &runtime)?;
    let before = report::methods_of(&out.join("src"), &module);
    let changes = write(out, &whole, args.conflicts())?;
    report::changes(&out.display().to_string(), &changes);
    report::operations(&before, &operations, str::to_owned);
    step(
        "Finished",
        format_args!(
            "crate `{name}` with {} operations{}; try `cargo check` in {}",
            operations.len(),
            beside(generated.unselected, unwritten),
            out.display()
        ),
    );
    if let Some(hint) = hint {
        step("Hint", hint);
    }
    Ok(())
}

/// Writes the generated files, or says what to do about files in the way.
pub fn write(out: &Path, whole: &Output, conflicts: Conflicts) -> anyhow::Result<Changes> {
    output::write(out, whole, conflicts).map_err(|error| match error {
        error if error.can_be_overwritten() => {
            let advice = match error {
                WriteError::Conflicts { .. } => "move your changes elsewhere, or overwrite the files with `--force`",
                _ => "or write everything anew with `--force`",
            };
            anyhow!("{error}\n{advice}")
        }
        error => error.into(),
    })
}

/// Compares the folder with what would be generated, and fails where they differ.
pub fn compare(out: &Path, whole: &Output) -> anyhow::Result<()> {
    let stale = output::check(out, whole)?;
    if stale.is_empty() {
        step("Fresh", format_args!("{} ({} files)", out.display(), whole.files.len()));
        return Ok(());
    }
    for (path, state) in &stale {
        eprintln!("{}/{path} {state}", out.display());
    }
    let files = if stale.len() == 1 { "file is" } else { "files are" };
    bail!("{} {files} stale; generate again without `--check`", stale.len());
}

/// Prints the diagnostics and counts the errors.
pub fn show(diagnostics: &Diagnostics, notes: bool) -> usize {
    let found = match notes {
        true => diagnostics.clone(),
        false => diagnostics.without_notes(),
    };
    let text = render(&found, diagnostics.sources(), colours());
    if !text.is_empty() {
        eprintln!("{text}");
    }
    diagnostics.counts().errors
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
