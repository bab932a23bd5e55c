//! A cache of responses, in Redis or in the memory of this process, invalidated by tags.
//!
//! Each tag has a version. A request reads the versions of its tags before it reads the database, and stores them
//! with the response. A cached response is served only if the versions have not changed. Therefore a response that was
//! made from data before an invalidation is never served after it, even if it is stored later. Lost versions cause cache
//! misses, but never a stale response.
//!
//! A request only reads the cache before its handler has responded with 200, so requests that are refused leave nothing
//! behind. Keys and tags are hashed, the number of versions is fixed, and the size of all responses is limited.

mod backend;
#[cfg(feature = "redis")]
mod budget;
mod gauges;
mod late;
mod memory;
mod pending;
mod policy;
#[cfg(feature = "redis")]
mod shared;
mod stored;
#[cfg(feature = "redis")]
mod trust;
mod versions;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use writ_runtime::Reply;

use crate::gate::{Commands, Responses};
#[cfg(feature = "redis")]
use crate::redis::Redis;
use crate::single_flight::{Leader, Role, SingleFlight};
use crate::tasks;
use backend::{Backend, Found};
#[cfg(feature = "redis")]
use budget::Budget;
use late::Late;
use memory::MemoryCache;
use pending::{Batch, Pending};
#[cfg(feature = "redis")]
use shared::SharedCache;
use versions::TagGroup;

pub(crate) use gauges::Caches;
pub(crate) use policy::AdjustableCache;
pub use policy::CacheVisit;

/// The longest time that a request waits for another request that is producing the response to be cached.
const FOLLOWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The time between two attempts to deliver the invalidations that Redis has not confirmed.
const RETRY_INTERVAL: Duration = Duration::from_millis(500);

/// The time after which an invalidation is repeated if the outcome of a transaction is not known. A commit that the
/// database has received before ends within this time.
const LATE_INTERVAL: Duration = Duration::from_secs(5);

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
    /// The invalidations that Redis has not confirmed. While there are any, no response is served from the cache.
    pending: Pending,
    /// The invalidations to repeat, because a transaction may have committed after the first one.
    late: Late,
}

/// A lookup of one response in the cache: the cache key and the tags of the response.
#[derive(Debug, Clone)]
pub(crate) struct Lookup {
    key: String,
    /// The groups of the tags, in the order of the contract.
    groups: Vec<TagGroup>,
}

/// The result of looking up a response in the cache.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The cache has a valid response: the enclosed one.
    Hit(Cached),
    /// The cache has no valid response. The ticket permits the request to store a new one.
    Miss(Ticket),
    /// The cache cannot be used, because Redis is unavailable, was a moment ago, or an invalidation is pending.
    Bypass,
    /// Redis has no versions of tags.
    #[cfg(feature = "redis")]
    Unversioned,
}

/// A response from the cache.
#[derive(Debug)]
pub(crate) struct Cached {
    reply: Reply,
    /// The time since the response was stored.
    age: Duration,
}

