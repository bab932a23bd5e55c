//! Access to the folder of generated files on disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

use super::error::WriteError;
use super::file_state::FileState;
use super::files::{MANIFEST, MARK, Output};

/// The subfolders of the folder of generated files. Each is inspected once.
pub(super) struct Folders<'a> {
    dir: &'a Path,
    known: BTreeMap<String, Folder>,
}

/// The state of a subfolder on the path to a generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folder {
    /// The subfolder does not exist, so no file in it exists either.
    Missing,
    /// The subfolder exists, and generated files may be written to it.
    Open,
    /// No file may be written to the subfolder. Holds the reason as the state of each file in the subfolder.
    Closed(FileState),
}

impl<'a> Folders<'a> {
    /// Creates the record of the subfolders of `dir`, none of which is inspected yet.
    pub(super) fn of(dir: &'a Path) -> Folders<'a> {
        Folders { dir, known: BTreeMap::new() }
    }

    /// Returns the state of a generated file if a subfolder on its path decides the state: the subfolder is missing,
    /// or must not be written to.
    pub(super) fn decide(&mut self, path: &str) -> Option<FileState> {
        for (end, _) in path.match_indices('/') {
            match self.folder(&path[..end]) {
                Folder::Open => {}
                Folder::Missing => return Some(FileState::Missing),
                Folder::Closed(state) => return Some(state),
            }
        }
        None
    }

    /// Returns the state of a subfolder, which is inspected on the first call.
    fn folder(&mut self, folder: &str) -> Folder {
        if let Some(known) = self.known.get(folder) {
            return *known;
        }
        let path = self.dir.join(folder);
        let found = match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => Folder::Closed(FileState::Link),
            Ok(_) if path.join(MANIFEST).exists() => Folder::Closed(FileState::OtherCrate),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Folder::Missing,
            _ => Folder::Open,
        };
        self.known.insert(folder.to_owned(), found);
        found
    }
}

/// Reads the content of a file on disk. Returns `None` if the file does not exist.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// Rejects a relative path that leaves the folder of generated files.
pub(super) fn refuse_outside(path: &str) -> Result<(), WriteError> {
    if is_inside(path) {
        return Ok(());
    }
    let source = io::Error::new(io::ErrorKind::InvalidInput, "not a relative path within the folder");
    Err(failed(Path::new(path), source))
}

/// Returns true if a relative path stays within the folder of generated files.
pub(super) fn is_inside(path: &str) -> bool {
    let normal = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    normal && !path.is_empty() && !path.contains('\\')
}

/// Returns true if the content of a file begins with the header of generated files.
pub(super) fn is_marked(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"// ").or_else(|| start.strip_prefix(b"# "));
    text.is_some_and(|text| text.starts_with(MARK.as_bytes()))
}

/// Returns every file below a folder that has the header of generated files but is not in `output`, as sorted
/// relative paths.
///
/// Does not follow symbolic links, and skips hidden folders, cargo's `target`, and folders of other crates.
pub(super) fn carrying_header(dir: &Path, output: &Output) -> Result<Vec<String>, WriteError> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let path = dir.join(&folder);
        for entry in fs::read_dir(&path).map_err(|error| failed(&path, error))? {
            let entry = entry.map_err(|error| failed(&path, error))?;
            // Every generated file has a UTF-8 name.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type().map_err(|error| failed(&entry.path(), error))?;
            let relative = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if kind.is_dir() {
                let package = entry.path().join("Cargo.toml").exists();
                let other = package && !output.files.contains_key(&format!("{relative}/Cargo.toml"));
                if !other && !name.starts_with('.') && name != "target" && !entry.path().join(MANIFEST).exists() {
                    folders.push(relative);
                }
            } else if kind.is_file()
                && relative != MANIFEST
                && !output.files.contains_key(&relative)
                && has_header(&entry.path())?
            {
                found.push(relative);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Returns true if the file on disk begins with the header of generated files.
fn has_header(path: &Path) -> Result<bool, WriteError> {
    let most = "// ".len() + MARK.len();
    let mut start = Vec::with_capacity(most);
    let file = File::open(path).map_err(|error| failed(path, error))?;
    file.take(most as u64).read_to_end(&mut start).map_err(|error| failed(path, error))?;
    Ok(is_marked(&start))
}

/// Creates the error for a failed operation on a file or folder.
pub(super) fn failed(path: &Path, source: io::Error) -> WriteError {
    WriteError::Io { path: path.to_owned(), source }
}
