//! The invalidations that are repeated after some time, because the outcome of a transaction is not known.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::versions::TagGroup;

/// The invalidations to repeat. They are kept for at least one interval of the task that takes them, and at most two.
#[derive(Debug, Default)]
pub(super) struct Late(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The groups of the current interval.
    new: BTreeSet<TagGroup>,
    /// The groups of the previous interval.
    old: BTreeSet<TagGroup>,
    has_task: bool,
}

impl Late {
    /// Adds groups. Returns true if no task takes them yet, so that the caller must start one.
    pub(super) fn add(&self, groups: impl IntoIterator<Item = TagGroup>) -> bool {
        let mut state = self.lock();
        state.new.extend(groups);
        !std::mem::replace(&mut state.has_task, true)
    }

    /// Begins a new interval, and returns the groups that were kept for at least one. Returns `None` at the end of the
    /// task.
    pub(super) fn next(&self) -> Option<Vec<TagGroup>> {
        let mut state = self.lock();
        if state.new.is_empty() && state.old.is_empty() {
            state.has_task = false;
            return None;
        }
        let due = std::mem::take(&mut state.old);
        state.old = std::mem::take(&mut state.new);
        Some(due.into_iter().collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_due_after_a_complete_interval() {
        let late = Late::default();
        assert!(late.add([TagGroup(1)]));
        assert_eq!(late.next(), Some(vec![]));
        assert!(!late.add([TagGroup(2)]));
        assert_eq!((late.next(), late.next()), (Some(vec![TagGroup(1)]), Some(vec![TagGroup(2)])));
        assert_eq!(late.next(), None);
        assert!(late.add([TagGroup(3)]));
    }
}
