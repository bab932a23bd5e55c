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
        // No bucket is forgotten before it is full again: a window has at most a day.
        LocalBuckets(Cache::builder().max_capacity(MAX_BUCKETS).time_to_idle(Duration::from_secs(86_400)).build())
    }

    /// Takes one request from each rate limit bucket in memory, or from none if one of them is empty.
    pub(super) fn take(&self, counted: &[Counted], now: u64) -> Standing {
        self.visit(counted, now, true)
    }

    /// Returns the state of the rate limit buckets in memory for a request that takes nothing.
    pub(super) fn look(&self, counted: &[Counted], now: u64) -> Standing {
        Standing { allowed: true, ..self.visit(counted, now, false) }
    }

    fn visit(&self, counted: &[Counted], now: u64, takes: bool) -> Standing {
        let mut counted: Vec<&Counted> = counted.iter().collect();
        // All requests lock their buckets in one order, so that no two of them wait for each other.
        counted.sort_by(|one, other| one.bucket.cmp(&other.bucket));
        counted.dedup_by(|one, other| one.bucket == other.bucket);
        let buckets: Vec<_> = counted.iter().map(|counted| self.bucket(counted, now)).collect();
        let mut buckets: Vec<_> =
            buckets.iter().map(|bucket| bucket.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        for (bucket, counted) in buckets.iter_mut().zip(&counted) {
            bucket.refill(counted, now);
        }
        let allowed = buckets.iter().all(|bucket| bucket.tokens >= 1.0);
        let mut tightest: Option<Level> = None;
        for (bucket, counted) in buckets.iter_mut().zip(&counted) {
            if allowed && takes {
                bucket.tokens -= 1.0;
            }
            let level = bucket.level(counted, now);
            tightest = Some(tightest.map_or(level, |other| other.tighter(level)));
        }
        let open = Level { limit: 0, remaining: 0, reset: 0, retry_after: Duration::ZERO };
        Standing { allowed, tightest: tightest.unwrap_or(open) }
    }

    fn bucket(&self, counted: &Counted, now: u64) -> Arc<Mutex<Bucket>> {
        let full = || Arc::new(Mutex::new(Bucket { tokens: f64::from(counted.limit.requests), at: now }));
        self.0.get_with_by_ref(&counted.bucket, full)
    }
}

impl Bucket {
    /// Adds the tokens for the time since the last refill.
    fn refill(&mut self, counted: &Counted, now: u64) {
        let tokens = self.tokens + now.saturating_sub(self.at) as f64 / token_interval(counted);
        self.tokens = tokens.min(f64::from(counted.limit.requests));
        self.at = now.max(self.at);
    }

    /// Returns the state of the bucket, as responses report it.
    fn level(&self, counted: &Counted, now: u64) -> Level {
        let until_full = ((f64::from(counted.limit.requests) - self.tokens) * token_interval(counted)).ceil() as u64;
        let until_token = ((1.0 - self.tokens).max(0.0) * token_interval(counted)).ceil() as u64;
        Level::new(counted, (self.tokens * 1000.0) as u64, now, until_full, until_token)
    }
}

/// Returns the milliseconds in which a bucket receives one token.
fn token_interval(counted: &Counted) -> f64 {
    counted.limit.window.as_secs_f64() * 1000.0 / f64::from(counted.limit.requests)
}

#[cfg(test)]
mod tests {
    use writ_runtime::Operation;
    use writ_runtime::operation::{LimitBy, RateLimit};

    use super::*;

    const THREE: RateLimit = RateLimit { requests: 3, window: Duration::from_secs(60), by: LimitBy::Caller };
    const HUNDRED: RateLimit = RateLimit { requests: 100, window: Duration::from_secs(60), by: LimitBy::Address };

    fn counted(limit: RateLimit) -> Counted {
        Counted::new(&Operation::NONE, limit, "a")
    }

    #[test]
    fn a_bucket_in_memory_loses_a_token_for_a_request_and_gains_one_in_each_interval() {
        let buckets = LocalBuckets::new();
        // The time in milliseconds, and then: allowed, remaining requests, reset in seconds, wait in milliseconds.
        for (now, expected) in [
            (1_000_000, (true, 2, 1020, 0)),
            (1_000_000, (true, 1, 1040, 0)),
            (1_000_000, (true, 0, 1060, 20_000)),
            (1_000_000, (false, 0, 1060, 20_000)),
            (1_010_000, (false, 0, 1060, 10_000)),
            (1_020_000, (true, 0, 1080, 20_000)),
            // A clock that goes back adds no tokens.
            (1_000_000, (false, 0, 1060, 20_000)),
            (1_040_000, (true, 0, 1100, 20_000)),
            (9_000_000, (true, 2, 9020, 0)),
        ] {
            let Standing { allowed, tightest } = buckets.take(&[counted(THREE)], now);
            let wait = tightest.retry_after.as_millis();
            assert_eq!((allowed, tightest.remaining, tightest.reset, wait), expected, "{now}");
            assert_eq!(tightest.limit, 3);
        }
    }

    #[test]
    fn a_request_takes_once_from_each_of_its_buckets_in_memory() {
        let buckets = LocalBuckets::new();
        let standing = buckets.take(&[counted(HUNDRED), counted(THREE), counted(HUNDRED)], 0);
        assert_eq!((standing.tightest.limit, standing.tightest.remaining), (3, 2));
        assert_eq!(buckets.take(&[counted(HUNDRED)], 0).tightest.remaining, 98);
        assert!(buckets.take(&[], 0).allowed);
    }
}
