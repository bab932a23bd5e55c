//! `cargo xtask gateway`: renders the configuration of the sample's gateway from the contracts of spec/, and lets Envoy and
//! the schemas of the Gateway API validate what is rendered.

mod manifests;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use cargo_writ::gateway::{self, Args};
use writ_contract::diagnostic::plural;
use writ_tasks::envoy::Envoy;
use writ_tasks::process::Session;
use writ_tasks::terminal;

use crate::cargo;

/// The folder of the sample's gateway, with its settings.
const FOLDER: &str = "server/gateway";

/// The folder of the golden files of the renderers.
const GOLDEN: &str = "codegen/gateway/tests/golden";

/// Runs `cargo xtask gateway`: renders the sample's gateway, or that of the contracts which the arguments name.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !args.spec.is_empty() {
        gateway::run(args)?;
        return Ok(ExitCode::SUCCESS);
    }
    gateway::run(&of_sample(args))?;
    if args.check {
        validate(&folders()?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the arguments that read the contracts and the settings of the sample's gateway.
pub fn of_sample(args: &Args) -> Args {
    let contracts = cargo::root().join("spec");
    Args {
        spec: vec![contracts.clone()],
        out: Some(args.out.clone().unwrap_or_else(|| cargo::root().join(FOLDER))),
        root: Some(contracts),
        strict: true,
        ..args.clone()
    }
}

/// Lets Envoy and the schemas of the Gateway API validate the configurations in these folders.
pub fn validate(folders: &[PathBuf]) -> anyhow::Result<()> {
    let session = Session::open()?;
    let envoy = Envoy::find(&session, &cargo::root())?;
    terminal::step("Validating", format_args!("{} with Envoy", plural(folders.len(), "configuration")));
    for folder in folders {
        envoy.check(&session, &folder.join("envoy.yaml"))?;
    }
    terminal::step("Validating", "the manifests with the schemas of the Gateway API");
    let files: Vec<PathBuf> = folders.iter().map(|folder| folder.join("gateway-api.yaml")).collect();
    manifests::check(&session, &files)
}

/// Returns the folders with the configurations of the sample and of the golden contracts.
fn folders() -> anyhow::Result<Vec<PathBuf>> {
    let mut folders = vec![cargo::root().join(FOLDER)];
    for entry in fs::read_dir(cargo::root().join(GOLDEN)).context("cannot read the golden files")? {
        let folder = entry?.path();
        if folder.join("envoy.yaml").is_file() {
            folders.push(folder);
        }
    }
    if folders.len() == 1 {
        bail!("there are no golden files in {GOLDEN}");
    }
    folders.sort();
    Ok(folders)
}
