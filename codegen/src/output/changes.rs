//! The changes that a run made to the folder of generated files.

use std::collections::BTreeMap;

use super::file_state::FileState;

/// The changes that [`write`](super::write()) made, as sorted relative paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// The files that did not exist before.
    pub added: Vec<String>,
    /// The files of an earlier run whose content changed.
    pub changed: Vec<String>,
    /// The files that were edited by hand or not generated, and were overwritten on request.
    pub overwritten: Vec<String>,
    /// The files of an earlier run that are no longer generated. An edited file is removed only on request.
    pub removed: Vec<String>,
    /// The files that were not written, since their content is the same. They keep their modification times.
    pub unchanged: Vec<String>,
    /// The files with the header of generated files that this run does not generate, in a folder that had no
    /// manifest. They are not removed.
    pub unlisted: Vec<String>,
    /// True if the manifest was written.
    pub manifest: bool,
}

impl Changes {
    /// Returns the changes that are necessary for files in these states.
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

    /// Returns true if the folder already contained generated files.
    pub(super) fn takes_over(&self) -> bool {
        !self.changed.is_empty() || !self.unchanged.is_empty()
    }
}
