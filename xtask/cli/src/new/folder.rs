//! The folder of a new workspace: written beside its final place, and moved there when it is complete.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use tempfile::TempDir;

use super::interrupt::Interrupt;
use crate::terminal::step;

/// The beginning of the name of a folder in which a workspace is written.
const PREFIX: &str = ".writ-new-";

/// Returns an error unless a new workspace can be created at `path`: nothing exists there, or an empty folder.
pub fn check(path: &Path) -> anyhow::Result<()> {
    match fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(()),
        Ok(false) => bail!("{} is not empty: choose another folder", path.display()),
        Err(_) if fs::symlink_metadata(path).is_ok() => {
            bail!("{} is not a folder: choose another path", path.display())
        }
        Err(_) => Ok(()),
    }
}

/// A new workspace that is not complete yet. Dropping the value removes its folder.
///
/// A process that is killed leaves the folder behind. The next run removes it: it can lock the folder, since the lock of a
/// process ends with it.
pub struct Unfinished {
    folder: TempDir,
    path: PathBuf,
    interrupt: Interrupt,
    /// The lock on the folder. Where the file system has no locks, folders that are left behind stay.
    _lock: Option<File>,
}

impl Unfinished {
    /// Creates a folder in which the workspace for `path` is written, on the file system of `path`.
    pub fn new(path: &Path) -> anyhow::Result<Unfinished> {
        let interrupt = Interrupt::watch()?;
        let path = std::path::absolute(path).with_context(|| format!("cannot use the path {}", path.display()))?;
        let parent = path.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
        // Two commands do not mistake a folder that is not locked yet for one that was left behind.
        let turn = File::open(parent).ok().filter(|parent| parent.lock().is_ok());
        if turn.is_some() {
            remove_abandoned(parent);
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        let folder = folder.with_context(|| format!("cannot create a folder in {}", parent.display()))?;
        let lock = locked(folder.path());
        Ok(Unfinished { folder, path, interrupt, _lock: lock })
    }

    /// Returns the folder in which the workspace is written.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes files, by their paths in the workspace.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be written, or if a signal was received.
    pub fn write(&self, files: &BTreeMap<String, String>) -> anyhow::Result<()> {
        for (path, text) in files {
            self.interrupt.check()?;
            let path = self.folder().join(path);
            let context = || format!("cannot write {}", path.display());
            fs::create_dir_all(path.parent().unwrap_or(self.folder())).with_context(context)?;
            fs::write(&path, text).with_context(context)?;
            if text.starts_with("#!") {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).with_context(context)?;
            }
        }
        Ok(())
    }

    /// Formats the Rust files among `files`. Returns false if `rustfmt` is not installed.
    pub fn format(&self, files: &BTreeMap<String, String>) -> anyhow::Result<bool> {
        let mut command = Command::new("rustfmt");
        command.args(["--edition", "2024"]).current_dir(self.folder()).stdin(Stdio::null()).stderr(Stdio::piped());
        command.args(files.keys().filter(|path| path.ends_with(".rs")));
        let Ok(output) = command.output() else { return Ok(false) };
        // The terminal sends a signal to `rustfmt` too.
        self.interrupt.check()?;
        if !output.status.success() {
            bail!("`rustfmt` failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        Ok(true)
    }

    /// Moves the complete workspace to its place.
    pub fn finish(self) -> anyhow::Result<()> {
        self.interrupt.check()?;
        let context = || format!("cannot create {}", self.path.display());
        fs::create_dir_all(self.path.parent().unwrap_or(Path::new("/"))).with_context(context)?;
        fs::set_permissions(self.folder(), fs::Permissions::from_mode(0o755)).with_context(context)?;
        fs::rename(self.folder(), &self.path).with_context(context)
    }
}

/// Removes the folders of runs that were killed, and reports each.
fn remove_abandoned(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for path in ours.map(|entry| entry.path()).filter(|path| path.is_dir() && !path.is_symlink()) {
        if locked(&path).is_some() && fs::remove_dir_all(&path).is_ok() {
            step("Removed", format_args!("{}, which a run that was killed has left behind", path.display()));
        }
    }
}

/// Locks a folder. Returns `None` if another process has locked it, or if the file system has no locks.
fn locked(folder: &Path) -> Option<File> {
    File::open(folder).ok().filter(|folder| folder.try_lock().is_ok())
}
