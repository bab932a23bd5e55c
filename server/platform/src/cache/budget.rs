//! The size of the responses that a process stores in Redis.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::notification::RemovalCause;
use moka::sync::Cache;

/// The maximum total size of the responses that one process stores in Redis, in bytes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The memory that a response needs in Redis in addition to its bytes and its key.
const OVERHEAD: usize = 256;

/// The responses that this process has stored in Redis and that have not expired, with their sizes.
///
/// Callers can request any number of different responses, for example the pages of a list after any date. At the limit,
/// the responses that are used least are evicted (TinyLFU), so that they do not take the memory of limits and sessions, and
/// frequent ones stay.
#[derive(Debug)]
pub(super) struct Budget {
    stored: Cache<String, Stored>,
    /// The keys of the evicted responses that Redis still has.
    evicted: Arc<Mutex<Vec<String>>>,
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
    pub(super) fn new(max_bytes: u64) -> Budget {
        let evicted = Arc::<Mutex<Vec<String>>>::default();
        let keys = evicted.clone();
        // Redis itself deletes expired responses.
        let listener = move |key: Arc<String>, _, cause| {
            if cause == RemovalCause::Size {
                keys.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::unwrap_or_clone(key));
            }
        };
        let stored = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_, stored: &Stored| stored.bytes)
            .expire_after(OwnLifetime)
            .eviction_listener(listener);
        Budget { stored: stored.build(), evicted }
    }

    /// Adds a response of this size, and returns the keys to delete from Redis. They contain the key of the added response
    /// if it must not be stored.
    pub(super) fn add(&self, key: &str, bytes: usize, lifetime: Duration) -> Vec<String> {
        let bytes = u32::try_from(OVERHEAD + key.len() + bytes).unwrap_or(u32::MAX);
        self.stored.insert(key.to_owned(), Stored { bytes, lifetime });
        // The decision about the new response is a pending task too.
        self.stored.run_pending_tasks();
        std::mem::take(&mut self.evicted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records that a response was served, so that it is not evicted soon.
    pub(super) fn used(&self, key: &str) {
        let _ = self.stored.get(key);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Adds a response of 4,000 bytes to a budget and to the keys that Redis would have.
    fn add(budget: &Budget, redis: &mut BTreeSet<String>, key: &str) {
        redis.insert(key.to_owned());
        for evicted in budget.add(key, 4000, MINUTE) {
            redis.remove(&evicted);
        }
    }

    #[test]
    fn a_frequent_response_stays_while_any_number_of_others_take_the_rest_of_the_memory() {
        let (budget, mut redis) = (Budget::new(40_000), BTreeSet::new());
        add(&budget, &mut redis, "frequent");
        for number in 0..500 {
            budget.used("frequent");
            add(&budget, &mut redis, &number.to_string());
            assert!(redis.len() <= 10, "{redis:?}");
            assert!(redis.contains("frequent"), "{number}");
        }
        assert!(redis.len() > 5, "{redis:?}");
    }

    #[test]
    fn a_response_takes_the_place_of_one_that_is_used_less() {
        let (budget, mut redis) = (Budget::new(10_000), BTreeSet::new());
        for key in ["a", "b"] {
            add(&budget, &mut redis, key);
        }
        for _ in 0..10 {
            budget.used("c");
        }
        add(&budget, &mut redis, "c");
        assert!(redis.contains("c") && redis.len() == 2, "{redis:?}");
    }

    #[test]
    fn a_response_that_replaces_another_counts_once() {
        let budget = Budget::new(10_000);
        for _ in 0..100 {
            assert!(budget.add("a", 4000, MINUTE).is_empty());
        }
        assert!(budget.add("b", 4000, MINUTE).is_empty());
    }

    #[test]
    fn a_response_larger_than_the_budget_is_not_stored() {
        assert_eq!(Budget::new(10_000).add("a", 20_000, MINUTE), ["a"]);
    }
}
