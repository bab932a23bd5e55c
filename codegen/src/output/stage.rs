//! Atomic replacement of generated files: all files are written to a staging folder and then moved into place.
//! If a move fails, the moves before are undone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::changes::Changes;
use super::error::WriteError;
use super::files::{MANIFEST, Output};
use super::folder::failed;

/// The file moves that bring the folder of generated files up to date.
pub(super) struct Moves<'a> {
    /// The relative path and the text of each generated file to write.
    write: Vec<(&'a str, &'a str)>,
    /// The existing files that are moved aside, since they are replaced or removed.
    aside: Vec<&'a str>,
    /// The existing files that are removed, since they are no longer generated.
    remove: &'a [String],
}

/// A completed move of a file, recorded so that it can be undone.
struct Move {
    from: PathBuf,
    to: PathBuf,
}

impl<'a> Moves<'a> {
    /// Returns the file moves that make the given changes. `manifest` is the text of the new manifest.
    /// `recorded` is true if the folder already has a manifest.
    pub(super) fn of(output: &'a Output, changes: &'a Changes, manifest: &'a str, recorded: bool) -> Moves<'a> {
        let there = || changes.changed.iter().chain(&changes.overwritten);
        let text = |path: &'a String| Some((path.as_str(), output.files.get(path)?.as_str()));
        let mut write: Vec<(&str, &str)> = changes.added.iter().chain(there()).filter_map(text).collect();
        let mut aside: Vec<&str> = there().chain(&changes.removed).map(String::as_str).collect();
        if changes.manifest {
            write.push((MANIFEST, manifest));
            aside.extend(recorded.then_some(MANIFEST));
        }
        Moves { write, aside, remove: &changes.removed }
    }
}

/// Brings the folder of generated files up to date by the given file moves.
///
/// # Errors
///
/// Returns an error if a file cannot be written or moved. The folder is unchanged then.
pub(super) fn replace(dir: &Path, moves: &Moves<'_>) -> Result<(), WriteError> {
    fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
    // The staging folder is inside `dir`, so that each move is a rename within one file system.
    let stage = dir.join(format!(".writ-staging-{}", std::process::id()));
    let done = replace_through(&stage, dir, moves);
    // The staging folder is no longer needed, and a failure to remove it does not affect the generated files.
    let _ = fs::remove_dir_all(&stage);
    done
}

/// Writes the generated files to the staging folder and moves them into `dir`.
fn replace_through(stage: &Path, dir: &Path, moves: &Moves<'_>) -> Result<(), WriteError> {
    let (fresh, old) = (stage.join("new"), stage.join("old"));
    let mut made = BTreeSet::new();
    for (path, text) in &moves.write {
        let target = fresh.join(path);
        make_parent(&target, &mut made)?;
        fs::write(&target, text).map_err(|error| failed(&target, error))?;
    }
    let aside = moves.aside.iter().map(|path| (dir.join(path), old.join(path)));
    let into = moves.write.iter().map(|(path, _)| (fresh.join(path), dir.join(path)));
    let mut done: Vec<Move> = Vec::new();
    for (from, to) in aside.chain(into) {
        let moved =
            make_parent(&to, &mut made).and_then(|()| fs::rename(&from, &to).map_err(|error| failed(&from, error)));
        if let Err(error) = moved {
            for Move { from, to } in done.into_iter().rev() {
                // A failed undo is ignored, since the first error is the one to report.
                let _ = fs::rename(to, from);
            }
            return Err(error);
        }
        done.push(Move { from, to });
    }
    for path in moves.remove {
        remove_empty_folders(dir, path);
    }
    Ok(())
}

/// Creates the parent folder of a file, unless `made` lists the folder as created already.
fn make_parent(path: &Path, made: &mut BTreeSet<PathBuf>) -> Result<(), WriteError> {
    let Some(parent) = path.parent().filter(|parent| !made.contains(*parent)) else {
        return Ok(());
    };
    fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
    made.insert(parent.to_owned());
    Ok(())
}

/// Removes each parent folder of a removed file that is empty now, from the innermost up to `dir`.
fn remove_empty_folders(dir: &Path, path: &str) {
    let mut folder = Path::new(path).parent();
    while let Some(inner) = folder.filter(|inner| *inner != Path::new("")) {
        if fs::remove_dir(dir.join(inner)).is_err() {
            return;
        }
        folder = inner.parent();
    }
}
