//! The policies that a contract declares for an operation: rate limits, idempotency, cache and retries.

use std::time::Duration;

/// A rate limit of an operation (`x-rate-limit`).
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::{LimitBy, RateLimit};
///
/// // x-rate-limit: { requests: 100, window: 60s }
/// let limit = RateLimit { requests: 100, window: Duration::from_secs(60), by: LimitBy::Caller };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests that the rate limit admits in a window.
    pub requests: u32,
    /// The length of the rate limit's window.
    pub window: Duration,
    /// The property by which a rate limit counts requests: principal, client address or account.
    pub by: LimitBy,
}

/// The property by which a rate limit counts requests: principal, client address or account. [`RateLimit`] has an
/// example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitBy {
    /// Counts the requests of each principal separately. Requests without a principal are counted by the
    /// client's address.
    Caller,
    /// Counts the requests of each client address separately.
    Address,
    /// Counts the requests for each account separately, for example the account in the body of a login. The
    /// handler applies this limit, since the [`Gate`](crate::Gate) does not know the account.
    Account,
}

/// The idempotency policy of an operation (`x-idempotency`): the effect of the header `Idempotency-Key`.
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::Idempotency;
///
/// // x-idempotency: { retention: 24h }
/// let idempotency = Idempotency { retention: Duration::from_secs(24 * 60 * 60) };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The time for which the response to an `Idempotency-Key` is stored and sent again for requests with that
    /// key.
    pub retention: Duration,
}

/// The cache policy of an operation (`x-cache`).
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::Cache;
///
/// // x-cache: { ttl: 300s, tags: ["user:{userId}"] }
/// let cache = Cache { ttl: Duration::from_secs(300), tags: &["user:{userId}"], shared: false };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The time for which a response of the operation may be cached.
    pub ttl: Duration,
    /// The tags by which the operation's cached responses are invalidated, for example `user:{userId}`. A
    /// placeholder names a path parameter, or the caller (`{principal}`).
    pub tags: &'static [&'static str],
    /// True if all principals share one cached response. Otherwise each principal has a separate one.
    pub shared: bool,
}

/// The retries of an operation by other services that call it (`x-retry`).
///
/// ```
/// use writ_runtime::Retry;
///
/// // x-retry: { attempts: 3 }
/// let retry = Retry { attempts: 3, hedge: None };
/// // x-retry: false
/// let never = Retry::NEVER;
/// # assert!(never.attempts < retry.attempts);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The largest number of requests of one call, the first one included.
    pub attempts: u32,
    /// The time after which a call sends a second request while it waits for the first response (a hedged request).
    /// `None`: it does not.
    pub hedge: Option<Duration>,
}

impl Retry {
    /// The policy of calls that send one request and no retries.
    pub const NEVER: Retry = Retry { attempts: 1, hedge: None };
}