/// The permission of a request to store its response in the cache, with the tag versions that were read before
/// the response was produced.
#[derive(Debug)]
pub(crate) struct Ticket {
    key: String,
    versions: String,
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
        Cache::on(Backend::Redis(SharedCache::new(redis, Budget::default())))
    }

    fn on(backend: Backend) -> Cache {
        Cache(Arc::new(Inner {
            backend,
            single_flight: SingleFlight::default(),
            pending: Pending::default(),
            late: Late::default(),
        }))
    }

    /// Invalidates every cached response that has at least one of these tags.
    ///
    /// Call this function after the transaction that changes the data has committed. If Redis is unavailable, the
    /// invalidation is pending: this process retries it in the background and serves no response from the cache
    /// until it succeeds.
    pub async fn invalidate<T: AsRef<str>>(&self, tags: &[T]) {
        let groups: BTreeSet<TagGroup> = tags.iter().map(|tag| TagGroup::of(tag.as_ref())).collect();
        self.invalidate_groups(groups.into_iter().collect()).await;
    }

    async fn invalidate_groups(&self, groups: Vec<TagGroup>) {
        for batch in groups.chunks(pending::BATCH).map(|groups| Batch::Groups(groups.to_vec())) {
            if !self.0.backend.invalidate(&batch).await {
                self.defer(batch);
            }
        }
    }

    /// Invalidates responses after a handler that was cancelled or failed: now, and again after some time, because the
    /// database can commit a transaction after its handler was cancelled.
    pub(crate) async fn invalidate_uncertain<T: AsRef<str>>(&self, tags: &[T]) {
        if tags.is_empty() {
            return;
        }
        self.invalidate(tags).await;
        if !self.0.late.add(tags.iter().map(|tag| TagGroup::of(tag.as_ref()))) {
            return;
        }
        let this = self.clone();
        tokio::spawn(async move {
            while let Some(groups) = this.0.late.next() {
                this.invalidate_groups(groups).await;
                tokio::time::sleep(LATE_INTERVAL).await;
            }
        });
    }

    /// Creates a lookup of a response. `key` identifies the response; the placeholders in `tags` are already
    /// replaced.
    ///
    /// Returns `None` while an invalidation is pending. This check must come before the query to Redis, because
    /// the result of the query can be older than an invalidation that is confirmed in the meantime.
    pub(crate) fn lookup(&self, key: &str, tags: impl IntoIterator<Item = String>) -> Option<Lookup> {
        if !self.0.pending.is_empty() {
            return None;
        }
        let key = self.0.backend.key(format_args!("cache:{key}"));
        Some(Lookup { key, groups: tags.into_iter().map(|tag| TagGroup::of(&tag)).collect() })
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
        let outcome = self.evaluate(lookup, responses);
        #[cfg(feature = "redis")]
        let outcome = match outcome {
            Outcome::Unversioned => {
                self.0.backend.begin_versions().await;
                self.look_up(lookup).await
            }
            outcome => outcome,
        };
        let Outcome::Miss(ticket) = outcome else { return outcome };
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
        match self.look_up(lookup).await {
            // The leader did not store a response. This request does not wait again.
            Outcome::Miss(ticket) => match self.0.single_flight.join(&lookup.key) {
                Role::Leader(leader) => Outcome::Miss(Ticket { leader: Some(leader), ..ticket }),
                Role::Follower(_) => Outcome::Miss(ticket),
            },
            outcome => outcome,
        }
    }

    /// Sends the commands of a lookup in a round trip of their own, and evaluates the responses.
    async fn look_up(&self, lookup: &Lookup) -> Outcome {
        let mut commands = Commands::default();
        self.push_lookup(&mut commands, lookup);
        let responses = self.0.backend.exchange(commands).await;
        self.evaluate(lookup, responses)
    }

    /// Evaluates the responses to the commands of a lookup, without waiting for another request.
    fn evaluate(&self, lookup: &Lookup, responses: Responses) -> Outcome {
        if !self.0.pending.is_empty() {
            return Outcome::Bypass;
        }
        match self.0.backend.found(lookup, responses) {
            Found::Read { entry, versions } => match entry.and_then(|entry| stored::read(&entry, &versions)) {
                Some(cached) => Outcome::Hit(cached),
                None => Outcome::Miss(Ticket { key: lookup.key.clone(), versions, leader: None }),
            },
            #[cfg(feature = "redis")]
            Found::Unversioned => Outcome::Unversioned,
            #[cfg(feature = "redis")]
            Found::Unavailable => Outcome::Bypass,
        }
    }

    /// Makes invalidations pending. A background task retries them until Redis confirms them. The end of the process waits
    /// for it, for a few seconds, because other processes would serve the responses.
    fn defer(&self, batch: Batch) {
        if !self.0.pending.add(batch) {
            return;
        }
        let this = self.clone();
        tasks::spawn(async move {
            while let Some(batch) = this.0.pending.next() {
                if !this.0.backend.invalidate(&batch).await {
                    this.0.pending.add(batch);
                    tokio::time::sleep(RETRY_INTERVAL).await;
                }
            }
        });
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
