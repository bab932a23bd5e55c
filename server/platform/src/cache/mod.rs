//! A cache of responses, in Redis or in the memory of this process, invalidated by tags.
//!
//! Each tag has a version, a random string. A request reads the versions of its
//! tags before it reads the database, and stores them with the response. A cached response is served only if
//! the versions have not changed. Therefore a response that was made from data before an invalidation is never
//! served after it, even if it is stored later. The first reader of a tag without a version sets a new one. So
//! a deleted or evicted tag causes cache misses, but never a stale response.

mod backend;
mod memory;
mod policy;
mod stored;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use writ_runtime::Reply;

use crate::gate::{Commands, Responses};
use crate::metrics::Metrics;
#[cfg(feature = "redis")]
use crate::redis::Redis;
use crate::single_flight::{Leader, Role, SingleFlight};
use backend::{Backend, Found};
use memory::MemoryCache;

pub(crate) use policy::AdjustableCache;
pub use policy::CacheVisit;

/// The time to live of a cache tag's version, in seconds. A cached response becomes a miss when the version of
/// one of its tags expires.
const VERSION_SECONDS: u64 = 86_400;

/// The longest time that a request waits for another request that is producing the response to be cached.
const FOLLOWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The maximum size of a cached response in bytes, including its headers.
const MAX_ENTRY_BYTES: usize = 256 * 1024;

/// The cache of API responses. Clones share the cache.
///
/// As a [`Policy`](crate::gate::Policy) of a gate, it reads and stores responses as the contract declares with
/// `x-cache`, and invalidates them as `x-cache-invalidates` says. A handler uses the cache only to invalidate
/// responses that `x-cache-invalidates` cannot express:
///
/// ```no_run
/// # async fn example(cache: writ_platform::cache::Cache) {
/// // After the transaction has committed: every cached response with this tag becomes a miss.
/// cache.invalidate(&["event:opening"]).await;
/// # }
/// ```
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    backend: Backend,
    single_flight: SingleFlight,
    /// The cache tags whose invalidation Redis has not confirmed. While this set is not empty, no response is
    /// served from the cache.
    pending: Mutex<BTreeSet<String>>,
}

/// A lookup of one response in the cache: the cache key and the tags of the response.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    key: String,
    tags: Vec<String>,
}

/// The result of looking up a response in the cache.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The cache has a valid response: the enclosed one.
    Hit(Reply),
    /// The cache has no valid response. The ticket permits the request to store a new one.
    Miss(Ticket),
    /// The cache cannot be used, because Redis is unavailable or an invalidation is pending.
    Bypass,
}

/// The permission of a request to store its response in the cache, with the tag versions that were read before
/// the response was produced.
#[derive(Debug)]
pub(crate) struct Ticket {
    key: String,
    versions: Vec<String>,
    /// The guard of the request that produces the response for all concurrent requests. Dropping it wakes the
    /// waiting requests. `None` if this request is not the leader.
    leader: Option<Leader>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

impl Cache {
    /// Creates a cache of responses in the memory of this process: at most 64 MiB.
    pub fn in_memory() -> Cache {
        Cache::on(Backend::Memory(MemoryCache::new()))
    }

    /// Creates a cache of responses that are stored in `redis`.
    #[cfg(feature = "redis")]
    pub fn on_redis(redis: Redis) -> Cache {
        Cache::on(Backend::Redis(redis))
    }

    fn on(backend: Backend) -> Cache {
        Cache(Arc::new(Inner { backend, single_flight: SingleFlight::default(), pending: Mutex::default() }))
    }

    /// Invalidates every cached response that has at least one of these tags.
    ///
    /// Call this function after the transaction that changes the data has committed. If Redis is unavailable, the
    /// invalidation is pending: this process retries it in the background and serves no response from the cache
    /// until it succeeds.
    pub async fn invalidate<T: AsRef<str>>(&self, tags: &[T]) {
        let tags: BTreeSet<String> = tags.iter().map(|tag| self.tag(tag.as_ref())).collect();
        if !tags.is_empty() && !self.0.backend.delete_versions(&tags).await {
            self.defer(tags);
        }
    }

    /// Sets the gauges of the cache.
    pub(crate) fn measure(&self, metrics: &Metrics) {
        metrics.set_pending_invalidations(self.pending().len());
        if let Some((entries, bytes)) = self.0.backend.size() {
            metrics.set_cache_size(entries, bytes);
        }
    }

