//! Rate limits as token buckets: shared in Redis, and local to this process while Redis is unavailable.

mod bucket;
mod local;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redis::{Pipeline, Script, Value};
use sha2::{Digest, Sha256};
use writ_runtime::Operation;
use writ_runtime::operation::{LimitBy, RateLimit};

pub use bucket::{Level, Standing};

use crate::platform::redis::{Redis, lacks_script};
use local::LocalBuckets;

/// The rate limiter of requests. Clones share the token buckets.
///
/// [`PolicyGate`](crate::platform::gate::PolicyGate) applies limits by caller and by address. A handler applies
/// limits by account, because only the handler knows the account of a request:
///
/// ```no_run
/// # use server::platform::limiter::{Limited, Limiter};
/// # use writ_runtime::Context;
/// async fn check(limiter: &Limiter, cx: &Context<()>, email: &str) -> Result<(), Limited> {
///     limiter.take_account(cx.operation(), email).await
/// }
/// ```
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    redis: Redis,
    script: Script,
    local: LocalBuckets,
}

/// A rate limit of a request together with the token bucket that the request takes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The rate limit that a bucket applies, as the contract declares it for the operation.
    pub limit: &'static RateLimit,
    /// The Redis key of the token bucket, without the key prefix of the service.
    pub bucket: String,
}

/// The refusal of a request whose rate limit is exhausted.
///
/// The type does not implement `std::error::Error`, because every `Error` converts into a response with 500. The
/// service converts it into the 429 of its contract, with the headers of [`Standing::headers`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited(pub Standing);

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").field("redis", &self.0.redis).finish_non_exhaustive()
    }
}

impl Counted {
    /// Assigns a rate limit of `operation` to the token bucket of `subject`: a user, an account or a client
    /// address.
    pub fn new(operation: &Operation, limit: &'static RateLimit, subject: &str) -> Counted {
        // The bucket's key contains the limit, so that two limits of one operation have two buckets.
        let (requests, window) = (limit.requests, limit.window.as_millis());
        Counted { limit, bucket: format!("limit:{}:{requests}/{window}:{subject}", operation.id) }
    }
}

impl Limiter {
    /// Creates a rate limiter with token buckets in `redis`.
    pub fn new(redis: Redis) -> Limiter {
        Limiter(Arc::new(Inner { redis, script: Script::new(include_str!("bucket.lua")), local: LocalBuckets::new() }))
    }

    /// Takes one request from the rate limit by account of an operation. The letter case of `account` is ignored.
    ///
    /// If the contract declares no such limit for the operation, every request is allowed.
    ///
    /// # Errors
    /// Returns [`Limited`] if the rate limit of the account is exhausted.
    pub async fn take_account(&self, operation: &'static Operation, account: &str) -> Result<(), Limited> {
        let Some(limit) = operation.rate_limit(LimitBy::Account) else { return Ok(()) };
        // The bucket's key contains a hash, so that Redis does not store e-mail addresses.
        let subject = format!("account:{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(account.to_lowercase())[..16]));
        match self.take(&[Counted::new(operation, limit, &subject)]).await {
            Some(standing) if !standing.allowed => Err(Limited(standing)),
            _ => Ok(()),
        }
    }

    /// Takes one request from each token bucket of a request, or from none if one of them is empty. Returns
    /// `None` if the request has no buckets.
    pub async fn take(&self, counted: &[Counted]) -> Option<Standing> {
        if counted.is_empty() {
            return None;
        }
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors();
        self.push_take(&mut pipeline, counted);
        let result = self.0.redis.run::<Vec<Value>>(&pipeline).await.ok().and_then(|mut results| results.pop());
        Some(self.read(result, counted).await)
    }

    /// Appends a Redis command to a pipeline with `ignore_errors`: it takes one request from each token bucket
    /// of a request, and returns one result. Without buckets nothing is appended.
    pub(crate) fn push_take(&self, pipeline: &mut Pipeline, counted: &[Counted]) {
        if counted.is_empty() {
            return;
        }
        pipeline.cmd("EVALSHA").arg(self.0.script.get_hash()).arg(counted.len());
        for counted in counted {
            pipeline.arg(self.0.redis.key(&counted.bucket));
        }
        for counted in counted {
            pipeline
                .arg(counted.limit.requests)
                .arg(u64::try_from(counted.limit.window.as_millis()).unwrap_or(u64::MAX));
        }
    }

    /// Evaluates the result that Redis returned for the rate limits of a request, from the command of
    /// [`Limiter::push_take`]. If there is no result, the request takes from the token buckets in memory.
    pub(crate) async fn read(&self, result: Option<Value>, counted: &[Counted]) -> Standing {
        let result = match result {
            // Redis has not loaded the rate limit script yet, for example after a restart.
            Some(result) if lacks_script(&result) => self.load_and_take(counted).await,
            result => result,
        };
        result
            .and_then(|result| redis::from_redis_value::<Vec<i64>>(result).ok())
            .and_then(|numbers| Standing::read(&numbers, counted))
            .unwrap_or_else(|| self.0.local.take(counted, now()))
    }

    /// Loads the rate limit script into Redis and takes one request from each token bucket of a request. Returns
    /// `None` if Redis is unavailable.
    async fn load_and_take(&self, counted: &[Counted]) -> Option<Value> {
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors().cmd("SCRIPT").arg("LOAD").arg(include_str!("bucket.lua"));
        self.push_take(&mut pipeline, counted);
        self.0.redis.run::<Vec<Value>>(&pipeline).await.ok()?.pop()
    }
}

/// Returns the subject of rate limits by client address. All addresses of an IPv6 /64 network are one subject,
/// because one client usually controls the complete network.
pub fn subject_of(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => format!("address:{address}"),
        Some(IpAddr::V6(address)) => format!("address:{:x}", address.to_bits() >> 64),
        // All requests without a known client address share one token bucket.
        None => "address:unknown".to_owned(),
    }
}

/// Returns the current time for the token buckets in memory, in milliseconds since the Unix epoch.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
