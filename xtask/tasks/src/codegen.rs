//! The tasks `codegen` and `fetch` (feature `fetch`): those of `cargo writ`, for the contract of the workspace unless the command line names
//! another one.

use std::path::PathBuf;
use std::process::ExitCode;

use cargo_writ::codegen::{self, Args};
#[cfg(feature = "fetch")]
use cargo_writ::fetch;

use crate::Project;

/// Runs the task `codegen`: generates the crate of the workspace, or a crate from the contract that `args` names.
pub fn run(project: &Project, args: &Args) -> anyhow::Result<ExitCode> {
    args.check_extra()?;
    match args.spec {
        Some(_) => codegen::run(args, None)?,
        None => codegen::run(&args.clone().with_spec(contract(project)?), None)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the task `fetch`: stores copies of the remote documents of a contract.
#[cfg(feature = "fetch")]
pub fn fetch(project: &Project, args: &fetch::Args) -> anyhow::Result<ExitCode> {
    match args.spec {
        Some(_) => fetch::run(args, None)?,
        None => fetch::run(&fetch::Args { spec: Some(contract(project)?), ..args.clone() }, None)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Generates the code of the workspace before its server is built.
pub fn generate(project: &Project) -> anyhow::Result<()> {
    match project.generate {
        Some(generate) => generate(false),
        None => codegen::run(&Args::default().with_spec(contract(project)?), None),
    }
}

/// Returns the path of the workspace's contract from the root of the workspace, which becomes the current folder.
fn contract(project: &Project) -> anyhow::Result<PathBuf> {
    project.enter()?;
    Ok(project.contract.clone())
}
