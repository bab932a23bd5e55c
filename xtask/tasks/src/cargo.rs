//! Commands that run cargo from within a program that cargo itself started.

use std::path::Path;
use std::process::{Command, Stdio};

/// Returns a command that runs cargo in the folder `root`, as a shell would start it.
pub fn command(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).stdin(Stdio::null());
    clear_run_environment(&mut command);
    command
}

/// Removes the environment variables that `cargo run` sets for a task from `command`.
///
/// Build scripts of other crates would see these variables. Cargo would then rebuild those crates each time
/// that a task and a shell build in turn.
pub fn clear_run_environment(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"].contains(&&*name)
        {
            command.env_remove(&*name);
        }
    }
}
