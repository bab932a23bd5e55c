//! The folder of a new workspace: written beside its final place, and moved there when it is complete.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use tempfile::TempDir;

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
pub struct Unfinished {
    folder: TempDir,
    path: PathBuf,
}

impl Unfinished {
    /// Creates a folder in which the workspace for `path` is written, on the file system of `path`.
    pub fn new(path: &Path) -> anyhow::Result<Unfinished> {
        let path = std::path::absolute(path).with_context(|| format!("cannot use the path {}", path.display()))?;
        let parent = path.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
        let folder = tempfile::Builder::new().prefix(".writ-new-").tempdir_in(parent);
        let folder = folder.with_context(|| format!("cannot create a folder in {}", parent.display()))?;
        Ok(Unfinished { folder, path })
    }

    /// Returns the folder in which the workspace is written.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes files, by their paths in the workspace.
    pub fn write(&self, files: &BTreeMap<String, String>) -> anyhow::Result<()> {
        for (path, text) in files {
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
        if !output.status.success() {
            bail!("`rustfmt` failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        Ok(true)
    }

    /// Moves the complete workspace to its place.
    pub fn finish(self) -> anyhow::Result<()> {
        let context = || format!("cannot create {}", self.path.display());
        fs::create_dir_all(self.path.parent().unwrap_or(Path::new("/"))).with_context(context)?;
        fs::set_permissions(self.folder(), fs::Permissions::from_mode(0o755)).with_context(context)?;
        fs::rename(self.folder(), &self.path).with_context(context)
    }
}
