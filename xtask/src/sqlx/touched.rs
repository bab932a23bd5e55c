//! Makes the compiler meet every query again, and spares other builds the same.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;

/// Source files made to look new, so that the compiler meets every query again. Their times are
/// put back on drop, so that other builds stay fresh.
pub struct Touched(Vec<(PathBuf, SystemTime)>);

impl Touched {
    /// Touches the root file of each target of the package in `folder`.
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
            // At worst the next build compiles it once more.
            let _ = set_modified(file, *was);
        }
    }
}

fn set_modified(file: &Path, time: SystemTime) -> std::io::Result<()> {
    File::options().append(true).open(file)?.set_modified(time)
}
