//! The manifest: the list of the generated files in a folder, with the hash of each.
//!
//! The manifest has the format of `sha256sum --check` with one sorted line for each file. It can therefore be
//! compared and merged like the files that it lists.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::error::WriteError;
use super::files::{MANIFEST, Output, TOML_HEADER};
use super::folder;

/// The comment in the second line of every manifest (a list of generated files with hashes), which explains the
/// manifest to a reader.
const PURPOSE: &str = "# SHA-256 of every generated file in this folder. Other files are never replaced or removed.";

/// The manifest of a folder: its generated files, each with the hash of its content.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// The SHA-256 hash of each generated file's content in hexadecimal digits, by the relative path of the file.
    pub(super) files: BTreeMap<String, String>,
}

impl Manifest {
    /// Creates the manifest of files that are generated now.
    pub(super) fn of(output: &Output) -> Manifest {
        let files = output.files.iter().map(|(path, text)| (path.clone(), hash(text.as_bytes())));
        Manifest { files: files.collect() }
    }

    /// Reads the manifest of a folder, the list of its generated files with their hashes. Returns `None` if the
    /// folder has no manifest.
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

/// Returns the SHA-256 hash of a file's content in hexadecimal digits.
pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rejects a folder if the manifest of a parent folder lists files in it. Such files belong to another
/// generated crate.
pub(super) fn refuse_foreign_folder(dir: &Path) -> Result<(), WriteError> {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let absolute = absolute.canonicalize().unwrap_or(absolute);
    for owner in absolute.ancestors().skip(1) {
        // An invalid manifest in a parent folder is reported when that folder is written.
        let Ok(Some(manifest)) = Manifest::read(owner) else { continue };
        let below = |path: &String| owner.join(path).parent().is_some_and(|folder| folder.starts_with(&absolute));
        if manifest.files.keys().any(below) {
            return Err(WriteError::Inside { folder: dir.to_owned(), owner: owner.to_owned() });
        }
    }
    Ok(())
}

/// Returns true if a text has the form of a SHA-256 hash.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
