//! The versions of cache tags, in a fixed number of slots.
//!
//! A tag of the contract contains values of callers, such as a path parameter, so there can be any number of tags. Each
//! tag is mapped to one of 65,536 slots by its hash, and a slot has a version that each invalidation increments. Two tags
//! in one slot are invalidated together, which costs a cache miss and is never wrong.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// The number of slots.
const SLOTS: usize = 1 << 16;

/// The slot of a cache tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot(pub(super) u16);

impl Slot {
    /// Returns the slot of a cache tag, which is equal in all processes.
    pub(super) fn of(tag: &str) -> Slot {
        let hash = Sha256::digest(tag);
        Slot(u16::from_be_bytes([hash[0], hash[1]]))
    }
}

/// The versions of all slots in the memory of this process: 512 KiB.
#[derive(Debug)]
pub(super) struct MemoryVersions(Box<[AtomicU64]>);

impl Default for MemoryVersions {
    fn default() -> MemoryVersions {
        MemoryVersions((0..SLOTS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl MemoryVersions {
    /// Returns the versions of slots as a text.
    pub(super) fn of(&self, slots: &[Slot]) -> String {
        let versions = slots.iter().map(|slot| Some(self.slot(*slot).load(Ordering::SeqCst).to_string()));
        join(None, versions)
    }

    /// Increments the version of a slot.
    pub(super) fn increment(&self, slot: Slot) {
        self.slot(slot).fetch_add(1, Ordering::SeqCst);
    }

    /// Increments the versions of all slots.
    pub(super) fn increment_all(&self) {
        for version in &self.0 {
            version.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn slot(&self, slot: Slot) -> &AtomicU64 {
        &self.0[usize::from(slot.0)]
    }
}

/// Returns an epoch and the versions of slots as a text. A slot without a version was never invalidated.
pub(super) fn join(epoch: Option<String>, versions: impl Iterator<Item = Option<String>>) -> String {
    let mut text = epoch.unwrap_or_default();
    for version in versions {
        text.push('.');
        text.push_str(version.as_deref().unwrap_or("0"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_tags_have_one_slot_and_only_their_slot_changes() {
        let versions = MemoryVersions::default();
        let (first, second) = (Slot::of("event:1"), Slot::of("event:2"));
        assert_eq!(first, Slot::of("event:1"));
        let before = (versions.of(&[first]), versions.of(&[second]));
        versions.increment(first);
        assert_ne!(versions.of(&[first]), before.0);
        assert_eq!(versions.of(&[second]), before.1);
    }
}
