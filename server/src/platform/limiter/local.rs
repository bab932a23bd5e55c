//! The rate limit buckets in the memory of this process, which replace the shared buckets while Redis is
//! unavailable.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

use super::{Counted, Level, Standing};

/// The maximum number of rate limit buckets in memory. The least used buckets are evicted first.
const MAX_BUCKETS: u64 = 100_000;

/// The rate limit buckets in the memory of this process, by Redis key.
pub(super) struct LocalBuckets(Cache<String, Arc<Mutex<Bucket>>>);

/// A token bucket of a rate limit in the memory of this process.
struct Bucket {
    tokens: f64,
    /// The time of the last refill of a rate limit bucket in memory, in milliseconds since the Unix epoch.
    at: u64,
}

impl LocalBuckets {
    pub(super) fn new() -> LocalBuckets {
        LocalBuckets(Cache::builder().max_capacity(MAX_BUCKETS).time_to_idle(Duration::from_secs(3600)).build())
    }

    /// Takes one request from each rate limit bucket in memory.
    ///
    /// Unlike the script in Redis, this function also takes from the other buckets if one of them is empty.
    pub(super) fn take(&self, counted: &[Counted], now: u64) -> Standing {
        let mut standing: Option<Standing> = None;
        for counted in counted {
            let (allowed, level) = self.take_one(counted, now);
            standing = Some(match standing {
                Some(so_far) => {
                    Standing { allowed: so_far.allowed && allowed, tightest: so_far.tightest.tighter(level) }
                }
                None => Standing { allowed, tightest: level },
            });
        }
        let open = Level { limit: 0, remaining: 0, reset: 0, retry_after: Duration::ZERO };
        standing.unwrap_or(Standing { allowed: true, tightest: open })
    }

    /// Takes one request from a rate limit bucket. Returns true if the bucket had a token, and the state of the
    /// bucket.
    fn take_one(&self, counted: &Counted, now: u64) -> (bool, Level) {
        let capacity = f64::from(counted.limit.requests);
        let token_interval = counted.limit.window.as_secs_f64() * 1000.0 / capacity;
        let bucket =
            self.0.get_with_by_ref(&counted.bucket, || Arc::new(Mutex::new(Bucket { tokens: capacity, at: now })));
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.tokens = capacity.min(bucket.tokens + now.saturating_sub(bucket.at) as f64 / token_interval);
        bucket.at = now.max(bucket.at);
        let allowed = bucket.tokens >= 1.0;
        if allowed {
            bucket.tokens -= 1.0;
        }
        let until_full = ((capacity - bucket.tokens) * token_interval).ceil() as u64;
        let until_token = ((1.0 - bucket.tokens).max(0.0) * token_interval).ceil() as u64;
        (allowed, Level::new(counted, (bucket.tokens * 1000.0) as u64, now, until_full, until_token))
    }
}
