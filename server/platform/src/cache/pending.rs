//! The invalidations that Redis has not confirmed.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::versions::{GROUPS, TagGroup};

/// The maximum number of groups that are pending one by one. Beyond it, all cached responses are invalidated.
const MAX_GROUPS: usize = 4096;

/// The maximum number of groups in a batch, so that Redis confirms it within its timeout.
pub(super) const BATCH: usize = 512;

/// The invalidations that Redis has not confirmed. While there are any, this process does not use the cache.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    groups: BTreeSet<TagGroup>,
    /// True if all cached responses must be invalidated.
    all: bool,
    /// True while a task delivers the invalidations.
    is_delivering: bool,
}

/// Invalidations that one pipeline delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Batch {
    /// The responses with a tag in one of these groups.
    Groups(Vec<TagGroup>),
    /// Every cached response.
    All,
}

impl Pending {
    /// Returns true if Redis has confirmed every invalidation of this process.
    pub(super) fn is_empty(&self) -> bool {
        !self.lock().is_delivering
    }

    /// Adds invalidations. Returns true if no task delivers them yet, so that the caller must start one.
    pub(super) fn add(&self, batch: Batch) -> bool {
        let mut state = self.lock();
        state.add(batch);
        !std::mem::replace(&mut state.is_delivering, true)
    }

    /// Takes the next batch out of the set, for the task that delivers it. Returns `None` at the end of the task. If the
    /// delivery fails, [`Pending::add`] must put the batch back.
    ///
    /// An invalidation that is added during the delivery of an equal one is delivered too, because it can belong to a
    /// later change of the data.
    pub(super) fn next(&self) -> Option<Batch> {
        let mut state = self.lock();
        if std::mem::take(&mut state.all) {
            state.groups.clear();
            return Some(Batch::All);
        }
        let groups: Vec<TagGroup> = state.groups.iter().take(BATCH).copied().collect();
        if groups.is_empty() {
            state.is_delivering = false;
            return None;
        }
        state.groups.retain(|group| groups.binary_search(group).is_err());
        Some(Batch::Groups(groups))
    }

    /// Returns the number of groups whose invalidation Redis has not confirmed: all of them if every cached response is
    /// to be invalidated.
    pub(super) fn len(&self) -> usize {
        let state = self.lock();
        if state.all { GROUPS } else { state.groups.len() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, batch: Batch) {
        match batch {
            Batch::Groups(groups) if !self.all => self.groups.extend(groups),
            Batch::Groups(_) => {}
            Batch::All => self.all = true,
        }
        if self.groups.len() > MAX_GROUPS {
            self.all = true;
        }
        if self.all {
            self.groups.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(range: std::ops::Range<u16>) -> Batch {
        Batch::Groups(range.map(TagGroup).collect())
    }

    #[test]
    fn pending_groups_are_delivered_in_batches_of_limited_size() {
        let pending = Pending::default();
        assert!(pending.is_empty());
        assert!(pending.add(groups(0..1000)));
        assert!(!pending.add(groups(900..1100)));
        assert_eq!(pending.len(), 1100);
        let mut delivered = 0;
        while let Some(Batch::Groups(batch)) = pending.next() {
            assert!(batch.len() <= BATCH && !pending.is_empty());
            delivered += batch.len();
        }
        assert_eq!((delivered, pending.is_empty()), (1100, true));
    }

    #[test]
    fn too_many_pending_groups_invalidate_everything_at_once() {
        let pending = Pending::default();
        for start in 0..60 {
            pending.add(groups(start * 1000..(start + 1) * 1000));
        }
        assert!(pending.lock().groups.len() <= MAX_GROUPS);
        assert_eq!(pending.len(), GROUPS);
        assert_eq!((pending.next(), pending.next()), (Some(Batch::All), None));
    }

    #[test]
    fn an_invalidation_during_the_delivery_of_an_equal_one_is_delivered_too() {
        let pending = Pending::default();
        pending.add(groups(0..1));
        assert_eq!(pending.next(), Some(groups(0..1)));
        pending.add(groups(0..1));
        assert_eq!((pending.next(), pending.next()), (Some(groups(0..1)), None));
    }
}
