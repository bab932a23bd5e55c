//! What is left in buckets, and the headers that tell it.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::Counted;

/// How a request stands with its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether every bucket had a token.
    pub allowed: bool,
    /// The bucket that is the nearest to empty: the one that callers are told of.
    pub tightest: Level,
}

/// How full one bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// How many requests its window allows.
    pub limit: u32,
    /// How many are left now.
    pub remaining: u32,
    /// When all of them are available again, in seconds since 1970-01-01 UTC, rounded up.
    pub reset: u64,
    /// How long to wait for the next one; zero when one is left.
    pub retry_after: Duration,
}

impl Standing {
    /// Reads what the script answered: `allowed, now`, then three numbers a bucket.
    pub(super) fn read(numbers: &[i64], counted: &[Counted]) -> Option<Standing> {
        let (&[allowed, now], levels) = numbers.split_first_chunk::<2>()?;
        let number = |number: i64| u64::try_from(number).ok();
        let now = number(now)?;
        let mut tightest: Option<Level> = None;
        for (one, level) in counted.iter().zip(levels.chunks_exact(3)) {
            let level = Level::new(one, number(level[0])?, now, number(level[1])?, number(level[2])?);
            tightest = Some(tightest.map_or(level, |other| other.tighter(level)));
        }
        Some(Standing { allowed: allowed == 1, tightest: tightest? })
    }

    /// Whole seconds to wait when the request was not let in, at least one.
    pub fn retry_after_seconds(&self) -> u64 {
        self.tightest.retry_after.as_millis().div_ceil(1000).max(1).try_into().unwrap_or(u64::MAX)
    }

    /// Writes `X-RateLimit-*`, and `Retry-After` where the request was not let in.
    pub fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in self.headers() {
            headers.insert(name, HeaderValue::from(value));
        }
    }

    /// The headers and their values.
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

impl Level {
    pub(super) fn new(counted: &Counted, millitokens: u64, now: u64, until_full: u64, until_token: u64) -> Level {
        Level {
            limit: counted.limit.requests,
            remaining: u32::try_from(millitokens / 1000).unwrap_or(u32::MAX),
            reset: (now + until_full).div_ceil(1000),
            retry_after: Duration::from_millis(until_token),
        }
    }

    /// The one of two that stops the caller sooner or longer.
    pub(super) fn tighter(self, other: Level) -> Level {
        let key = |level: &Level| (std::cmp::Reverse(level.retry_after), level.remaining, level.limit);
        if key(&other) < key(&self) { other } else { self }
    }
}
