//! The task `gateway`: that of `cargo writ`, for the contract of the workspace unless the command line names others.

use std::process::ExitCode;

use cargo_writ::gateway::{self, Args};

use crate::Project;
use crate::project::Gateway;

/// The folder of the configuration in a workspace that names none.
const FOLDER: &str = "gateway";

/// Runs the task `gateway`.
pub fn run(project: &Project, args: &Args) -> anyhow::Result<ExitCode> {
    if !args.spec.is_empty() {
        gateway::run(args)?;
        return Ok(ExitCode::SUCCESS);
    }
    project.enter()?;
    gateway::run(&of_project(project, args))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the arguments that read the contracts and the settings of the workspace's gateway, relative to its root.
pub(crate) fn of_project(project: &Project, args: &Args) -> Args {
    let default = || Gateway { spec: project.contract.clone(), folder: FOLDER.into() };
    let Gateway { spec, folder } = project.gateway.clone().unwrap_or_else(default);
    // The versions of an API share files.
    let root = spec.is_dir().then(|| spec.clone()).or_else(|| args.root.clone());
    Args { spec: vec![spec], out: Some(args.out.clone().unwrap_or(folder)), root, ..args.clone() }
}
