//! The size of the responses that a process stores in Redis.

use std::time::{Duration, Instant};

use moka::Expiry;
use moka::sync::Cache;

/// The maximum total size of the responses that one process stores in Redis, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The memory that a response needs in Redis in addition to its bytes and its key.
const OVERHEAD: usize = 256;

/// The responses that this process has stored in Redis and that have not expired, with their sizes.
///
/// Callers can request any number of different responses, for example the pages of a list after any date. While the
/// limit is reached, further responses are not stored, so that they do not take the memory of limits and sessions.
#[derive(Debug)]
pub(super) struct Budget {
    stored: Cache<String, Stored>,
    max_bytes: u64,
}

/// A response in Redis.
#[derive(Debug, Clone)]
struct Stored {
    bytes: u32,
    lifetime: Duration,
}

/// The expiry policy of stored responses: each has its own lifetime.
struct OwnLifetime;

impl Expiry<String, Stored> for OwnLifetime {
    fn expire_after_create(&self, _: &String, stored: &Stored, _: Instant) -> Option<Duration> {
        Some(stored.lifetime)
    }

    fn expire_after_update(&self, _: &String, stored: &Stored, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(stored.lifetime)
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::new(MAX_BYTES)
    }
}

impl Budget {
    fn new(max_bytes: u64) -> Budget {
        let stored = Cache::builder().weigher(|_, stored: &Stored| stored.bytes).expire_after(OwnLifetime).build();
        Budget { stored, max_bytes }
    }

    /// Returns true if a response of this size may be stored, and adds it.
    pub(super) fn admits(&self, key: &str, bytes: usize, lifetime: Duration) -> bool {
        let bytes = u32::try_from(OVERHEAD + key.len() + bytes).unwrap_or(u32::MAX);
        // A response that replaces another takes its place.
        let replaced = self.stored.get(key).map_or(0, |stored| u64::from(stored.bytes));
        let is_full = || self.stored.weighted_size().saturating_sub(replaced) + u64::from(bytes) > self.max_bytes;
        if is_full() {
            // The size is exact only after pending tasks, such as the removal of expired responses.
            self.stored.run_pending_tasks();
            if is_full() {
                return false;
            }
        }
        self.stored.insert(key.to_owned(), Stored { bytes, lifetime });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn responses_are_stored_until_the_limit_is_reached_and_again_after_others_expire() {
        let budget = Budget::new(10_000);
        assert!(budget.admits("a", 4000, Duration::from_millis(20)));
        assert!(budget.admits("b", 4000, MINUTE));
        budget.stored.run_pending_tasks();
        assert!(!budget.admits("c", 4000, MINUTE));
        let started = Instant::now();
        while !budget.admits("c", 4000, MINUTE) {
            assert!(started.elapsed() < crate::testing::SOON);
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_response_that_replaces_another_counts_once() {
        let budget = Budget::new(10_000);
        for _ in 0..100 {
            assert!(budget.admits("a", 4000, MINUTE));
            budget.stored.run_pending_tasks();
        }
    }
}
