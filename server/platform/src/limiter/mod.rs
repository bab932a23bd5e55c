//! Rate limits as token buckets: shared in Redis, and in the memory of this process without Redis or while Redis is
//! unavailable.

mod bucket;
mod failures;
mod local;
mod policy;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use writ_runtime::operation::{LimitBy, RateLimit};
use writ_runtime::{Limited, Operation};

pub use bucket::{Level, Standing};
pub(crate) use failures::{FAILED_CREDENTIALS, FailedCredentials};
pub(crate) use policy::AdjustableLimiter;
pub use policy::LimitVisit;

#[cfg(feature = "redis")]
use crate::gate::Acceptance;
use crate::gate::{Commands, Responses};
use crate::metrics;
#[cfg(feature = "redis")]
use crate::redis::{Redis, lacks_script};
use local::LocalBuckets;

/// The script that takes tokens from the buckets in Redis.
#[cfg(feature = "redis")]
const SCRIPT: &str = include_str!("bucket.lua");

/// The rate limiter of requests. Clones share the token buckets.
///
/// As a [`Policy`](crate::gate::Policy) of a gate, it applies limits by caller and by address. A handler applies limits
/// by account, because only the handler knows the account of a request:
///
/// ```no_run
/// # use writ_platform::limiter::Limiter;
/// # use writ_runtime::{Context, Limited};
/// async fn check(limiter: &Limiter, cx: &Context<()>, email: &str) -> Result<(), Limited> {
///     limiter.take_account(cx.operation(), email).await
/// }
/// ```
#[derive(Clone)]
pub struct Limiter(Arc<Inner>);

struct Inner {
    #[cfg(feature = "redis")]
    redis: Option<Redis>,
    /// The hash by which Redis knows the script.
    #[cfg(feature = "redis")]
    script_hash: String,
    local: LocalBuckets,
}

/// A rate limit of a request together with the token bucket that the request takes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The rate limit that the bucket applies.
    pub limit: RateLimit,
    /// The Redis key of the token bucket, without the key prefix of the service.
    pub bucket: String,
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

impl Counted {
    /// Assigns a rate limit of `operation` to the token bucket of `subject`: a user, an account or a client
    /// address.
    pub fn new(operation: &Operation, limit: RateLimit, subject: &str) -> Counted {
        Counted::shared(operation.id, limit, subject)
    }

    /// Assigns a rate limit to the token bucket of `subject`. `name` is an operation or the reason of the limit.
    fn shared(name: &str, limit: RateLimit, subject: &str) -> Counted {
        // The bucket's key contains the limit, so that two limits of one operation have two buckets.
        let (requests, window) = (limit.requests, limit.window.as_millis());
        Counted { limit, bucket: format!("limit:{name}:{requests}/{window}:{subject}") }
    }
}

impl Limiter {
    /// Creates a rate limiter with token buckets in the memory of this process.
    pub fn in_memory() -> Limiter {
        Limiter(Arc::new(Inner {
            #[cfg(feature = "redis")]
            redis: None,
            #[cfg(feature = "redis")]
            script_hash: String::new(),
            local: LocalBuckets::new(),
        }))
    }

    /// Creates a rate limiter with token buckets in `redis`. While Redis is unavailable, each process has its own.
    #[cfg(feature = "redis")]
    pub fn on_redis(redis: Redis) -> Limiter {
        let script_hash = redis::Script::new(SCRIPT).get_hash().to_owned();
        Limiter(Arc::new(Inner { redis: Some(redis), script_hash, local: LocalBuckets::new() }))
    }

    /// Takes one request from the rate limit by account of an operation. The letter case of `account` is ignored.
    ///
    /// If the contract declares no such limit for the operation, every request is allowed.
    ///
    /// # Errors
    /// Returns [`Limited`] if the rate limit of the account is exhausted.
    pub async fn take_account(&self, operation: &'static Operation, account: &str) -> Result<(), Limited> {
        let Some(limit) = operation.rate_limit(LimitBy::Account) else { return Ok(()) };
        let subject = format!("account:{}", hashed(&account.to_lowercase()));
        match self.take(&[Counted::new(operation, *limit, &subject)]).await {
            Some(standing) if !standing.allowed => {
                metrics::record(|metrics| metrics.observe_limited(operation));
                Err(standing.into())
            }
            _ => Ok(()),
        }
    }

    /// Takes one request from each token bucket of a request, or from none if one of them is empty. Returns
    /// `None` if the request has no buckets.
    pub async fn take(&self, counted: &[Counted]) -> Option<Standing> {
        if counted.is_empty() {
            return None;
        }
        let mut commands = Commands::default();
        self.push_take(&mut commands, counted);
        let responses = self.exchange(commands).await;
        Some(self.read(responses, counted).await)
    }

