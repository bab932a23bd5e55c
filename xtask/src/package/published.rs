//! A workspace that depends on the packages by their version, as if they were published.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use writ_tasks::process::Session;

use super::{PROGRAM, Publishable};
use crate::cargo;

/// Creates a workspace with the packaged command, and runs its tests. `target` is the target folder of the packages.
pub fn prove(session: &Session, target: &Path, packages: &[Publishable]) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let workspace = folder.path().join("notes");
    let mut new = Command::new(target.join("debug").join(PROGRAM));
    new.args(["writ", "new", "--deps", "version"]).arg(&workspace);
    session.run_quietly(PROGRAM, &mut new)?;
    replace_registry(&workspace, target, packages)?;
    let lock = workspace.join("Cargo.lock");
    fs::copy(cargo::root().join("Cargo.lock"), &lock).with_context(|| format!("cannot write {}", lock.display()))?;
    let mut test = writ_tasks::cargo::command(&workspace);
    test.args(["xtask", "test"]).env("CARGO_TARGET_DIR", target).envs(super::PROFILE);
    session.run_quietly("cargo xtask test with the packages", &mut test)?;
    Ok(())
}

/// Makes cargo find the packages in the target folder instead of the registry.
fn replace_registry(workspace: &Path, target: &Path, packages: &[Publishable]) -> anyhow::Result<()> {
    let path = workspace.join(".cargo/config.toml");
    let context = || format!("cannot change {}", path.display());
    let mut text = fs::read_to_string(&path).with_context(context)?;
    text.push_str("\n[patch.crates-io]\n");
    for Publishable { name, version } in packages {
        let package = target.join("package").join(format!("{name}-{version}"));
        let _ = writeln!(text, "{name} = {{ path = {:?} }}", package.display().to_string());
    }
    fs::write(&path, text).with_context(context)
}
