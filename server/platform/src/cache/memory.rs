//! The cache of responses in the memory of this process, for a service without Redis.

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;
use uuid::Uuid;

use super::{Lookup, VERSION_SECONDS};

/// The maximum total size of the cached responses in memory, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The maximum number of cache tags whose versions are in memory.
const MAX_TAGS: u64 = 100_000;

/// The cached responses and the versions of their tags, in the memory of this process.
pub(super) struct MemoryCache {
    versions: Cache<String, Arc<str>>,
    entries: Cache<String, Entry>,
}

/// An encoded response in memory.
#[derive(Clone)]
struct Entry {
    bytes: Arc<[u8]>,
    lifetime: Duration,
}

/// The expiry policy of the cached responses in memory: each has its own lifetime.
struct OwnLifetime;

impl Expiry<String, Entry> for OwnLifetime {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.lifetime)
    }

    fn expire_after_update(&self, _: &String, entry: &Entry, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(entry.lifetime)
    }
}

impl MemoryCache {
    pub(super) fn new() -> MemoryCache {
        let weight = |key: &String, entry: &Entry| u32::try_from(key.len() + entry.bytes.len()).unwrap_or(u32::MAX);
        let lifetime = Duration::from_secs(VERSION_SECONDS);
        MemoryCache {
            versions: Cache::builder().max_capacity(MAX_TAGS).time_to_live(lifetime).build(),
            entries: Cache::builder().max_capacity(MAX_BYTES).weigher(weight).expire_after(OwnLifetime).build(),
        }
    }

    /// Returns the cached bytes and the versions of the tags of a lookup.
    ///
    /// The bytes are read first: if the versions that are read after them are still those of the response, no
    /// invalidation came between.
    pub(super) fn get(&self, lookup: &Lookup) -> (Option<Arc<[u8]>>, Vec<String>) {
        let entry = self.entries.get(&lookup.key).map(|entry| entry.bytes);
        let new = || Arc::from(Uuid::new_v4().simple().to_string());
        let versions = lookup.tags.iter().map(|tag| self.versions.get_with_by_ref(tag, new).to_string());
        (entry, versions.collect())
    }

    pub(super) fn insert(&self, key: String, bytes: Vec<u8>, lifetime: Duration) {
        self.entries.insert(key, Entry { bytes: bytes.into(), lifetime });
    }

    /// Returns the number of cached responses and their size in bytes.
    pub(super) fn size(&self) -> (u64, u64) {
        (self.entries.entry_count(), self.entries.weighted_size())
    }

    /// Deletes the versions of tags. This invalidates the cached responses with these tags.
    pub(super) fn invalidate<'a>(&self, tags: impl IntoIterator<Item = &'a String>) {
        for tag in tags {
            self.versions.invalidate(tag);
        }
    }
}
