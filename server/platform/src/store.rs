//! The store of the policies: the place of token buckets and cached responses.

use writ_runtime::operation::RateLimit;

use crate::cache::{AdjustableCache, Cache};
use crate::gate::PolicyGate;
use crate::limiter::{AdjustableLimiter, FAILED_CREDENTIALS, FailedCredentials, Limiter};
use crate::overrides::{Overrides, Switches};
use crate::principal::Principal;
#[cfg(feature = "redis")]
use crate::redis::Redis;

/// The state of the policies of a contract: the token buckets of rate limits and the cached responses, in the memory of
/// this process or in Redis. Clones share the state.
///
/// A service in one process needs no Redis. Several processes share limits and cached responses through Redis:
///
/// ```
/// use writ_platform::Store;
///
/// let store = Store::memory();
/// let (limiter, cache) = (store.limiter(), store.cache());
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    limiter: Limiter,
    cache: Cache,
    #[cfg(feature = "redis")]
    redis: Option<Redis>,
}

impl Store {
    /// Creates a store in the memory of this process. Its size is limited.
    pub fn memory() -> Store {
        Store {
            limiter: Limiter::in_memory(),
            cache: Cache::in_memory(),
            #[cfg(feature = "redis")]
            redis: None,
        }
    }

    /// Creates a store in `redis`, which all processes of the service share.
    #[cfg(feature = "redis")]
    pub fn redis(redis: &Redis) -> Store {
        Store {
            limiter: Limiter::on_redis(redis.clone()),
            cache: Cache::on_redis(redis.clone()),
            redis: Some(redis.clone()),
        }
    }

    /// Returns the rate limiter, for handlers that apply limits by account.
    pub fn limiter(&self) -> Limiter {
        self.limiter.clone()
    }

    /// Returns the cache of responses, for handlers that invalidate cached responses.
    pub fn cache(&self) -> Cache {
        self.cache.clone()
    }

    /// Creates the gate that applies the policies which the contract declares for its operations: `x-rate-limit`,
    /// `x-cache` and `x-cache-invalidates`. It also limits failed credentials to 100 in a minute for each client address.
    /// With PostgreSQL it also reports temporary failures of the database as 503.
    ///
    /// [`Platform::gate`](crate::Platform::gate) creates a gate that an operator can adjust at run time.
    pub fn gate<P: Principal>(&self) -> PolicyGate<P> {
        let failures = FailedCredentials::new(self.limiter(), FAILED_CREDENTIALS);
        let gate = self.empty_gate().with(failures).with(self.limiter()).with(self.cache());
        #[cfg(feature = "postgres")]
        let gate = gate.with(crate::gate::Outages);
        gate
    }

    /// Creates the gate of [`Store::gate`], whose policies can be changed at run time. `failed_credentials` is the limit of
    /// requests from one client address whose credentials are missing or wrong.
    pub(crate) fn adjustable_gate<P: Principal>(
        &self,
        overrides: &Overrides,
        failed_credentials: RateLimit,
    ) -> PolicyGate<P> {
        let (limiter, cache, overrides) = (self.limiter(), self.cache(), overrides.clone());
        let gate = self
            .empty_gate()
            .with(FailedCredentials::new(limiter.clone(), failed_credentials))
            .with(Switches(overrides.clone()))
            .with(AdjustableLimiter { limiter, overrides: overrides.clone() })
            .with(AdjustableCache { cache, overrides });
        #[cfg(feature = "postgres")]
        let gate = gate.with(crate::gate::Outages);
        gate
    }

    fn empty_gate<P: Principal>(&self) -> PolicyGate<P> {
        #[cfg(feature = "redis")]
        if let Some(redis) = &self.redis {
            return PolicyGate::on_redis(redis.clone());
        }
        PolicyGate::open()
    }
}
