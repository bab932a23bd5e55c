//! The policies of an operation: rate limit, idempotency and cache.

use std::time::Duration;

/// One limit of `x-rate-limit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests pass in a window.
    pub requests: u32,
    /// The window.
    pub window: Duration,
    /// Who is counted.
    pub by: LimitBy,
}

/// Who a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitBy {
    /// The principal, else the client's address.
    Caller,
    /// The client's address.
    Address,
    /// The account that the request names; the handler applies it, since only it knows.
    Account,
}

/// `x-idempotency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// How long an answer is replayed.
    pub retention: Duration,
}

/// `x-cache`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    /// How long an answer may be kept.
    pub ttl: Duration,
    /// Tags, with `{parameter}` for path parameters and `{principal}` for who calls.
    pub tags: &'static [&'static str],
    /// True when the same answer serves every principal.
    pub shared: bool,
}
