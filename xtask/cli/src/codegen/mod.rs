//! The command `codegen`: generates a crate from a contract, writes its files, and reports the changes.

mod arguments;
pub mod report;
pub mod stubs;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use writ_codegen::generate::{Request, generate};
use writ_codegen::output::{self, Changes, Conflicts, Output, WriteError};
use writ_codegen::package::{Package, fit, wrap};
use writ_codegen::render::Layout;
use writ_codegen::settings::{self, Settings};
use writ_contract::diagnostic::{Diagnostics, is_folded, plural, render, render_all};
use writ_contract::document::STDIN;

pub use arguments::{Args, Display};

use crate::terminal::{colours, step};

/// Runs the command `codegen`. `root` is the folder that must contain every file that the contract refers to, if
/// neither the command line nor the settings name one.
///
/// # Errors
///
/// Returns an error if an argument, the settings or the contract has errors, or if the generated crate cannot be
/// written.
pub fn run(args: &Args, root: Option<PathBuf>) -> anyhow::Result<()> {
    args.check_extra()?;
    let Some(spec) = args.spec.as_deref() else {
        bail!("the contract is missing: pass `--spec FILE`");
    };
    let overlays = args.overlay.iter().map(PathBuf::as_path);
    match overlays.chain([spec]).filter(|path| *path == Path::new(STDIN)).count() {
        0 | 1 => {}
        _ => bail!("standard input can be read only once: pass `-` to one of `--spec` and `--overlay`"),
    }
    if spec == Path::new(STDIN) && std::io::stdin().is_terminal() {
        bail!("`--spec -` reads standard input, which is a terminal: pipe a contract into the command");
    }
    let mut found = Diagnostics::new();
    let mut settings = match &args.config {
        Some(config) => settings::read(config, None, &mut found),
        None => Settings::beside(spec, None, &mut found),
    };
    // The errors of the settings are printed first, since errors of the contract may follow from them.
    let mut problems = show(&found, args.display());
    let Some(out) = args.out.as_deref().or(settings.out.as_deref()) else {
        bail!("the output folder is missing: pass `--out DIR`, or write `out = \"DIR\"` in {}", settings::FILE);
    };
    for part in &args.with {
        settings.options.set(*part, true);
    }
    settings.options.unwritten |= args.unwritten;
    if !args.tag.is_empty() {
        settings.options.contract.set_tags(&args.tag);
    }
    settings.options.overlays.extend(args.overlay.iter().cloned());
    let contract = &mut settings.options.contract;
    contract.body_limit = args.body_limit.or(contract.body_limit);
    contract.unknown_fields = args.unknown_fields.unwrap_or(contract.unknown_fields);
    contract.enums = args.enums.unwrap_or(contract.enums);
    let dependencies = settings.dependencies(out);
    let request = Request {
        entry: spec.to_owned(),
        root: args.root.clone().or(settings.root.clone()).or(root),
        strict: args.strict || settings.strict.unwrap_or_default(),
        layout: Layout::Crate,
        options: settings.options,
    };
    let unwritten = request.options.unwritten;
    let overlaid = !request.options.overlays.is_empty();
    let generated = generate(&request);
    problems += show(&generated.diagnostics, args.display());
    let Some(contract) = generated.output.filter(|_| problems == 0) else {
        let contract = if spec == Path::new(STDIN) { "standard input".to_owned() } else { spec.display().to_string() };
        let contract = if overlaid { format!("{contract} and its overlays") } else { contract };
        bail!("{} in {contract}; {} is unchanged", plural(problems, "problem"), out.display());
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
            "crate `{name}` with {}{}; try `cargo check` in {}",
            plural(operations.len(), "operation"),
            beside(generated.unselected, unwritten),
            out.display()
        ),
    );
    if let Some(hint) = hint {
        step("Hint", hint);
    }
    Ok(())
}

/// Writes the generated files of a crate to the folder `out`.
///
/// # Errors
///
/// Returns an error if a file cannot be written, or if it would overwrite files that were edited by hand or not
/// generated. The error then contains advice.
pub fn write(out: &Path, whole: &Output, conflicts: Conflicts) -> anyhow::Result<Changes> {
    output::write(out, whole, conflicts).map_err(|error| match error {
        error if error.can_be_overwritten() => {
            let advice = match error {
                WriteError::Conflicts { .. } => "move your changes elsewhere, or overwrite the files with `--force`",
                _ => "or generate all files again with `--force`",
            };
            anyhow!("{error}\n{advice}")
        }
        error => error.into(),
    })
}

/// Compares the files in the folder `out` with the files that the generator would write.
///
/// # Errors
///
/// Returns an error if a file differs. The stale files are printed.
pub fn compare(out: &Path, whole: &Output) -> anyhow::Result<()> {
    let stale = output::check(out, whole)?;
    if stale.is_empty() {
        step("Fresh", format_args!("{} ({})", out.display(), plural(whole.files.len(), "file")));
        return Ok(());
    }
    for (path, state) in &stale {
        eprintln!("{}/{path} {state}", out.display());
    }
    let files = if stale.len() == 1 { "file is" } else { "files are" };
    bail!("{} {files} stale; generate again without `--check`", stale.len());
}

/// Prints the diagnostics of a generation and returns the number of errors among them.
pub fn show(diagnostics: &Diagnostics, display: Display) -> usize {
    let found = match display.notes {
        true => diagnostics.clone(),
        false => diagnostics.without_notes(),
    };
    let render = if display.all { render_all } else { render };
    let text = render(&found, diagnostics.sources(), colours());
    if !text.is_empty() {
        eprintln!("{text}");
    }
    if !display.all && is_folded(&found) {
        step("Hint", "run the command with `--all` to see each diagnostic in full");
    }
    diagnostics.counts().errors
}

/// Returns the end of the summary, which states how the generated code treats operations of tags that were not
/// selected.
fn beside(others: usize, unwritten: bool) -> String {
    match (others, unwritten) {
        (0, _) => String::new(),
        (1, true) => "; 1 operation of another tag responds with 501".to_owned(),
        (1, false) => "; 1 operation of another tag is not routed".to_owned(),
        (others, true) => format!("; {others} operations of other tags respond with 501"),
        (others, false) => format!("; {others} operations of other tags are not routed"),
    }
}

/// Returns the default name of the generated crate: the file name of its contract, in kebab-case.
fn name_of(spec: &Path) -> String {
    let stem = spec.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name: String = stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let name = name.trim_matches('-');
    match name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        true => name.to_owned(),
        false => format!("api-{name}").trim_end_matches('-').to_owned(),
    }
}
