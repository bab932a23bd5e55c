//! The task `gateway`: that of `cargo writ`, for the contract of the workspace unless the command line names others.

use std::path::PathBuf;
use std::process::ExitCode;

use cargo_writ::gateway::{self, Args};

use crate::Project;

/// The folder of the configuration, which also has its settings.
const FOLDER: &str = "gateway";

/// Runs the task `gateway`.
pub fn run(project: &Project, args: &Args) -> anyhow::Result<ExitCode> {
    if !args.spec.is_empty() {
        gateway::run(args)?;
        return Ok(ExitCode::SUCCESS);
    }
    project.enter()?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(FOLDER));
    gateway::run(&Args { spec: vec![project.contract.clone()], out: Some(out), ..args.clone() })?;
    Ok(ExitCode::SUCCESS)
}
