//! All or nothing: everything is written aside first, then moved into place, and moved back on failure.

use std::fs;
use std::path::{Path, PathBuf};

use super::folder::failed;
use super::{Changes, Output, WriteError};

/// One move of a file that can be undone.
struct Move {
    from: PathBuf,
    to: PathBuf,
}

/// Brings the folder from what it holds to what was generated.
pub(super) fn replace(dir: &Path, output: &Output, changes: &Changes) -> Result<(), WriteError> {
    fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
    // Within the folder, so that a move is a rename on one file system.
    let stage = dir.join(format!(".writ-staging-{}", std::process::id()));
    let done = replace_through(&stage, dir, output, changes);
    // What is left there is of no use, and a failure to remove it is no failure to write.
    let _ = fs::remove_dir_all(&stage);
    done
}

fn replace_through(stage: &Path, dir: &Path, output: &Output, changes: &Changes) -> Result<(), WriteError> {
    let (fresh, old) = (stage.join("new"), stage.join("old"));
    let written = || changes.added.iter().chain(&changes.changed);
    for path in written() {
        let text = output.files.get(path).map_or("", String::as_str);
        let target = fresh.join(path);
        make_parent(&target)?;
        fs::write(&target, text).map_err(|error| failed(&target, error))?;
    }
    let aside = changes.changed.iter().chain(&changes.removed).map(|path| (dir.join(path), old.join(path)));
    let into = written().map(|path| (fresh.join(path), dir.join(path)));
    let mut done: Vec<Move> = Vec::new();
    for (from, to) in aside.chain(into) {
        let moved = make_parent(&to).and_then(|()| fs::rename(&from, &to).map_err(|error| failed(&from, error)));
        if let Err(error) = moved {
            for Move { from, to } in done.into_iter().rev() {
                // Nothing better is left to do where even this fails; the first error is the one to tell.
                let _ = fs::rename(to, from);
            }
            return Err(error);
        }
        done.push(Move { from, to });
    }
    for path in &changes.removed {
        remove_empty_folders(dir, path);
    }
    Ok(())
}

fn make_parent(path: &Path) -> Result<(), WriteError> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(parent).map_err(|error| failed(parent, error))
}

/// Removes the folders that a removed file leaves empty; one that is not empty stays by itself.
fn remove_empty_folders(dir: &Path, path: &str) {
    let mut folder = Path::new(path).parent();
    while let Some(inner) = folder.filter(|inner| *inner != Path::new("")) {
        if fs::remove_dir(dir.join(inner)).is_err() {
            return;
        }
        folder = inner.parent();
    }
}
