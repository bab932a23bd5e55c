//! The cache of verified access tokens: a signature is checked once for each token.

use std::time::{Duration, Instant};

use chrono::Utc;
use moka::Expiry;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

/// The maximum number of verified access tokens in the cache.
const MAX_CACHED: u64 = 100_000;

/// The cache of verified access tokens with their callers.
pub(super) struct VerifiedTokens<P>(Cache<[u8; 32], Verified<P>>);

/// The caller of a verified access token, and the time at which the token expires.
#[derive(Clone)]
pub(super) struct Verified<P> {
    pub(super) caller: P,
    /// The time at which the access token expires, in seconds since the Unix epoch.
    pub(super) expires: i64,
}

/// The expiry policy of the cache of verified access tokens: an entry expires together with its token.
struct UntilExpiry;

impl<P> Expiry<[u8; 32], Verified<P>> for UntilExpiry {
    fn expire_after_create(&self, _: &[u8; 32], verified: &Verified<P>, _: Instant) -> Option<Duration> {
        let remaining = verified.expires.saturating_sub(Utc::now().timestamp());
        Some(Duration::from_secs(remaining.try_into().unwrap_or(0)))
    }
}

impl<P: Clone + Send + Sync + 'static> VerifiedTokens<P> {
    pub(super) fn new(longest: Duration) -> VerifiedTokens<P> {
        let cache = Cache::builder().max_capacity(MAX_CACHED).time_to_live(longest).expire_after(UntilExpiry);
        VerifiedTokens(cache.build())
    }

    /// Returns the caller of a token that was verified before and has not expired.
    pub(super) fn get(&self, token: &str) -> Option<P> {
        let verified = self.0.get(&key(token))?;
        (verified.expires > Utc::now().timestamp()).then_some(verified.caller)
    }

    pub(super) fn insert(&self, token: &str, verified: Verified<P>) {
        self.0.insert(key(token), verified);
    }
}

/// Returns the cache key of a token. It is a hash, so that memory contains no usable tokens.
fn key(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
