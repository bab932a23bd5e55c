//! `cargo xtask package`: packages every crate that is for the registry, builds the packages against
//! each other, and holds the packaged command to what it generates in this repository.
//!
//! A package holds only what lies below its own folder. A file that a crate embeds from elsewhere is
//! missing there, which shows nowhere but in the package.

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

/// A small contract.
const CONTRACT: &str = "codegen/tests/golden/shop/contract.yaml";

/// The crate whose program is run, and the program.
const PROGRAM: &str = "cargo-writ";

/// Runs the subcommand.
pub fn run() -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let packages = publishable(&session)?;
    // Apart from what is built of the workspace itself, which has programs of the same names.
    let target = cargo::root().join("target/packages");
    let mut package = cargo::command();
    package.args(["package", "--quiet", "--allow-dirty"]).env("CARGO_TARGET_DIR", &target);
    // Nothing here is debugged, or changed and compiled again.
    package.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    package.args(packages.iter().flat_map(|name| ["--package", name]));
    terminal::step("Packaging", packages.join(", "));
    if !session.run("cargo package", &mut package)?.success() {
        bail!("a package does not build from its own files");
    }
    generates_alike(&session, &target.join("debug").join(PROGRAM))?;
    terminal::step(
        "Finished",
        format_args!("{} packages; `{PROGRAM}` generates from its package alone", packages.len()),
    );
    Ok(ExitCode::SUCCESS)
}

/// The names of the crates that are not `publish = false`.
fn publishable(session: &Session) -> anyhow::Result<Vec<String>> {
    let mut metadata = cargo::command();
    metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = session.run_quietly("cargo metadata", &mut metadata)?;
    let metadata: Value = serde_json::from_str(&text).context("`cargo metadata` writes no JSON")?;
    let packages = metadata["packages"].as_array().into_iter().flatten().filter(|package| package["publish"].is_null());
    let mut names: Vec<String> = packages.filter_map(|package| Some(package["name"].as_str()?.to_owned())).collect();
    names.sort();
    if !names.iter().any(|name| name == PROGRAM) {
        bail!("`{PROGRAM}` is not among the crates that can be published: {}", names.join(", "));
    }
    Ok(names)
}

/// Runs the packaged program, and compares what it writes with what this one generates.
fn generates_alike(session: &Session, program: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
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
    let expected = wrap(&package, generated.output.with_context(|| format!("{CONTRACT} is refused"))?)?;
    let different = output::check(&out, &expected)?;
    if different.is_empty() {
        return Ok(());
    }
    let files: Vec<String> = different.iter().map(|(path, state)| format!("{path} {state}")).collect();
    bail!("the packaged `{PROGRAM}` generates something else:\n  {}", files.join("\n  "));
}
