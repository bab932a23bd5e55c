//! Overlays: documents that change a contract without an edit of its files (Overlay Specification 1.0 and 1.1).
//!
//! [`read`](read::read) turns the tree of an overlay into [`Overlay`], and [`Patch`] applies its actions to the tree of
//! the entry file, before the grammar is checked and references are followed. Nodes that come from an overlay keep
//! their spans in the overlay, so that later diagnostics point into it.

mod action;
mod advice;
mod merge;
mod patch;
mod query;
mod read;
mod remove;
mod step;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use crate::source::{FileId, Span};

pub(super) use action::Overlay;
pub(super) use patch::Patch;
pub(super) use read::read;

/// The traces of the overlays of a contract, which diagnostics and references need after the overlays are applied.
#[derive(Debug, Clone, Default)]
pub(super) struct Traces {
    /// The files of the overlays, and the views of files that copies of nodes belong to. References in their nodes
    /// start from the entry file.
    pub files: HashSet<FileId>,
    /// The JSON pointers of removed nodes of the entry file, each with the span of the target of the action.
    pub removed: BTreeMap<String, Span>,
}

impl Traces {
    /// Returns the span of the action that removed the node at a JSON pointer of the entry file, or a node around it.
    pub fn removal(&self, pointer: &str) -> Option<Span> {
        let mut pointer = pointer;
        loop {
            if let Some(span) = self.removed.get(pointer) {
                return Some(*span);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }
}
