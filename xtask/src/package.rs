//! `cargo xtask package`: packages every crate that can be published, builds the packages against each
//! other, and compares the output of the packaged command with the output of this repository.
//!
//! A package contains only files below its own folder. If a crate embeds a file from another folder, the crate
//! builds in the workspace, but its package does not.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use serde_json::Value;
use writ_codegen::generate::{Request, generate};
use writ_codegen::options::{Options, Part};
use writ_codegen::output;
use writ_codegen::package::{Package, wrap};
use writ_codegen::render::Layout;

use crate::process::Session;
use crate::{cargo, terminal};

/// A small contract from which the packaged `cargo writ` generates code as a test.
const CONTRACT: &str = "codegen/tests/golden/shop/contract.yaml";

/// The crate of the packaged command `cargo writ`, and the name of its program.
const PROGRAM: &str = "cargo-writ";

/// Runs `cargo xtask package`: packages, builds and compares.
pub fn run() -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let packages = publishable(&session)?;
    // The packages have a separate target folder, since the workspace builds programs with the same names.
    let target = cargo::root().join("target/packages");
    let mut package = cargo::command();
    package.args(["package", "--quiet", "--allow-dirty"]).env("CARGO_TARGET_DIR", &target);
    // Debug information and incremental builds are not needed, since each package is built once.
    package.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    package.args(packages.iter().flat_map(|name| ["--package", name]));
    terminal::step("Packaging", packages.join(", "));
    if !session.run("cargo package", &mut package)?.success() {
        bail!("a package does not build: it may use a file outside of its crate's folder");
    }
    compare_output(&session, &target.join("debug").join(PROGRAM))?;
    terminal::step(
        "Finished",
        format_args!("{} packages; the packaged `{PROGRAM}` generates the expected crate", packages.len()),
    );
    Ok(ExitCode::SUCCESS)
}

/// Returns the names of the workspace's crates that can be published: those without `publish = false`.
fn publishable(session: &Session) -> anyhow::Result<Vec<String>> {
    let mut metadata = cargo::command();
    metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = session.run_quietly("cargo metadata", &mut metadata)?;
    let metadata: Value = serde_json::from_str(&text).context("`cargo metadata` did not print JSON")?;
    let packages = metadata["packages"].as_array().into_iter().flatten().filter(|package| package["publish"].is_null());
    let mut names: Vec<String> = packages.filter_map(|package| Some(package["name"].as_str()?.to_owned())).collect();
    names.sort();
    if !names.iter().any(|name| name == PROGRAM) {
        bail!("`{PROGRAM}` must not have `publish = false`; the crates to publish are {}", names.join(", "));
    }
    Ok(names)
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
