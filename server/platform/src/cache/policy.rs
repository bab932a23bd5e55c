//! The cache of an operation as a policy of a gate: the lookup of a response, its storage and the invalidation of tags.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use sha2::{Digest, Sha256};
use writ_runtime::{Entry, Problem, Reply};

use super::{Cache, Lookup, Outcome, Ticket};
use crate::gate::{Commands, Policy, Responses, Stage, Visit};
use crate::metrics::{self, CacheResult};
use crate::overrides::Overrides;
use crate::principal::Principal;

/// The part of the cache in one request.
#[derive(Debug)]
pub struct CacheVisit {
    cache: Cache,
    /// The lookup of the response, with the responses to its commands.
    lookup: Option<(Lookup, Option<Responses>)>,
    ticket: Option<Ticket>,
    /// The lifetime of a response that is stored.
    lifetime: Duration,
    invalidation: Invalidation,
}

/// The cache tags to invalidate after the handler of a request has run.
///
/// The tags are also invalidated if the value is dropped without a response, because the client disconnected or
/// the request timed out: the transaction of the handler may have committed.
#[derive(Debug)]
struct Invalidation {
    cache: Cache,
    tags: Vec<String>,
}

/// The policy of `x-cache` and `x-cache-invalidates`.
impl<P: Principal> Policy<P> for Cache {
    type Visit = CacheVisit;
    const STAGE: Stage = Stage::Response;

    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<CacheVisit> {
        let declared = entry.call.operation.cache.as_ref();
        self.begin(entry, declared.map(|policy| Caching { policy, lifetime: policy.ttl, is_set: false }), commands)
    }
}

/// The policy of `x-cache` and `x-cache-invalidates`, with the lifetime that an operator may have set.
#[derive(Debug)]
pub(crate) struct AdjustableCache {
    pub(crate) cache: Cache,
    pub(crate) overrides: Overrides,
}

impl<P: Principal> Policy<P> for AdjustableCache {
    type Visit = CacheVisit;
    const STAGE: Stage = Stage::Response;

    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<CacheVisit> {
        let operation = entry.call.operation;
        let caching = operation.cache.as_ref().and_then(|policy| {
            let (lifetime, is_set) = self.overrides.cache_time(operation, policy)?;
            Some(Caching { policy, lifetime, is_set })
        });
        self.cache.begin(entry, caching, commands)
    }
}

/// The cache policy that applies to a request.
struct Caching {
    policy: &'static writ_runtime::operation::Cache,
    /// The lifetime of a response that is stored.
    lifetime: Duration,
    /// True if an operator has set the lifetime.
    is_set: bool,
}

impl Cache {
    /// Begins the part of the cache in a request. Without `caching`, it only invalidates.
    fn begin<P: Principal>(
        &self,
        entry: &Entry<'_, P>,
        caching: Option<Caching>,
        commands: &mut Commands,
    ) -> Option<CacheVisit> {
        if caching.is_none() && entry.call.operation.invalidates.is_empty() {
            return None;
        }
        let lookup = caching.as_ref().and_then(|caching| lookup(self, entry, caching));
        match &lookup {
            Some(lookup) => self.push_lookup(commands, lookup),
            None if caching.is_some() => count(entry, CacheResult::Bypass),
            None => {}
        }
        Some(CacheVisit {
            cache: self.clone(),
            lookup: lookup.map(|lookup| (lookup, None)),
            ticket: None,
            lifetime: caching.map_or(Duration::ZERO, |caching| caching.lifetime),
            invalidation: Invalidation { cache: self.clone(), tags: Vec::new() },
        })
    }
}

impl<P: Principal> Visit<P> for CacheVisit {
    async fn read(&mut self, received: Responses) {
        if let Some((_, responses)) = &mut self.lookup {
            *responses = Some(received);
        }
    }

    async fn enter(&mut self, entry: &Entry<'_, P>) -> Result<Option<Reply>, Problem> {
        let Some((lookup, Some(responses))) = self.lookup.take() else { return Ok(None) };
        let (result, reply) = match self.cache.read(&lookup, responses).await {
            Outcome::Hit(reply) => (CacheResult::Hit, Some(reply)),
            Outcome::Miss(ticket) => {
                self.ticket = Some(ticket);
                (CacheResult::Miss, None)
            }
            Outcome::Bypass => (CacheResult::Bypass, None),
        };
        count(entry, result);
        Ok(reply)
    }

    fn admitted(&mut self, entry: &Entry<'_, P>) {
        let tags = entry.call.operation.invalidates.iter().map(|tag| entry.interpolate(tag, &principal(entry)));
        self.invalidation.tags = tags.collect();
    }

    async fn leave(&mut self, _: &Entry<'_, P>, reply: &mut Reply) {
        // A 5xx response does not prove that the transaction was rolled back, so it invalidates the tags too.
        if !reply.status.is_client_error() && !self.invalidation.tags.is_empty() {
            self.cache.invalidate(&self.invalidation.tags).await;
        }
        self.invalidation.tags.clear();
        if let Some(ticket) = self.ticket.take()
            && reply.status == StatusCode::OK
        {
            self.cache.store(ticket, reply, self.lifetime).await;
        }
    }
}

impl Drop for Invalidation {
    fn drop(&mut self) {
        if !self.tags.is_empty()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (cache, tags) = (self.cache.clone(), std::mem::take(&mut self.tags));
            runtime.spawn(async move { cache.invalidate(&tags).await });
        }
    }
}

/// Counts the result of a lookup.
fn count<P>(entry: &Entry<'_, P>, result: CacheResult) {
    metrics::record(|metrics| metrics.observe_lookup(entry.call.operation, result));
}

/// Returns the lookup for the cached response to a request. Returns `None` if an invalidation is pending.
fn lookup<P: Principal>(cache: &Cache, entry: &Entry<'_, P>, caching: &Caching) -> Option<Lookup> {
    let (operation, policy) = (entry.call.operation, caching.policy);
    // The prefix keeps a caller apart whose audience is the text `shared`.
    let audience = match entry.principal {
        _ if policy.shared => "shared".to_owned(),
        Some(caller) => format!("caller:{}", caller.audience()),
        None => "anonymous".to_owned(),
    };
    // A query string can be long, and so can an audience; the hash limits the length of the cache key.
    let mut hash = Sha256::new();
    hash.update((audience.len() as u64).to_be_bytes());
    hash.update(audience);
    hash.update(entry.cache_key);
    if caching.is_set {
        // Responses that were stored for a longer time must not be served.
        hash.update(caching.lifetime.as_millis().to_be_bytes());
    }
    let tags = policy.tags.iter().map(|tag| entry.interpolate(tag, &principal(entry)));
    cache.lookup(&format!("{}:{}", operation.id, URL_SAFE_NO_PAD.encode(hash.finalize())), tags)
}

/// Returns the value that replaces `{principal}` in a cache tag of the contract: the caller's id or `anonymous`.
fn principal<P: Principal>(entry: &Entry<'_, P>) -> String {
    entry.principal.map_or_else(|| "anonymous".to_owned(), |caller| caller.id().into_owned())
}
