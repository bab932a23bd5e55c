//! Token buckets of this process: less just than the shared ones, but there when Redis is not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

use super::{Counted, Level, Standing};

/// The most buckets that are kept; the least used are forgotten first.
const MOST: u64 = 100_000;

pub(super) struct LocalBuckets(Cache<String, Arc<Mutex<Bucket>>>);

struct Bucket {
    tokens: f64,
    /// Milliseconds since 1970-01-01 UTC.
    at: u64,
}

impl LocalBuckets {
    pub(super) fn new() -> LocalBuckets {
        LocalBuckets(Cache::builder().max_capacity(MOST).time_to_idle(Duration::from_secs(3600)).build())
    }

    /// The same as the script does, except that with several buckets each is looked at on its own.
    pub(super) fn take(&self, counted: &[Counted], now: u64) -> Standing {
        let mut standing: Option<Standing> = None;
        for one in counted {
            let (allowed, level) = self.take_one(one, now);
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

    fn take_one(&self, counted: &Counted, now: u64) -> (bool, Level) {
        let capacity = f64::from(counted.limit.requests);
        let a_token = counted.limit.window.as_secs_f64() * 1000.0 / capacity;
        let bucket =
            self.0.get_with_by_ref(&counted.bucket, || Arc::new(Mutex::new(Bucket { tokens: capacity, at: now })));
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.tokens = capacity.min(bucket.tokens + now.saturating_sub(bucket.at) as f64 / a_token);
        bucket.at = now.max(bucket.at);
        let allowed = bucket.tokens >= 1.0;
        if allowed {
            bucket.tokens -= 1.0;
        }
        let until_full = ((capacity - bucket.tokens) * a_token).ceil() as u64;
        let until_token = ((1.0 - bucket.tokens).max(0.0) * a_token).ceil() as u64;
        (allowed, Level::new(counted, (bucket.tokens * 1000.0) as u64, now, until_full, until_token))
    }
}
