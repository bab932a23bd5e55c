//! The cache of responses in the memory of this process, for a service without Redis.

use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::Expiry;
use moka::sync::Cache;

use super::Lookup;
use super::pending::Batch;
use super::versions::MemoryVersions;

/// The maximum total size of the cached responses in memory, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The memory that a cached response needs in addition to its bytes and its key. It limits the number of responses.
const OVERHEAD: usize = 512;

/// The cached responses and the versions of their tags, in the memory of this process.
///
/// The responses that are used least are evicted first (TinyLFU), in constant time.
pub(super) struct MemoryCache {
    versions: MemoryVersions,
    entries: Cache<String, Entry>,
}

/// An encoded response in memory.
#[derive(Clone)]
struct Entry {
    bytes: Bytes,
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
        let weight =
            |key: &String, entry: &Entry| u32::try_from(OVERHEAD + key.len() + entry.bytes.len()).unwrap_or(u32::MAX);
        let entries = Cache::builder().max_capacity(MAX_BYTES).weigher(weight).expire_after(OwnLifetime);
        MemoryCache { versions: MemoryVersions::default(), entries: entries.build() }
    }

    /// Returns the cached bytes and the versions of the tags of a lookup.
    ///
    /// The bytes are read first: if the versions that are read after them are still those of the response, no
    /// invalidation came between.
    pub(super) fn get(&self, lookup: &Lookup) -> (Option<Bytes>, String) {
        let entry = self.entries.get(&lookup.key).map(|entry| entry.bytes);
        (entry, self.versions.of(&lookup.groups))
    }

    pub(super) fn insert(&self, key: String, bytes: Vec<u8>, lifetime: Duration) {
        // A boxed slice has no spare capacity, which the size would not count.
        self.entries.insert(key, Entry { bytes: bytes.into_boxed_slice().into(), lifetime });
    }

    /// Increments the versions of tags. This invalidates the cached responses with these tags.
    pub(super) fn invalidate(&self, batch: &Batch) {
        match batch {
            Batch::Groups(groups) => groups.iter().for_each(|group| self.versions.increment(*group)),
            Batch::All => self.versions.increment_all(),
        }
    }

    /// Returns the number of cached responses and their total size in bytes.
    pub(super) fn size(&self) -> (u64, u64) {
        self.entries.run_pending_tasks();
        (self.entries.entry_count(), self.entries.weighted_size())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_responses_stay_within_the_limit_of_memory() {
        for bytes in [1, 256 * 1024] {
            let cache = MemoryCache::new();
            for number in 0..200_000_u32.min(400 * 1024 * 1024 / bytes) {
                cache.insert(number.to_string(), vec![0; bytes as usize], Duration::from_secs(60));
            }
            let (count, size) = cache.size();
            assert!(count > 0 && size <= MAX_BYTES, "{count} responses of {size} bytes");
            assert!(count <= MAX_BYTES / OVERHEAD as u64);
        }
    }

    #[test]
    fn a_response_is_kept_for_its_own_lifetime() {
        let cache = MemoryCache::new();
        let (short, long) = (Duration::from_millis(20), Duration::from_secs(60));
        let lookup = |key: &str| Lookup { key: key.to_owned(), groups: Vec::new() };
        for (key, lifetime) in [("short", short), ("long", long), ("longer then", short), ("shorter then", long)] {
            cache.insert(key.to_owned(), vec![0], lifetime);
        }
        cache.insert("longer then".to_owned(), vec![0], long);
        cache.insert("shorter then".to_owned(), vec![0], short);
        let deadline = std::time::Instant::now() + crate::testing::SOON;
        for expired in ["short", "shorter then"] {
            while cache.get(&lookup(expired)).0.is_some() {
                assert!(std::time::Instant::now() < deadline, "{expired} is kept");
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        assert!(cache.get(&lookup("long")).0.is_some() && cache.get(&lookup("longer then")).0.is_some());
    }

    #[test]
    fn the_size_counts_the_responses_and_their_bytes_with_their_keys() {
        let cache = MemoryCache::new();
        assert_eq!(cache.size(), (0, 0));
        for (key, bytes) in [("a", 1000), ("bc", 500)] {
            cache.insert(key.to_owned(), vec![0; bytes], Duration::from_secs(60));
        }
        assert_eq!(cache.size(), (2, 1503 + 2 * OVERHEAD as u64));
    }
}
