//! The temporary change of source files' modification times, so that the compiler runs every macro of sqlx again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;

/// The server's source files with a new modification time, so that the compiler expands every query macro again.
///
/// Dropping this value restores the earlier times, so that other builds stay up to date.
pub struct Touched(Vec<(PathBuf, SystemTime)>);

impl Touched {
    /// Sets the modification times of the root files of all targets in the package at `folder` to the current
    /// time.
    pub fn sources(folder: &Path) -> anyhow::Result<Self> {
        let mut files = vec![folder.join("src/main.rs"), folder.join("src/lib.rs")];
        for targets in ["src/bin", "tests", "benches", "examples"] {
            let entries = fs::read_dir(folder.join(targets)).into_iter().flatten().flatten();
            files.extend(entries.map(|entry| entry.path()).flat_map(|path| [path.join("main.rs"), path]));
        }
        let mut touched = Self(Vec::new());
        for file in files.into_iter().filter(|file| file.is_file()) {
            let was = fs::metadata(&file)?.modified()?;
            set_modified(&file, SystemTime::now()).with_context(|| format!("cannot touch {}", file.display()))?;
            touched.0.push((file, was));
        }
        Ok(touched)
    }
}

impl Drop for Touched {
    fn drop(&mut self) {
        for (file, was) in &self.0 {
            // If this fails, the next build compiles the file again, which does no harm.
            let _ = set_modified(file, *was);
        }
    }
}

fn set_modified(file: &Path, time: SystemTime) -> std::io::Result<()> {
    File::options().append(true).open(file)?.set_modified(time)
}
