//! The cache of an operation as a policy of a gate: the lookup of a response, its storage and the invalidation of tags.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use writ_runtime::{Entry, Problem, Reply};

use super::{Cache, Cached, Lookup, Outcome, Ticket};
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
    /// The policy for the response. `None` if the request only invalidates.
    caching: Option<Caching>,
    invalidation: Invalidation,
}

/// The cache tags to invalidate after the handler of a request has run.
///
/// The tags are also invalidated if the value is dropped without a response, because the request timed out: the
/// transaction of the handler may have committed.
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
#[derive(Debug)]
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
        // A secret is stored nowhere, whatever the contract says.
        let caching = caching.filter(|_| !entry.call.operation.secret);
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
            caching,
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
            Outcome::Hit(Cached { mut reply, age }) => {
                self.write_cache_control(entry, Some(age), &mut reply.headers);
                (CacheResult::Hit, Some(reply))
            }
            Outcome::Miss(ticket) => {
                self.ticket = Some(ticket);
                (CacheResult::Miss, None)
            }
            _ => (CacheResult::Bypass, None),
        };
        count(entry, result);
        Ok(reply)
    }

    fn admitted(&mut self, entry: &Entry<'_, P>) {
        let tags = entry.call.operation.invalidates.iter().map(|tag| entry.interpolate(tag, &principal(entry)));
        self.invalidation.tags = tags.collect();
    }

    async fn leave(&mut self, entry: &Entry<'_, P>, reply: &mut Reply) {
        let tags = &self.invalidation.tags;
        // A 5xx response does not prove that the transaction was rolled back, so it invalidates the tags too.
        if reply.status.is_server_error() {
            self.cache.invalidate_uncertain(tags).await;
        } else if !reply.status.is_client_error() {
            self.cache.invalidate(tags).await;
        }
        self.invalidation.tags.clear();
        let ticket = self.ticket.take();
        if reply.status != StatusCode::OK {
            return;
        }
        if let (Some(ticket), Some(caching)) = (ticket, &self.caching) {
            self.cache.store(ticket, reply, caching.lifetime).await;
        }
        self.write_cache_control(entry, None, &mut reply.headers);
    }
}

impl CacheVisit {
    /// Adds `Cache-Control` to a response, unless the handler has set it, and `Age` to one from the cache.
    ///
    /// Caches on the way to the caller may store a response only if the contract says that all callers share it and that
    /// it needs no credentials. Nobody can invalidate it there. Browsers may store other responses, but must ask each
    /// time if they are still valid.
    fn write_cache_control<P>(&self, entry: &Entry<'_, P>, age: Option<Duration>, headers: &mut HeaderMap) {
        let Some(caching) = &self.caching else { return };
        if headers.contains_key(header::CACHE_CONTROL) {
            return;
        }
        if !caching.policy.shared || !entry.call.operation.security.is_empty() {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            return;
        }
        let lifetime = caching.lifetime.as_secs();
        if let Ok(value) = HeaderValue::try_from(format!("public, max-age={lifetime}")) {
            headers.insert(header::CACHE_CONTROL, value);
        }
        if let Some(age) = age {
            headers.insert(header::AGE, HeaderValue::from(age.as_secs()));
        }
    }
}

impl Drop for Invalidation {
    fn drop(&mut self) {
        if !self.tags.is_empty() && tokio::runtime::Handle::try_current().is_ok() {
            let (cache, tags) = (self.cache.clone(), std::mem::take(&mut self.tags));
            // The end of the process waits for this task.
            crate::tasks::spawn(async move { cache.invalidate_uncertain(&tags).await });
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
