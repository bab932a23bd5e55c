//! The root folder of this repository, and commands that run cargo there.

use std::path::{Path, PathBuf};
use std::process::Command;

pub use writ_tasks::cargo::clear_run_environment;

/// Returns the root folder of this repository's workspace.
pub fn root() -> PathBuf {
    let here =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}

/// Returns a command that runs cargo at the root of the workspace, as a shell would start it.
pub fn command() -> Command {
    writ_tasks::cargo::command(&root())
}
