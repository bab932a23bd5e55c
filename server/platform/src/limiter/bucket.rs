//! The state of a request's rate limit buckets, and the response headers that report it.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use writ_runtime::Limited;

use super::Counted;

/// The outcomes of the rate limit script in Redis: a bucket was empty, or no tokens may be taken.
#[cfg(feature = "redis")]
const EMPTY: i64 = 0;
#[cfg(feature = "redis")]
pub(super) const WITHHELD: i64 = 2;

/// The result of applying the rate limits to a request: allowed or not, and the remaining requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// True if every token bucket of the request had a token, so that the request is allowed.
    pub allowed: bool,
    /// The state of the rate limit bucket that restricts the caller most. The response headers report this
    /// state.
    pub tightest: Level,
}

/// The state of one rate limit bucket after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// The number of requests that the rate limit allows in one window.
    pub limit: u32,
    /// The number of requests that the rate limit still allows now.
    pub remaining: u32,
    /// The time at which the full rate limit is available again, in seconds since the Unix epoch, rounded up.
    pub reset: u64,
    /// The time until the rate limit allows the next request. Zero if a request is allowed now.
    pub retry_after: Duration,
}

impl Standing {
    /// Parses the result of the rate limit script in Redis: `outcome`, `now`, and three numbers for each bucket.
    /// Returns `None` if the result has another form.
    #[cfg(feature = "redis")]
    pub(super) fn read(numbers: &[i64], counted: &[Counted]) -> Option<Standing> {
        let (&[outcome, now], levels) = numbers.split_first_chunk::<2>()?;
        let number = |number: i64| u64::try_from(number).ok();
        let now = number(now)?;
        let mut tightest: Option<Level> = None;
        for (counted, level) in counted.iter().zip(levels.chunks_exact(3)) {
            let level = Level::new(counted, number(level[0])?, now, number(level[1])?, number(level[2])?);
            tightest = Some(tightest.map_or(level, |other| other.tighter(level)));
        }
        Some(Standing { allowed: outcome != EMPTY, tightest: tightest? })
    }

    /// Returns the value of `Retry-After` for a request that a rate limit refuses: seconds, rounded up, at least 1.
    pub fn retry_after_seconds(&self) -> u64 {
        self.tightest.retry_after.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
    }

    /// Inserts the `X-RateLimit-*` headers into a response, and `Retry-After` if the request is refused.
    pub fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in self.header_values() {
            headers.insert(name, value);
        }
    }

    /// Returns the headers of [`Standing::headers`] in the form that a response needs.
    pub(super) fn header_values(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        self.headers().map(|(name, value)| (name, HeaderValue::from(value)))
    }

    /// Returns the `X-RateLimit-*` headers for the response to a request, and `Retry-After` if the request is
    /// refused.
    pub fn headers(&self) -> impl Iterator<Item = (HeaderName, u64)> {
        let always = [
            (HeaderName::from_static("x-ratelimit-limit"), u64::from(self.tightest.limit)),
            (HeaderName::from_static("x-ratelimit-remaining"), u64::from(self.tightest.remaining)),
            (HeaderName::from_static("x-ratelimit-reset"), self.tightest.reset),
        ];
        let refused = (!self.allowed).then(|| (header::RETRY_AFTER, self.retry_after_seconds()));
        always.into_iter().chain(refused)
    }
}

/// The refusal of a request whose rate limit is exhausted, with the headers of its state.
impl From<Standing> for Limited {
    fn from(standing: Standing) -> Limited {
        Limited::new(standing.header_values())
    }
}

impl Level {
    pub(super) fn new(counted: &Counted, millitokens: u64, now: u64, until_full: u64, until_token: u64) -> Level {
        Level {
            limit: counted.limit.requests,
            remaining: u32::try_from(millitokens / 1000).unwrap_or(u32::MAX),
            reset: (now + until_full).div_ceil(1000),
            retry_after: Duration::from_millis(until_token),
        }
    }

    /// Returns the more restrictive of the states of two rate limit buckets: the one with the longer wait, then
    /// the one with fewer remaining requests.
    pub(super) fn tighter(self, other: Level) -> Level {
        let key = |level: &Level| (std::cmp::Reverse(level.retry_after), level.remaining, level.limit);
        if key(&other) < key(&self) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(limit: u32, remaining: u32, wait: u64) -> Level {
        Level { limit, remaining, reset: 0, retry_after: Duration::from_millis(wait) }
    }

    #[test]
    fn the_level_with_the_longest_wait_is_reported_then_the_one_with_fewest_requests() {
        for (tighter, other) in
            [(level(9, 5, 2), level(1, 0, 1)), (level(9, 1, 0), level(1, 2, 0)), (level(3, 1, 0), level(4, 1, 0))]
        {
            assert_eq!(tighter.tighter(other), tighter);
            assert_eq!(other.tighter(tighter), tighter);
        }
    }

    #[test]
    fn retry_after_is_rounded_up_to_at_least_a_second() {
        for (wait, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (59_999, 60)] {
            let standing = Standing { allowed: false, tightest: level(1, 0, wait) };
            assert_eq!(standing.retry_after_seconds(), seconds, "{wait}");
            let headers: Vec<_> = standing.headers().map(|(name, value)| (name.to_string(), value)).collect();
            assert_eq!(headers.last(), Some(&("retry-after".to_owned(), seconds)));
        }
        let allowed = Standing { allowed: true, tightest: level(7, 6, 0) };
        let names: Vec<_> = allowed.headers().map(|(name, _)| name.to_string()).collect();
        assert_eq!(names, ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]);
    }

    #[cfg(feature = "redis")]
    #[test]
    fn the_numbers_of_the_script_are_read_as_the_tightest_level() {
        use writ_runtime::Operation;
        use writ_runtime::operation::{LimitBy, RateLimit};

        let limit = |requests| RateLimit { requests, window: Duration::from_secs(60), by: LimitBy::Caller };
        let counted = [3, 100].map(|requests| Counted::new(&Operation::NONE, limit(requests), "a"));
        let standing = Standing::read(&[1, 1_000_500, 2500, 20_000, 0, 999, 60_000, 15_000], &counted).unwrap();
        let tightest = Level { limit: 100, remaining: 0, reset: 1061, retry_after: Duration::from_secs(15) };
        assert_eq!(standing, Standing { allowed: true, tightest });
        let refused = Standing::read(&[0, 1_000_000, 2500, 20_000, 0], &counted).unwrap();
        assert_eq!((refused.allowed, refused.tightest.remaining, refused.tightest.reset), (false, 2, 1020));
        for broken in [&[][..], &[1], &[1, 5], &[1, -5, 1, 1, 1], &[1, 5, -1, 1, 1], &[1, 5, 1, 1, -1]] {
            assert_eq!(Standing::read(broken, &counted), None, "{broken:?}");
        }
    }
}
