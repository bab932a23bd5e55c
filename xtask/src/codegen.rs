//! `cargo xtask codegen`: generates generated/ from the contracts of spec/, the crates of the examples from theirs, and a
//! crate from any other contract as `cargo writ codegen` does.
//!
//! Only this repository keeps several contracts in one crate with a handwritten manifest. Therefore `cargo writ`
//! does not offer the generation of generated/.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use cargo_writ::codegen::{self as any, Args, Display, compare, report, show};
use writ_codegen::generate::{GeneratedOperation, Request, generate_modules};
use writ_codegen::options::Part;
use writ_codegen::output::{Conflicts, Output};
use writ_codegen::render::{Layout, Renderer, library};
use writ_codegen::settings::Settings;
use writ_codegen::version_declaration::{Member, versions};
use writ_contract::diagnostic::{Diagnostics, plural};

/// The folder of this repository's contracts, with a subfolder for each version.
const CONTRACTS: &str = "spec";

/// The folder of the crate that is generated from the contracts of spec/.
const GENERATED: &str = "generated";

/// The contracts of the examples. The settings beside each name the crate that is generated from it.
const EXAMPLES: [&str; 1] = ["server/examples/museum/spec/openapi.yaml"];

/// Runs `cargo xtask codegen`: generates generated/ and the crates of the examples, or a separate crate if the arguments
/// name a contract.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    args.check_extra()?;
    if let Some(spec) = &args.spec {
        any::run(args, shared_root(spec))?;
        return Ok(ExitCode::SUCCESS);
    }
    all(args.check, args.display(), args.stubs.as_ref(), args.conflicts())?;
    if args.stubs.is_none() {
        for example in EXAMPLES {
            any::run(&args.clone().with_spec(crate::cargo::root().join(example)), None)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `cargo xtask fetch`: stores copies of the remote documents of a contract.
pub fn fetch(args: &cargo_writ::fetch::Args) -> anyhow::Result<ExitCode> {
    let root = args.spec.as_deref().and_then(shared_root);
    cargo_writ::fetch::run(args, root)?;
    Ok(ExitCode::SUCCESS)
}

/// Generates generated/ from every contract of spec/, or only compares the files if `check` is true.
pub fn generate_all(check: bool) -> anyhow::Result<()> {
    all(check, Display { notes: false, all: false }, None, Conflicts::Refuse)
}

fn all(check: bool, display: Display, stubs: Option<&Option<String>>, conflicts: Conflicts) -> anyhow::Result<()> {
    let root = crate::cargo::root();
    let library = Library::generate(&root.join(CONTRACTS), display)?;
    let path = |module: &str| format!("{GENERATED}::{module}");
    if let Some(only) = stubs {
        return any::stubs::print(only.as_deref(), &library.operations, path);
    }
    require(&root.join(GENERATED).join("Cargo.toml"), &library.features, &library.parts)?;
    let out = root.join(GENERATED);
    if check {
        return compare(&out, &library.output);
    }
    let source = out.join("src");
    let (before, conversions) = (report::methods(&source), report::conversions(&source));
    let changes = any::write(&out, &library.output, conflicts)?;
    report::changes(GENERATED, &changes);
    report::operations(&before, &library.operations, path);
    report::conversion_changes(&conversions, &report::conversions(&source));
    Ok(())
}

/// The code that is generated from all contracts of a folder, as the modules of one library.
#[derive(Default)]
pub struct Library {
    /// The files of the library.
    pub output: Output,
    /// The operations that have a method in a generated trait, each with its module.
    operations: Vec<(String, GeneratedOperation)>,
    /// The cargo features of the runtime that the library requires.
    pub features: BTreeSet<&'static str>,
    /// The optional parts of the library.
    pub parts: BTreeSet<Part>,
}

impl Library {
    /// Generates the library of a folder that has a subfolder for each contract, and prints the diagnostics.
    ///
    /// # Errors
    /// Returns an error if a contract or its settings have errors.
    pub fn generate(contracts: &Path, display: Display) -> anyhow::Result<Library> {
        let modules = modules(contracts)?;
        let mut combined = Library::default();
        let mut problems = 0;
        let mut limit = None;
        let mut requests = Vec::new();
        for module in &modules {
            let entry = contracts.join(module).join("openapi.yaml");
            let mut found = Diagnostics::new();
            let settings = Settings::beside(&entry, Some(contracts), &mut found);
            problems += show(&found, display);
            let (root, layout) = (Some(contracts.to_owned()), Layout::Module(module.clone()));
            requests.push(Request { entry, root, strict: true, layout, options: settings.options });
        }
        let mut generated: Vec<_> = modules.iter().cloned().zip(generate_modules(&requests)).collect();
        let members = generated.iter_mut().map(|(module, generated)| Member {
            module,
            facts: &generated.versions,
            diagnostics: &mut generated.diagnostics,
        });
        let versions = versions(&mut members.collect::<Vec<_>>());
        for at in 1..generated.len() {
            let (earlier, later) = generated.split_at_mut(at);
            let found = &mut later[0].1.diagnostics;
            earlier.iter().for_each(|(_, earlier)| found.remove_repeated(&earlier.diagnostics));
        }
        for (module, generated) in generated {
            problems += show(&generated.diagnostics, display);
            combined.parts.extend(generated.parts);
            combined.operations.extend(generated.operations.into_iter().map(|operation| (module.clone(), operation)));
            combined.features.extend(generated.features);
            limit = limit.max(generated.recursion_limit);
            combined.output.files.extend(generated.output.unwrap_or_default().files);
        }
        if problems > 0 {
            let folder = contracts.strip_prefix(crate::cargo::root()).unwrap_or(contracts);
            bail!("{} in {}/; {GENERATED}/ is unchanged", plural(problems, "problem"), folder.display());
        }
        let renderer = Renderer::new(false).context("the templates cannot be read")?;
        let library = library(&renderer, &modules, versions.as_ref(), limit).context("a template failed")?;
        combined.output.files.insert("src/lib.rs".to_owned(), library);
        Ok(combined)
    }
}

/// Rejects a manifest of generated/ that lacks a feature which the generated code needs.
///
/// The manifest is written by hand, so the generator cannot add the feature.
fn require(manifest: &Path, features: &BTreeSet<&str>, parts: &BTreeSet<Part>) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(manifest).with_context(|| format!("cannot read `{}`", manifest.display()))?;
    let table: toml::Table = text.parse().with_context(|| format!("cannot read `{}`", manifest.display()))?;
    for part in parts {
        if table.get("features").and_then(|features| features.get(part.name())).is_none() {
            bail!(
                "the settings turn on `{}`, which is not a feature of {GENERATED}: add `{} = {:?}` to `[features]` in \
                 {GENERATED}/Cargo.toml",
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
        "the contracts need more features of the runtime: write `writ-runtime = {{ workspace = true, features = [{}] \
         }}` in {GENERATED}/Cargo.toml",
        list.join(", ")
    );
}

/// Returns the names of the folders in spec/ that contain a contract, in alphabetical order.
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
        bail!("no contract in `{}`: create a folder such as v1 that contains an openapi.yaml", contracts.display());
    }
    Ok(modules)
}

/// Returns the folder that must contain all files that a contract refers to. For a contract in spec/ this is
/// spec/, since contracts there share files in other folders; otherwise `None`.
fn shared_root(spec: &Path) -> Option<PathBuf> {
    let shared = crate::cargo::root().join(CONTRACTS).canonicalize().ok()?;
    let entry = spec.canonicalize().unwrap_or_else(|_| spec.to_owned());
    entry.starts_with(&shared).then_some(shared)
}
