//! The policies of an operation: rate limits, idempotency and caching.

use std::time::Duration;

/// The policies of an operation, declared by `x-` fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// The rate limits of the operation (`x-rate-limit`).
    pub rate_limits: Vec<RateLimit>,
    /// The time for which the response to an idempotency key is replayed (`x-idempotency`).
    pub idempotency: Option<Duration>,
    /// The caching of the operation's responses (`x-cache`).
    pub cache: Option<Cache>,
    /// The cache tags that a successful call invalidates (`x-cache-invalidates`).
    pub invalidates: Vec<String>,
}

/// A rate limit (`x-rate-limit`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests that are allowed per window.
    pub requests: u32,
    /// The length of the window in which requests are counted.
    pub window: Duration,
    /// The party whose requests the limit counts.
    pub by: LimitBy,
}

/// The party whose requests a rate limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitBy {
    /// The principal, or the client address if there is no principal.
    Caller,
    /// The network address of the client.
    Address,
    /// The account that the request names.
    Account,
}

/// The caching of an operation's responses (`x-cache`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// The time to live of a cached response.
    pub ttl: Duration,
    /// The cache tags of the response, which may contain path parameters in braces.
    pub tags: Vec<String>,
    /// True if all principals share one cached response.
    pub shared: bool,
}
