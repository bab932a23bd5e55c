//! The changes that one run of the generator made to the folder of generated files.

use std::collections::BTreeMap;

use super::file_state::FileState;

/// The changes that [`write`](super::write()) made to a folder of generated files. Each list has sorted
/// relative paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The generated files that did not exist before this run of the generator.
    pub added: Vec<String>,
    /// The files of an earlier run that were replaced, since their generated content changed.
    pub changed: Vec<String>,
    /// The files that were overwritten on request, although they were edited by hand or not written by the generator.
    pub overwritten: Vec<String>,
    /// The files of an earlier run that were removed, since they are no longer generated. A file that was edited by
    /// hand is removed only on request.
    pub removed: Vec<String>,
    /// The generated files that were not written, since the file on disk has this content already. They keep
    /// their modification times.
    pub unchanged: Vec<String>,
    /// The files on disk that have the header of generated files but are not generated now. They are collected
    /// only in a folder that had no manifest, and are not removed.
    pub unlisted: Vec<String>,
    /// True if the manifest, the list of generated files with their hashes, was written.
    pub manifest: bool,
}

impl Changes {
    /// Returns the changes that a run of the generator has to make to a folder whose files are in the given states.
    pub(super) fn of(states: &BTreeMap<String, FileState>) -> Changes {
        let mut changes = Changes::default();
        for (path, state) in states {
            let path = path.clone();
            match state {
                FileState::Missing => changes.added.push(path),
                FileState::Fresh => changes.unchanged.push(path),
                FileState::Stale(_) => changes.changed.push(path),
                FileState::Leftover | FileState::EditedLeftover => changes.removed.push(path),
                FileState::Edited | FileState::NotGenerated => changes.overwritten.push(path),
                FileState::OtherCrate | FileState::Link => {}
            }
        }
        changes
    }

    /// Returns true if no generated file was written or removed.
    pub fn is_empty(&self) -> bool {
        [&self.added, &self.changed, &self.overwritten, &self.removed].iter().all(|paths| paths.is_empty())
    }

    /// Returns true if the folder already contained files that this run generates, written by an earlier run.
    pub(super) fn takes_over(&self) -> bool {
        !self.changed.is_empty() || !self.unchanged.is_empty()
    }
}
