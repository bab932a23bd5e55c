//! The policies of an operation: rate limits, idempotency, caching, time limit and retries.

use std::time::Duration;

/// The policies of an operation, declared by `x-` fields: rate limits, idempotency, caching, time limit and retries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// The rate limits of the operation (`x-rate-limit`).
    pub rate_limits: Vec<RateLimit>,
    /// The time for which the response to an idempotency key is replayed (`x-idempotency`).
    pub idempotency: Option<Duration>,
    /// The caching of the operation's responses on the server (`x-cache`).
    pub cache: Option<Cache>,
    /// The tags of cached responses that a successful call of the operation invalidates (`x-cache-invalidates`).
    pub invalidates: Vec<String>,
    /// The longest time from the request to the response of the operation (`x-timeout`).
    pub timeout: Option<Duration>,
    /// The retries of the operation by its clients (`x-retry`). `None`: the method of the operation decides.
    pub retry: Option<Retry>,
}

/// The retries of an operation by its clients (`x-retry`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The largest number of requests of one call, the first one included. With 1 there are no retries.
    pub attempts: u32,
    /// The time after which a call sends a second request while it waits for the first response (a hedged request).
    pub hedge: Option<Duration>,
}

/// A rate limit of an operation (`x-rate-limit`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests that the rate limit allows per window.
    pub requests: u32,
    /// The length of the window in which the rate limit counts requests.
    pub window: Duration,
    /// The party whose requests the rate limit counts together.
    pub by: LimitBy,
}

/// The party whose requests a rate limit counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitBy {
    /// Requests are counted by principal (authenticated caller), or by client address if there is no principal.
    Caller,
    /// Requests are counted by the network address of the client.
    Address,
    /// Requests are counted by the account that the request names.
    Account,
}

/// The caching of an operation's responses on the server (`x-cache`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The time for which a cached response is used (time to live).
    pub ttl: Duration,
    /// The cache tags of a cached response, by which it is invalidated. They may contain path parameters in braces.
    pub tags: Vec<String>,
    /// True if all principals (authenticated callers) share one cached response.
    pub shared: bool,
}
