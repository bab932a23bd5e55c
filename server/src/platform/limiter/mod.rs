//! Rate limits: token buckets in Redis, and in this process while Redis is unavailable.

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

/// Takes from buckets. Clones share them.
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    redis: Redis,
    script: Script,
    local: LocalBuckets,
}

/// A limit, and whose bucket it takes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The limit of the contract.
    pub limit: &'static RateLimit,
    /// What names the bucket, without the prefix.
    pub bucket: String,
}

/// A limit is used up. It is not an error of ours, and must not become one: the handler turns it
/// into the 429 of its contract, with the headers of [`Standing::headers`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited(pub Standing);

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").field("redis", &self.0.redis).finish_non_exhaustive()
    }
}

impl Counted {
    /// A limit of `operation`, counted for `subject`.
    pub fn new(operation: &Operation, limit: &'static RateLimit, subject: &str) -> Counted {
        // Part of the name, so that two limits of one operation have two buckets.
        let (requests, window) = (limit.requests, limit.window.as_millis());
        Counted { limit, bucket: format!("limit:{}:{requests}/{window}:{subject}", operation.id) }
    }
}

impl Limiter {
    /// Buckets in `redis`.
    pub fn new(redis: Redis) -> Limiter {
        Limiter(Arc::new(Inner { redis, script: Script::new(include_str!("bucket.lua")), local: LocalBuckets::new() }))
    }

    /// Takes one request from the `account` limit of the operation, for a handler that knows which
    /// account a request is about. Nothing is taken where the contract has no such limit.
    ///
    /// # Errors
    /// [`Limited`] when the account has no request left.
    pub async fn take_account(&self, operation: &'static Operation, account: &str) -> Result<(), Limited> {
        let Some(limit) = operation.rate_limit(LimitBy::Account) else { return Ok(()) };
        // Redis need not know who signs in.
        let subject = format!("account:{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(account.to_lowercase())[..16]));
        match self.take(&[Counted::new(operation, limit, &subject)]).await {
            Some(standing) if !standing.allowed => Err(Limited(standing)),
            _ => Ok(()),
        }
    }

    /// Takes one request from each bucket, or from none if one of them is empty. `None` without limits.
    pub async fn take(&self, counted: &[Counted]) -> Option<Standing> {
        if counted.is_empty() {
            return None;
        }
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors();
        self.ask(&mut pipeline, counted);
        let answer = self.0.redis.run::<Vec<Value>>(&pipeline).await.ok().and_then(|mut answers| answers.pop());
        Some(self.read(answer, counted).await)
    }

    /// Adds the taking to a pipeline with `ignore_errors`: one answer. Nothing without limits.
    pub(crate) fn ask(&self, pipeline: &mut Pipeline, counted: &[Counted]) {
        if counted.is_empty() {
            return;
        }
        pipeline.cmd("EVALSHA").arg(self.0.script.get_hash()).arg(counted.len());
        for one in counted {
            pipeline.arg(self.0.redis.key(&one.bucket));
        }
        for one in counted {
            pipeline.arg(one.limit.requests).arg(u64::try_from(one.limit.window.as_millis()).unwrap_or(u64::MAX));
        }
    }

    /// Reads the answer of [`Limiter::ask`]; without one, the buckets of this process decide.
    pub(crate) async fn read(&self, answer: Option<Value>, counted: &[Counted]) -> Standing {
        let answer = match answer {
            // A Redis that has not seen the script yet: say it once in full.
            Some(answer) if lacks_script(&answer) => self.load_and_take(counted).await,
            answer => answer,
        };
        answer
            .and_then(|answer| redis::from_redis_value::<Vec<i64>>(answer).ok())
            .and_then(|numbers| Standing::read(&numbers, counted))
            .unwrap_or_else(|| self.0.local.take(counted, now()))
    }

    async fn load_and_take(&self, counted: &[Counted]) -> Option<Value> {
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors().cmd("SCRIPT").arg("LOAD").arg(include_str!("bucket.lua"));
        self.ask(&mut pipeline, counted);
        self.0.redis.run::<Vec<Value>>(&pipeline).await.ok()?.pop()
    }
}

/// How an address is counted: one network of IPv6 as a whole, since whoever has one has all of it.
pub fn subject_of(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => format!("address:{address}"),
        Some(IpAddr::V6(address)) => format!("address:{:x}", address.to_bits() >> 64),
        // Requests whose origin nobody knows share one bucket.
        None => "address:unknown".to_owned(),
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
