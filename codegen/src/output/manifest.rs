//! The manifest: the files that were written into a folder, with the hash of each.
//!
//! It has the form that `sha256sum --check` reads, one sorted line a file, so that it diffs and merges
//! like the files it lists.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::WriteError;
use super::files::{MANIFEST, Output, TOML_HEADER};
use super::folder;

/// The second line of every manifest.
const PURPOSE: &str = "# SHA-256 of every generated file in this folder. Other files are never replaced or removed.";

/// The files of a folder that were generated.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Path to the hash of the content, in hexadecimal digits.
    pub(super) files: BTreeMap<String, String>,
}

impl Manifest {
    /// Returns the manifest of these files.
    pub(super) fn of(output: &Output) -> Manifest {
        let files = output.files.iter().map(|(path, text)| (path.clone(), hash(text.as_bytes())));
        Manifest { files: files.collect() }
    }

    /// Reads the manifest of a folder, if there is one.
    pub(super) fn read(dir: &Path) -> Result<Option<Manifest>, WriteError> {
        let path = dir.join(MANIFEST);
        let Some(bytes) = folder::read(&path)? else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes);
        let mut files = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('#') {
                continue;
            }
            let entry = line.split_once("  ").filter(|(hash, path)| is_hash(hash) && folder::is_inside(path));
            let Some((hash, file)) = entry else {
                return Err(WriteError::Manifest { path, line: index + 1 });
            };
            files.insert(file.to_owned(), hash.to_owned());
        }
        Ok(Some(Manifest { files }))
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TOML_HEADER}\n{PURPOSE}")?;
        self.files.iter().try_for_each(|(path, hash)| writeln!(f, "{hash}  {path}"))
    }
}

/// Returns the hash of a file's content, as it stands in the manifest.
pub(super) fn hash(content: &[u8]) -> String {
    format!("{:x}", Sha256::digest(content))
}

/// Refuses a folder of which a manifest above lists files: they belong to the crate up there.
pub(super) fn refuse_foreign_folder(dir: &Path) -> Result<(), WriteError> {
    let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let whole = whole.canonicalize().unwrap_or(whole);
    for owner in whole.ancestors().skip(1) {
        // A manifest that cannot be read is the concern of whoever writes to its own folder.
        let Ok(Some(manifest)) = Manifest::read(owner) else { continue };
        let below = |path: &String| owner.join(path).parent().is_some_and(|folder| folder.starts_with(&whole));
        if manifest.files.keys().any(below) {
            return Err(WriteError::Inside { folder: dir.to_owned(), owner: owner.to_owned() });
        }
    }
    Ok(())
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
