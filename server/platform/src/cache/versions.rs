//! The versions of cache tags, in a fixed number of groups.
//!
//! A tag of the contract contains values of callers, such as a path parameter, so there can be any number of tags. Each
//! tag is mapped to one of 65,536 groups by its hash, and a group has a version that each invalidation increments. Two tags
//! in one group are invalidated together, which costs a cache miss and is never wrong.

use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// The number of groups.
pub(super) const GROUPS: usize = 1 << 16;

/// The group of a cache tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TagGroup(pub(super) u16);

impl TagGroup {
    /// Returns the group of a cache tag, which is equal in all processes.
    pub(super) fn of(tag: &str) -> TagGroup {
        let hash = Sha256::digest(tag);
        TagGroup(u16::from_be_bytes([hash[0], hash[1]]))
    }
}

/// The versions of all groups in the memory of this process: 512 KiB.
#[derive(Debug)]
pub(super) struct MemoryVersions(Box<[AtomicU64]>);

impl Default for MemoryVersions {
    fn default() -> MemoryVersions {
        MemoryVersions((0..GROUPS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl MemoryVersions {
    /// Returns the versions of groups as a text.
    pub(super) fn of(&self, groups: &[TagGroup]) -> String {
        let versions = groups.iter().map(|group| Some(self.group(*group).load(Ordering::SeqCst).to_string()));
        join(None, versions)
    }

    /// Increments the version of a group.
    pub(super) fn increment(&self, group: TagGroup) {
        self.group(group).fetch_add(1, Ordering::SeqCst);
    }

    /// Increments the versions of all groups.
    pub(super) fn increment_all(&self) {
        for version in &self.0 {
            version.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn group(&self, group: TagGroup) -> &AtomicU64 {
        &self.0[usize::from(group.0)]
    }
}

/// Returns an epoch and the versions of groups as a text. A group without a version was never invalidated.
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
    fn equal_tags_have_one_group_and_only_their_group_changes() {
        let versions = MemoryVersions::default();
        let (first, second) = (TagGroup::of("event:1"), TagGroup::of("event:2"));
        assert_eq!(first, TagGroup::of("event:1"));
        let before = (versions.of(&[first]), versions.of(&[second]));
        versions.increment(first);
        assert_ne!(versions.of(&[first]), before.0);
        assert_eq!(versions.of(&[second]), before.1);
    }

    #[test]
    fn all_groups_can_change_together() {
        let versions = MemoryVersions::default();
        let groups = [TagGroup(0), TagGroup(7), TagGroup(u16::MAX)];
        versions.increment(groups[1]);
        assert_eq!(versions.of(&groups), ".0.1.0");
        versions.increment_all();
        assert_eq!(versions.of(&groups), ".1.2.1");
    }

    #[test]
    fn a_group_without_a_version_has_the_first_one() {
        let versions = [Some("3".to_owned()), None];
        assert_eq!(join(Some("e".to_owned()), versions.into_iter()), "e.3.0");
        assert_eq!(join(None, [].into_iter()), "");
    }
}