    /// Adds the command that takes one request from each token bucket of a request, if the caller may act. It has one
    /// response. Without buckets or without Redis nothing is added.
    pub(crate) fn push_take(&self, commands: &mut Commands, counted: &[Counted]) {
        #[cfg(feature = "redis")]
        if let Some(redis) = self.0.redis.as_ref().filter(|_| !counted.is_empty()) {
            let (mode, condition) = match commands.acceptance().clone() {
                Acceptance::Accepted => ("always", Vec::new()),
                Acceptance::IfKeys { absent, present } => ("if", vec![absent, present]),
                Acceptance::Undecided => ("never", Vec::new()),
            };
            let keys = condition.len() + counted.len();
            let mut command = commands.command("EVALSHA").arg(&self.0.script_hash).arg(keys);
            for key in condition {
                command = command.arg(key);
            }
            for counted in counted {
                command = command.arg(redis.key(&counted.bucket));
            }
            command = command.arg(mode);
            for counted in counted {
                let window = u64::try_from(counted.limit.window.as_millis()).unwrap_or(u64::MAX);
                command = command.arg(counted.limit.requests).arg(window);
            }
        }
        #[cfg(not(feature = "redis"))]
        let _ = (commands, counted);
    }

    /// Evaluates the response to the command of [`Limiter::push_take`] for a caller who may act. Without a response, the
    /// request takes from the token buckets in memory.
    pub(crate) async fn read(&self, responses: Responses, counted: &[Counted]) -> Standing {
        match self.standing(responses, counted).await {
            Some(standing) => standing,
            None => self.0.local.take(counted, now()),
        }
    }

    /// Evaluates the response to the command of [`Limiter::push_take`] for a caller who perhaps may not act. Returns the
    /// state of the token buckets, and true if the command has decided about the request.
    pub(crate) fn read_conditional(&self, responses: Responses, counted: &[Counted]) -> (Standing, bool) {
        #[cfg(feature = "redis")]
        {
            let mut responses = responses;
            if let Some(numbers) = responses.next_as::<Vec<i64>>()
                && let Some(standing) = Standing::read(&numbers, counted)
            {
                return (standing, numbers.first() != Some(&bucket::WITHHELD));
            }
        }
        #[cfg(not(feature = "redis"))]
        let _ = responses;
        (self.0.local.look(counted, now()), false)
    }

    #[cfg(feature = "redis")]
    async fn standing(&self, mut responses: Responses, counted: &[Counted]) -> Option<Standing> {
        let result = match responses.next_raw()? {
            // Redis has not loaded the rate limit script yet, for example after a restart.
            result if lacks_script(&result) => self.load_and_take(counted).await?,
            result => result,
        };
        Standing::read(&redis::from_redis_value::<Vec<i64>>(result).ok()?, counted)
    }

    #[cfg(not(feature = "redis"))]
    async fn standing(&self, _: Responses, _: &[Counted]) -> Option<Standing> {
        None
    }

    /// Loads the rate limit script into Redis and takes one request from each token bucket of a request. Returns
    /// `None` if Redis is unavailable.
    #[cfg(feature = "redis")]
    async fn load_and_take(&self, counted: &[Counted]) -> Option<redis::Value> {
        let mut commands = Commands::default();
        commands.command("SCRIPT").arg("LOAD").arg(SCRIPT);
        self.push_take(&mut commands, counted);
        let mut responses = self.exchange(commands).await;
        responses.next_raw()?;
        responses.next_raw()
    }

    #[cfg(feature = "redis")]
    async fn exchange(&self, commands: Commands) -> Responses {
        match &self.0.redis {
            Some(redis) => redis.exchange(commands).await,
            None => Responses::of(None),
        }
    }

    #[cfg(not(feature = "redis"))]
    async fn exchange(&self, _: Commands) -> Responses {
        Responses::empty()
    }
}

/// Returns the subject of rate limits by client address. All addresses of an IPv6 /64 network are one subject,
/// because one client usually controls the complete network.
pub fn subject_of(address: Option<IpAddr>) -> String {
    match network_of(address) {
        Some(IpAddr::V4(address)) => format!("address:{address}"),
        Some(IpAddr::V6(address)) => format!("address:{:x}", address.to_bits() >> 64),
        // All requests without a known client address share one token bucket.
        None => "address:unknown".to_owned(),
    }
}

/// Returns the address that stands for all addresses with one [subject](subject_of).
fn network_of(address: Option<IpAddr>) -> Option<IpAddr> {
    address.map(|address| match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    })
}

/// Returns the hash of a text from a caller, for the key of a token bucket. Redis then stores no e-mail addresses, and no
/// text of any length.
fn hashed(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16])
}

/// Returns the current time for the token buckets in memory, in milliseconds since the Unix epoch.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