    /// Creates a lookup of a response. `key` identifies the response; the placeholders in `tags` are already
    /// replaced.
    ///
    /// Returns `None` while an invalidation is pending. This check must come before the query to Redis, because
    /// the result of the query can be older than an invalidation that is confirmed in the meantime.
    pub(crate) fn lookup(&self, key: &str, tags: impl IntoIterator<Item = String>) -> Option<Lookup> {
        if !self.pending().is_empty() {
            return None;
        }
        let key = self.0.backend.key(format_args!("cache:{key}"));
        Some(Lookup { key, tags: tags.into_iter().map(|tag| self.tag(&tag)).collect() })
    }

    /// Adds the commands of a lookup, which return its data. A cache in memory needs none.
    pub(crate) fn push_lookup(&self, commands: &mut Commands, lookup: &Lookup) {
        self.0.backend.push_lookup(commands, lookup);
    }

    /// Evaluates the responses to the commands of a lookup.
    ///
    /// If the cache has no valid response and another request of this process is producing it, waits for that
    /// request and repeats the lookup.
    pub(crate) async fn read(&self, lookup: &Lookup, responses: Responses) -> Outcome {
        let ticket = match self.evaluate(lookup, responses) {
            Outcome::Miss(ticket) => ticket,
            outcome => return outcome,
        };
        match self.0.single_flight.join(&lookup.key) {
            Role::Leader(leader) => Outcome::Miss(Ticket { leader: Some(leader), ..ticket }),
            Role::Follower(follower) => {
                follower.wait(FOLLOWER_TIMEOUT).await;
                self.repeat(lookup).await
            }
        }
    }

    /// Stores a response in the cache for about `lifetime`. A response with a streamed body, or of more than 256
    /// KiB, is not stored.
    pub(crate) fn store(
        &self,
        ticket: Ticket,
        reply: &Reply,
        lifetime: Duration,
    ) -> impl Future<Output = ()> + Send + use<'_> {
        // The reply is encoded outside the future, because a reply with a stream is not `Sync` and the future
        // must be `Send`.
        let entry = stored::write(&ticket.versions, reply).filter(|entry| entry.len() <= MAX_ENTRY_BYTES);
        async move {
            let Some(entry) = entry else { return };
            self.0.backend.store(ticket.key, entry, Duration::from_millis(jittered(lifetime))).await;
            drop(ticket.leader);
        }
    }

    /// Repeats a cache lookup after waiting for the request that was producing the response.
    async fn repeat(&self, lookup: &Lookup) -> Outcome {
        let mut commands = Commands::default();
        self.push_lookup(&mut commands, lookup);
        let responses = self.0.backend.exchange(commands).await;
        match self.evaluate(lookup, responses) {
            // The leader did not store a response. This request does not wait again.
            Outcome::Miss(ticket) => match self.0.single_flight.join(&lookup.key) {
                Role::Leader(leader) => Outcome::Miss(Ticket { leader: Some(leader), ..ticket }),
                Role::Follower(_) => Outcome::Miss(ticket),
            },
            outcome => outcome,
        }
    }

    /// Evaluates the responses to the commands of a lookup, without waiting for another request.
    fn evaluate(&self, lookup: &Lookup, responses: Responses) -> Outcome {
        if !self.pending().is_empty() {
            return Outcome::Bypass;
        }
        let Some(Found { entry, versions }) = self.0.backend.found(lookup, responses) else { return Outcome::Bypass };
        match entry.as_deref().and_then(|entry| stored::read(entry, &versions)) {
            Some(reply) => Outcome::Hit(reply),
            None => Outcome::Miss(Ticket { key: lookup.key.clone(), versions, leader: None }),
        }
    }

    /// Makes the invalidation of these tags pending. A background task retries the invalidation until Redis
    /// confirms it.
    fn defer(&self, tags: BTreeSet<String>) {
        let mut pending = self.pending();
        let first = pending.is_empty();
        pending.extend(tags);
        drop(pending);
        if !first {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(500)).await;
                let pending = this.pending().clone();
                if this.0.backend.delete_versions(&pending).await {
                    let mut left = this.pending();
                    left.retain(|tag| !pending.contains(tag));
                    if left.is_empty() {
                        break;
                    }
                }
            }
        });
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the key that stores the version of a cache tag.
    fn tag(&self, tag: &str) -> String {
        self.0.backend.key(format_args!("tag:{tag}"))
    }
}

/// Returns the lifetime of a cached response in milliseconds, randomly reduced by up to a tenth, so that
/// responses that are stored together do not expire together.
fn jittered(lifetime: Duration) -> u64 {
    let milliseconds = u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX);
    let [byte] = crate::random::bytes::<1>();
    (milliseconds - milliseconds / 10 * u64::from(byte) / 255).max(1)
}

#[cfg(test)]
mod tests;
