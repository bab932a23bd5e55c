//! A fresh clone of the repository in which the commands of the documents run, with the environment of a new
//! contributor.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use tempfile::TempDir;

use writ_tasks::process::Session;
use writ_tasks::{folder, terminal};

use crate::cargo;

/// The prefixes of the environment variables that xtask and the server read. The commands of the documents run
/// without these variables, since a new contributor has set none.
const SETTINGS: [&str; 6] = ["ADMIN_", "DATABASE_URL", "GIT_", "REDIS_URL", "WRIT_", "CLICOLOR_FORCE"];

/// A fresh clone of the repository. Dropping this value removes the clone and the data of its services.
pub struct Checkout {
    folder: TempDir,
    path: PathBuf,
    services: PathBuf,
    target: PathBuf,
    _lock: File,
}

impl Checkout {
    /// Clones the current commit of the repository.
    pub fn make(session: &Session) -> anyhow::Result<Self> {
        // This program runs from target/debug/xtask, two levels below the target folder.
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("cannot find the target folder")?.to_owned();
        let lock = lock(&target.join("readme"))?;
        let folder = tempfile::Builder::new().prefix("writ-readme-").tempdir()?;
        session.remove_when_gone(folder.path());
        let path = folder.path().join("writ");
        clone(session, &path)?;
        let services = folder::kept_path(&path)?;
        if services.exists() {
            bail!("{} belongs to another checkout: run the command again", services.display());
        }
        session.remove_when_gone(&services);
        Ok(Self { folder, path, services, target, _lock: lock })
    }

    /// Returns the path of the cloned repository.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of a temporary folder next to the clone, which is removed together with it.
    pub fn temporary(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the folder of the programs that commands in the clone build.
    pub fn programs(&self) -> PathBuf {
        self.target.join("readme/debug")
    }

    /// Returns a command that runs `program` in the clone, with the environment of a new contributor.
    ///
    /// Cargo reuses the compiled dependencies in the repository's target folder, but must build the crates of the
    /// workspace again. Cargo compares paths within the workspace, so it would take the crates of the clone for
    /// those of the repository. A compiler wrapper that does nothing makes them differ. Programs are written to a
    /// separate folder.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.path).stdin(Stdio::null());
        cargo::clear_run_environment(&mut command);
        clear_settings(&mut command);
        command
            .env("CARGO_BUILD_BUILD_DIR", &self.target)
            .env("CARGO_TARGET_DIR", self.target.join("readme"))
            .env("RUSTC_WORKSPACE_WRAPPER", "/usr/bin/env")
            .env("CARGO_TERM_COLOR", "never")
            .env("NO_COLOR", "1");
        command
    }

    /// Undoes all changes to the files of the clone, except for files that Git ignores.
    pub fn restore(&self, session: &Session) -> anyhow::Result<()> {
        for arguments in [&["reset", "--quiet", "--hard"][..], &["clean", "--quiet", "--force", "-d"]] {
            session.run_quietly("git", self.command("git").args(arguments))?;
        }
        Ok(())
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        // The data folder of the services does not exist if no server was started.
        let _ = fs::remove_dir_all(&self.services);
    }
}

/// Locks the target folder for one run of `cargo xtask readme`, since cargo would take two clones for one
/// workspace.
fn lock(folder: &Path) -> anyhow::Result<File> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let lock = File::create(folder.join("lock"))?;
    if lock.try_lock().is_err() {
        bail!("`cargo xtask readme` already runs for this checkout: wait for its end");
    }
    Ok(lock)
}

fn clone(session: &Session, path: &Path) -> anyhow::Result<()> {
    let root = cargo::root();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(&root).args(arguments).stdin(Stdio::null());
        clear_settings(&mut command);
        command
    };
    let commit = session.run_quietly("git", &mut git(&["rev-parse", "--short", "HEAD"]))?;
    terminal::step("Cloning", format_args!("{} into {}", commit.trim(), path.display()));
    let changed = session.run_quietly("git", &mut git(&["status", "--porcelain"]))?;
    if !changed.is_empty() {
        terminal::step("Omitting", format_args!("{} paths that are not committed", changed.lines().count()));
    }
    session.run_quietly("git", git(&["clone", "--quiet"]).arg(&root).arg(path)).map(drop)
}

fn clear_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if SETTINGS.iter().any(|setting| name.to_string_lossy().starts_with(setting)) {
            command.env_remove(name);
        }
    }
}
