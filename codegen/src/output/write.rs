//! Writing and checking of the folder of generated files. All files are inspected before the first one is written.

use std::path::Path;

use super::changes::Changes;
use super::error::{Conflict, WriteError};
use super::file_state::FileState;
use super::files::{Conflicts, MANIFEST, Output};
use super::manifest::{self, Manifest};
use super::stage::{self, Moves};
use super::{folder, state};

/// Writes the generated files to `dir` and removes files of an earlier run that are no longer generated.
///
/// Creates the folder if it does not exist.
///
/// # Errors
///
/// Returns an error if a file must not be replaced or removed (see [`Conflicts`]), if the manifest is not valid,
/// or if a file cannot be written. The folder is unchanged then.
pub fn write(dir: &Path, output: &Output, conflicts: Conflicts) -> Result<Changes, WriteError> {
    let overwrite = conflicts == Conflicts::Overwrite;
    let old = match Manifest::read(dir) {
        Err(WriteError::Manifest { .. }) if overwrite => None,
        read => read?,
    };
    manifest::refuse_foreign_folder(dir)?;
    let states = state::states(dir, output, old.as_ref())?;
    let refused: Vec<Conflict> = states
        .iter()
        .filter(|(_, state)| state.is_conflict() && !(overwrite && state.can_be_overwritten()))
        .map(|(path, state)| Conflict { path: path.clone(), state: *state })
        .collect();
    if !refused.is_empty() {
        return Err(WriteError::Conflicts { folder: dir.to_owned(), conflicts: refused });
    }
    let mut changes = Changes::of(&states);
    if old.is_none() && changes.takes_over() {
        changes.unlisted = folder::carrying_header(dir, output)?;
    }
    let manifest = Manifest::of(output).to_string();
    let recorded = folder::read(&dir.join(MANIFEST))?;
    changes.manifest = recorded.as_deref() != Some(manifest.as_bytes());
    if changes.manifest || !changes.is_empty() {
        stage::replace(dir, &Moves::of(output, &changes, &manifest, recorded.is_some()))?;
    }
    Ok(changes)
}

/// Compares `dir` with the generated files and returns every file that is not up to date, sorted by path.
/// Writes nothing.
///
/// # Errors
///
/// Returns an error if a file or the manifest cannot be read.
pub fn check(dir: &Path, output: &Output) -> Result<Vec<(String, FileState)>, WriteError> {
    let manifest = Manifest::read(dir)?;
    let states = state::states(dir, output, manifest.as_ref())?;
    let mut stale: Vec<(String, FileState)> =
        states.into_iter().filter(|(_, state)| *state != FileState::Fresh).collect();
    // Any changed file changes the manifest too, so the manifest is reported only if all files are up to date.
    if stale.is_empty() {
        let expected = Manifest::of(output).to_string();
        match folder::read(&dir.join(MANIFEST))? {
            None => stale.push((MANIFEST.to_owned(), FileState::Missing)),
            Some(there) if there != expected.as_bytes() => {
                stale.push((MANIFEST.to_owned(), FileState::Stale(state::first_difference(&there, &expected))));
            }
            Some(_) => {}
        }
    }
    Ok(stale)
}
