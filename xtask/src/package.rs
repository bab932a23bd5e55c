//! `cargo xtask package`: packages every crate that can be published, builds the packages against each
//! other, and compares the output of the packaged command with the output of this repository.
//!
//! A package contains only files below its own folder. If a crate embeds a file from another folder, the crate
//! builds in the workspace, but its package does not.

mod published;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use serde_json::Value;
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::{Options, Part};
use writ_codegen::output;
use writ_codegen::package::{Package, wrap};
use writ_codegen::render::Layout;

use writ_tasks::process::Session;
use writ_tasks::terminal;

use crate::cargo;

/// A small contract from which the packaged `cargo writ` generates code as a test.
const CONTRACT: &str = "codegen/tests/golden/shop/contract.yaml";

/// The crate of the packaged command `cargo writ`, and the name of its program.
const PROGRAM: &str = "cargo-writ";

/// The profile of the packages. Debug information and incremental builds are not needed, since each is built once.
const PROFILE: [(&str, &str); 2] = [("CARGO_PROFILE_DEV_DEBUG", "false"), ("CARGO_INCREMENTAL", "0")];

/// Runs `cargo xtask package`: packages, builds and compares, and tests a workspace that depends on the packages.
pub fn run() -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let packages = publishable(&session)?;
    // The packages have a separate target folder, since the workspace builds programs with the same names.
    let target = cargo::root().join("target/packages");
    forget_earlier_runs(&packages, &target)?;
    let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut package = cargo::command();
    package.args(["package", "--quiet", "--allow-dirty"]).env("CARGO_TARGET_DIR", &target);
    package.envs(PROFILE);
    package.args(names.iter().flat_map(|name| ["--package", name]));
    terminal::step("Packaging", names.join(", "));
    if !session.run("cargo package", &mut package)?.success() {
        bail!("a package does not build: it may use a file outside of its crate's folder");
    }
    compare_output(&session, &target.join("debug").join(PROGRAM))?;
    terminal::step("Testing", "a new workspace that depends on the packages by their version");
    published::prove(&session, &target, &packages)?;
    terminal::step(
        "Finished",
        format_args!("{} packages; the packaged `{PROGRAM}` generates the expected crate", packages.len()),
    );
    Ok(ExitCode::SUCCESS)
}

/// A crate of the workspace that can be published.
struct Publishable {
    name: String,
    version: String,
}

/// Returns the workspace's crates that can be published, those without `publish = false`, ordered by name.
fn publishable(session: &Session) -> anyhow::Result<Vec<Publishable>> {
    let mut metadata = cargo::command();
    metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = session.run_quietly("cargo metadata", &mut metadata)?;
    let metadata: Value = serde_json::from_str(&text).context("`cargo metadata` did not print JSON")?;
    let packages = metadata["packages"].as_array().into_iter().flatten().filter(|package| package["publish"].is_null());
    let text = |package: &Value, field: &str| Some(package[field].as_str()?.to_owned());
    let mut found: Vec<Publishable> = packages
        .filter_map(|package| Some(Publishable { name: text(package, "name")?, version: text(package, "version")? }))
        .collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    if !found.iter().any(|package| package.name == PROGRAM) {
        let names: Vec<&str> = found.iter().map(|package| package.name.as_str()).collect();
        bail!("`{PROGRAM}` must not have `publish = false`; the crates to publish are {}", names.join(", "));
    }
    Ok(found)
}

/// Deletes everything that cargo keeps from the packages of an earlier run.
///
/// Cargo verifies packages that depend on one another through a temporary registry in the target folder, and takes
/// a version in a registry for unchangeable: it extracts its sources only once into its home folder, and compiles
/// them only once. A second run would otherwise build against old sources.
fn forget_earlier_runs(packages: &[Publishable], target: &Path) -> anyhow::Result<()> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.map(|home| entries(&home.join("registry/src"))).unwrap_or_default();
    // The name of a registry begins with its host. A registry in a folder has none.
    for registry in registries.iter().filter(|registry| file_name(registry).starts_with('-')) {
        for package in packages {
            remove(&registry.join(format!("{}-{}", package.name, package.version)))?;
        }
    }
    for compiled in entries(&target.join("debug/.fingerprint")) {
        // The name of a compiled package ends with a hash.
        let name = file_name(&compiled);
        let package = name.rsplit_once('-').map(|(package, _)| package);
        if packages.iter().any(|known| Some(known.name.as_str()) == package) {
            remove(&compiled)?;
        }
    }
    Ok(())
}

/// Returns the paths in a folder; none if the folder does not exist.
fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Removes a folder if it exists.
fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.is_dir() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// Compares the crate that the packaged program generates with the output of the generator in this repository.
fn compare_output(session: &Session, program: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let contract = folder.path().join("shop.yaml");
    fs::copy(cargo::root().join(CONTRACT), &contract).with_context(|| format!("cannot copy {CONTRACT}"))?;
    let out = folder.path().join("shop");
    let mut command = Command::new(program);
    command.current_dir(folder.path()).args(["writ", "codegen", "--spec", "shop.yaml", "--out", "shop"]);
    for part in Part::ALL {
        command.args(["--with", part.name()]);
    }
    session.run_quietly(PROGRAM, &mut command)?;

    let mut options = Options::default();
    Part::ALL.into_iter().for_each(|part| options.set(part, true));
    let request = Request { entry: contract, root: None, strict: false, layout: Layout::Crate, options };
    let generated = generate(&request);
    let package = Package::new("shop", &generated.title, &generated.features, &generated.parts)?;
    let expected = wrap(&package, generated.output.with_context(|| format!("{CONTRACT} is rejected"))?)?;
    let different = output::check(&out, &expected)?;
    if different.is_empty() {
        return Ok(());
    }
    let files: Vec<String> = different.iter().map(|(path, state)| format!("{path} {state}")).collect();
    bail!("the packaged `{PROGRAM}` generates other files than this repository:\n  {}", files.join("\n  "));
}
