//! The command `gateway`: renders the configuration of a gateway from the contracts of an API.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use writ_codegen::output::{Conflicts, Output};
use writ_codegen::settings as codegen_settings;
use writ_contract::diagnostic::{Diagnostics, plural};
use writ_contract::document::{LoadOptions, display_path, load};
use writ_contract::model::{Contract, resolve};
use writ_gateway::{FILE, Member, Routes, Settings, collect, envoy, kubernetes};

use crate::codegen::{Display, compare, report, show, write};

/// The name of a contract in the folder of its version.
const ENTRY: &str = "openapi.yaml";

/// The selection of diagnostics that the command prints: errors and warnings.
const DISPLAY: Display = Display { notes: false, all: false };

/// The arguments of `gateway`: the contracts, and the folder of the configuration.
///
/// ```
/// use cargo_writ::gateway::Args;
/// use clap::Parser;
///
/// #[derive(Parser)]
/// struct Task {
///     #[command(flatten)]
///     gateway: Args,
/// }
///
/// let task = Task::parse_from(["task", "--spec", "spec", "--out", "deploy/gateway"]);
/// assert_eq!(task.gateway.spec, [std::path::PathBuf::from("spec")]);
/// ```
#[derive(Debug, Clone, Default, clap::Args)]
#[command(version, long_about = None)]
pub struct Args {
    /// A contract, or a folder with an `openapi.yaml` in it or in each of its subfolders `v1`, `v2`, …; repeat the option
    /// for several.
    #[arg(long, value_name = "PATH")]
    pub spec: Vec<PathBuf>,
    /// The folder of the rendered configuration.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The settings file [default: `gateway.toml` in the folder of the configuration].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder that must contain every file that the contracts refer to [default: the folder of each contract].
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Reject deviations from OpenAPI that are otherwise corrected or ignored with a warning.
    #[arg(long)]
    pub strict: bool,
    /// Write nothing; fail and list the files that are stale.
    #[arg(long)]
    pub check: bool,
    /// Overwrite files that were edited by hand or not rendered.
    #[arg(long)]
    pub force: bool,
}

/// A contract that was read, with its diagnostics.
struct Read {
    name: String,
    contract: Option<Contract>,
    diagnostics: Diagnostics,
}

/// Runs the command `gateway`: writes `envoy.yaml` and `gateway-api.yaml`, or only compares them.
///
/// # Errors
///
/// Returns an error if an argument, the settings or a contract has errors, if a file cannot be written, or if a file is
/// stale and `args.check` is true.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let Some(out) = args.out.as_deref() else {
        bail!("the output folder is missing: pass `--out DIR`");
    };
    let (routes, settings) = read(args)?;
    let files = BTreeMap::from([
        ("envoy.yaml".to_owned(), envoy::render(&routes, &settings)?),
        ("gateway-api.yaml".to_owned(), kubernetes::render(&routes, &settings)?),
    ]);
    let output = Output { files };
    if args.check {
        return compare(out, &output);
    }
    let conflicts = if args.force { Conflicts::Overwrite } else { Conflicts::Refuse };
    let changes = write(out, &output, conflicts)?;
    report::changes(&out.display().to_string(), &changes);
    Ok(())
}

/// Reads the contracts and the settings of a gateway, and prints their diagnostics.
///
/// # Errors
///
/// Returns an error if an argument, the settings or a contract has errors.
pub fn read(args: &Args) -> anyhow::Result<(Routes, Settings)> {
    if args.spec.is_empty() {
        bail!("the contracts are missing: pass `--spec PATH`");
    }
    let mut found = Diagnostics::new();
    let beside = args.out.as_ref().map(|out| out.join(FILE)).filter(|path| path.is_file());
    let file = args.config.clone().or(beside);
    let settings = match &file {
        Some(file) => Settings::read(file, &display_path(file, None), &mut found),
        None => Settings::default(),
    };
    let mut all: Vec<Read> = Vec::new();
    for path in &args.spec {
        for (name, entry) in entries(path)? {
            all.push(contract(name, &entry, args));
        }
    }
    let is_complete = all.iter().all(|one| one.contract.is_some() && !one.diagnostics.has_errors());
    let routes = is_complete.then(|| {
        let members = all.iter_mut().filter_map(|Read { name, contract, diagnostics }| {
            Some(Member { name: name.as_str(), contract: contract.as_ref()?, diagnostics })
        });
        collect(&mut members.collect::<Vec<_>>(), &settings.base)
    });
    if let Some(routes) = routes.as_ref().filter(|_| !found.has_errors()) {
        settings.check(routes, &mut found);
    }
    let problems: usize = all.iter().map(|one| &one.diagnostics).chain([&found]).map(|one| show(one, DISPLAY)).sum();
    match routes.filter(|_| problems == 0) {
        Some(routes) => Ok((routes, settings)),
        None => bail!("{}; the configuration is unchanged", plural(problems, "problem")),
    }
}

/// Returns the contracts at a path, each with its name: that of its folder.
fn entries(path: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let named = |entry: PathBuf| {
        let folder = entry.parent().and_then(Path::file_name).unwrap_or_default();
        (folder.to_string_lossy().into_owned(), entry)
    };
    if !path.is_dir() {
        return Ok(vec![named(path.to_owned())]);
    }
    if path.join(ENTRY).is_file() {
        return Ok(vec![named(path.join(ENTRY))]);
    }
    let mut entries = Vec::new();
    for folder in std::fs::read_dir(path).with_context(|| format!("cannot read `{}`", path.display()))? {
        let entry = folder?.path().join(ENTRY);
        if entry.is_file() {
            entries.push(named(entry));
        }
    }
    entries.sort();
    if entries.is_empty() {
        bail!("no contract in `{}`: neither the folder nor one in it contains an {ENTRY}", path.display());
    }
    Ok(entries)
}

/// Reads a contract with the settings beside it.
fn contract(name: String, entry: &Path, args: &Args) -> Read {
    let mut diagnostics = Diagnostics::new();
    let settings = codegen_settings::Settings::beside(entry, args.root.as_deref(), &mut diagnostics);
    let strict = args.strict || settings.strict.unwrap_or_default();
    let options = LoadOptions {
        root: args.root.clone().or(settings.root),
        strict,
        overlays: settings.options.overlays.clone(),
        remote: settings.options.remote.clone(),
    };
    if diagnostics.has_errors() {
        return Read { name, contract: None, diagnostics };
    }
    let document = load(entry, &options, &mut diagnostics);
    diagnostics.set_settings_sources(&settings.options.contract.sources);
    let contract = document.map(|document| resolve(&document, strict, &settings.options.contract, &mut diagnostics));
    Read { name, contract, diagnostics }
}
