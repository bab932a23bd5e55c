//! The invalidations that Redis has not confirmed.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::versions::{SLOTS, Slot};

/// The maximum number of slots that are pending one by one. Beyond it, all cached responses are invalidated.
const MAX_SLOTS: usize = 4096;

/// The maximum number of slots in a batch, so that Redis confirms it within its timeout.
pub(super) const BATCH: usize = 512;

/// The invalidations that Redis has not confirmed. While there are any, this process does not use the cache.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    slots: BTreeSet<Slot>,
    /// True if all cached responses must be invalidated.
    all: bool,
    /// True while a task delivers the invalidations.
    is_delivering: bool,
}

/// Invalidations that one pipeline delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Batch {
    /// The responses with a tag in one of these slots.
    Slots(Vec<Slot>),
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
            state.slots.clear();
            return Some(Batch::All);
        }
        let slots: Vec<Slot> = state.slots.iter().take(BATCH).copied().collect();
        if slots.is_empty() {
            state.is_delivering = false;
            return None;
        }
        state.slots.retain(|slot| slots.binary_search(slot).is_err());
        Some(Batch::Slots(slots))
    }

    /// Returns the number of slots whose invalidation Redis has not confirmed: all of them if every cached response is
    /// to be invalidated.
    pub(super) fn len(&self) -> usize {
        let state = self.lock();
        if state.all { SLOTS } else { state.slots.len() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, batch: Batch) {
        match batch {
            Batch::Slots(slots) if !self.all => self.slots.extend(slots),
            Batch::Slots(_) => {}
            Batch::All => self.all = true,
        }
        if self.slots.len() > MAX_SLOTS {
            self.all = true;
        }
        if self.all {
            self.slots.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(range: std::ops::Range<u16>) -> Batch {
        Batch::Slots(range.map(Slot).collect())
    }

    #[test]
    fn pending_slots_are_delivered_in_batches_of_limited_size() {
        let pending = Pending::default();
        assert!(pending.is_empty());
        assert!(pending.add(slots(0..1000)));
        assert!(!pending.add(slots(900..1100)));
        assert_eq!(pending.len(), 1100);
        let mut delivered = 0;
        while let Some(Batch::Slots(batch)) = pending.next() {
            assert!(batch.len() <= BATCH && !pending.is_empty());
            delivered += batch.len();
        }
        assert_eq!((delivered, pending.is_empty()), (1100, true));
    }

    #[test]
    fn too_many_pending_slots_invalidate_everything_at_once() {
        let pending = Pending::default();
        for start in 0..60 {
            pending.add(slots(start * 1000..(start + 1) * 1000));
        }
        assert!(pending.lock().slots.len() <= MAX_SLOTS);
        assert_eq!(pending.len(), SLOTS);
        assert_eq!((pending.next(), pending.next()), (Some(Batch::All), None));
    }

    #[test]
    fn an_invalidation_during_the_delivery_of_an_equal_one_is_delivered_too() {
        let pending = Pending::default();
        pending.add(slots(0..1));
        assert_eq!(pending.next(), Some(slots(0..1)));
        pending.add(slots(0..1));
        assert_eq!((pending.next(), pending.next()), (Some(slots(0..1)), None));
    }
}
