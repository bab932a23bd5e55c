//! The changes that a run made to the folder.

use std::collections::BTreeMap;

use super::file_state::FileState;

/// The changes that writing made, as relative paths in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that were not there.
    pub added: Vec<String>,
    /// Files of an earlier run that held something else.
    pub changed: Vec<String>,
    /// Files that were edited by hand or not generated, and were overwritten on request.
    pub overwritten: Vec<String>,
    /// Files of an earlier run that are no longer generated; edited ones only on request.
    pub removed: Vec<String>,
    /// Files that were left untouched, so that their times stay.
    pub unchanged: Vec<String>,
    /// Files that carry the header of generated files in a folder that had no manifest, and that this
    /// run does not generate. They stay.
    pub unlisted: Vec<String>,
    /// True if the manifest was written.
    pub manifest: bool,
}

impl Changes {
    /// The changes that bring files from their states to what is generated.
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

    /// True if no generated file was written or removed.
    pub fn is_empty(&self) -> bool {
        [&self.added, &self.changed, &self.overwritten, &self.removed].iter().all(|paths| paths.is_empty())
    }

    /// True if the folder holds generated files already.
    pub(super) fn takes_over(&self) -> bool {
        !self.changed.is_empty() || !self.unchanged.is_empty()
    }
}
