//! A fresh clone of the repository, and the environment of a newcomer in it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::process::Session;
use crate::{cargo, folder, terminal};

/// Read by the tasks and by the server: a newcomer has none of it.
const SETTINGS: [&str; 6] = ["ADMIN_", "DATABASE_URL", "GIT_", "REDIS_URL", "WRIT_", "CLICOLOR_FORCE"];

/// The clone; removed, with the data of its services, when dropped.
pub struct Checkout {
    folder: TempDir,
    path: PathBuf,
    services: PathBuf,
    target: PathBuf,
    _lock: File,
}

impl Checkout {
    /// Clones what is committed.
    pub fn make(session: &Session) -> anyhow::Result<Self> {
        // This program is target/debug/xtask.
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("cannot find the target folder")?.to_owned();
        let lock = lock(&target.join("readme"))?;
        let folder = tempfile::Builder::new().prefix("writ-readme-").tempdir()?;
        session.remove_when_gone(folder.path());
        let path = folder.path().join("writ");
        clone(session, &path)?;
        let services = folder::kept_path(&path)?;
        if services.exists() {
            bail!("{} is in use for another checkout: try again", services.display());
        }
        session.remove_when_gone(&services);
        Ok(Self { folder, path, services, target, _lock: lock })
    }

    /// Where the clone is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A folder beside the clone, removed with it.
    pub fn temporary(&self) -> &Path {
        self.folder.path()
    }

    /// `program` in the clone, as from a terminal of a newcomer.
    ///
    /// Cargo takes what is built of other people's crates from the repository's target folder. It
    /// keeps apart what it builds of the workspace's own: it looks at a crate's path within its
    /// workspace, which is the same here and there, and at the wrapper, which here is one that
    /// does nothing. Programs go to a folder of their own.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.path).stdin(Stdio::null());
        cargo::clear_run_environment(&mut command);
        forget_settings(&mut command);
        command
            .env("CARGO_BUILD_BUILD_DIR", &self.target)
            .env("CARGO_TARGET_DIR", self.target.join("readme"))
            .env("RUSTC_WORKSPACE_WRAPPER", "/usr/bin/env")
            .env("CARGO_TERM_COLOR", "never")
            .env("NO_COLOR", "1");
        command
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        // Not there when nothing was served.
        let _ = fs::remove_dir_all(&self.services);
    }
}

/// One run at a time in the target folder: to cargo, two clones are one workspace.
fn lock(folder: &Path) -> anyhow::Result<File> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let lock = File::create(folder.join("lock"))?;
    if lock.try_lock().is_err() {
        bail!("`cargo xtask readme` already runs for this checkout");
    }
    Ok(lock)
}

fn clone(session: &Session, path: &Path) -> anyhow::Result<()> {
    let root = cargo::root();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(&root).args(arguments).stdin(Stdio::null());
        forget_settings(&mut command);
        command
    };
    let commit = session.run_quietly("git", &mut git(&["rev-parse", "--short", "HEAD"]))?;
    terminal::step("Cloning", format_args!("{} into {}", commit.trim(), path.display()));
    let changed = session.run_quietly("git", &mut git(&["status", "--porcelain"]))?;
    if !changed.is_empty() {
        terminal::step("Leaving out", format_args!("{} paths that are not committed", changed.lines().count()));
    }
    session.run_quietly("git", git(&["clone", "--quiet"]).arg(&root).arg(path)).map(drop)
}

fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if SETTINGS.iter().any(|setting| name.to_string_lossy().starts_with(setting)) {
            command.env_remove(name);
        }
    }
}
