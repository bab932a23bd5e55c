//! What lies in the folder of generated files.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path};

use super::{HEADER, WriteError};

/// The bytes of a file, if it is there.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, WriteError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// Refuses a path that would lead out of the folder.
pub(super) fn proper(path: &str) -> Result<(), WriteError> {
    let normal = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if normal && !path.is_empty() && !path.contains('\\') {
        return Ok(());
    }
    let source = io::Error::new(io::ErrorKind::InvalidInput, "not a relative path within the folder");
    Err(failed(Path::new(path), source))
}

/// Every file below a folder that carries our header, as sorted relative paths.
///
/// Symbolic links are not followed; hidden folders and cargo's `target` are not looked into.
pub(super) fn generated(dir: &Path) -> Result<Vec<String>, WriteError> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let path = dir.join(&folder);
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(&path, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| failed(&path, error))?;
            // What is not UTF-8 is not a name that we write.
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let kind = entry.file_type().map_err(|error| failed(&entry.path(), error))?;
            let relative = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if kind.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(relative);
            } else if kind.is_file() && has_header(&entry.path())? {
                found.push(relative);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn has_header(path: &Path) -> Result<bool, WriteError> {
    let mut start = Vec::with_capacity(HEADER.len());
    let file = File::open(path).map_err(|error| failed(path, error))?;
    file.take(HEADER.len() as u64).read_to_end(&mut start).map_err(|error| failed(path, error))?;
    Ok(super::is_ours(&start))
}

pub(super) fn failed(path: &Path, source: io::Error) -> WriteError {
    WriteError { path: path.to_owned(), source }
}
