//! The comparison of a folder on disk with the generated files and the manifest, which gives each file a state.

use std::collections::BTreeMap;
use std::path::Path;

use super::error::WriteError;
use super::file_state::FileState;
use super::files::Output;
use super::folder::{self, Folders};
use super::manifest::{Manifest, hash};

/// Returns the state of every file in a folder that is generated now or listed in the manifest of an earlier run.
pub(super) fn states(
    dir: &Path,
    output: &Output,
    manifest: Option<&Manifest>,
) -> Result<BTreeMap<String, FileState>, WriteError> {
    let mut folders = Folders::of(dir);
    let mut states = BTreeMap::new();
    for (path, text) in &output.files {
        folder::refuse_outside(path)?;
        let state = match folders.decide(path) {
            Some(state) => state,
            None => generated(&dir.join(path), text, manifest.map(|manifest| manifest.files.get(path)))?,
        };
        states.insert(path.clone(), state);
    }
    for (path, recorded) in manifest.into_iter().flat_map(|manifest| &manifest.files) {
        // A file in the folder of another crate belongs to that crate.
        if output.files.contains_key(path) || folders.decide(path).is_some() {
            continue;
        }
        match folder::read(&dir.join(path))? {
            None => {}
            Some(there) if is_as_recorded(&there, recorded) => drop(states.insert(path.clone(), FileState::Leftover)),
            Some(_) => drop(states.insert(path.clone(), FileState::EditedLeftover)),
        }
    }
    Ok(states)
}

/// Returns the state of a file that is generated now.
///
/// `recorded` is `None` if the folder has no manifest; the header of the file then decides whether an earlier
/// run wrote it. `Some(None)` is a file that the manifest does not list, otherwise `recorded` is the hash in
/// the manifest.
fn generated(path: &Path, text: &str, recorded: Option<Option<&String>>) -> Result<FileState, WriteError> {
    let Some(there) = folder::read(path)? else { return Ok(FileState::Missing) };
    if there == text.as_bytes() {
        return Ok(FileState::Fresh);
    }
    let line = first_difference(&there, text);
    Ok(match recorded {
        Some(Some(recorded)) if is_as_recorded(&there, recorded) => FileState::Stale(line),
        Some(Some(_)) => FileState::Edited,
        None if folder::is_marked(&there) => FileState::Stale(line),
        _ => FileState::NotGenerated,
    })
}

/// Returns true if a file on disk still has the hash in the manifest. Line endings that version control
/// converted do not count as an edit.
fn is_as_recorded(there: &[u8], recorded: &str) -> bool {
    if hash(there) == recorded {
        return true;
    }
    let text = String::from_utf8_lossy(there);
    text.contains("\r\n") && hash(text.replace("\r\n", "\n").as_bytes()) == recorded
}

/// Returns the number of the first line in which a file on disk differs from the generated text, starting at 1.
pub(super) fn first_difference(there: &[u8], text: &str) -> usize {
    let equal = there.iter().zip(text.as_bytes()).take_while(|(one, other)| one == other);
    equal.filter(|(byte, _)| **byte == b'\n').count() + 1
}
