//! The gate that every API request passes before its handler runs. It checks session, rate limits and cache in
//! one round trip to Redis.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use redis::{FromRedisValue, Value};
use sha2::{Digest, Sha256};
use writ_runtime::operation::LimitBy;
use writ_runtime::{Admission, Entry, Gate, Problem, Reply};

use crate::platform::cache::{Cache, Lookup, Outcome, Ticket};
use crate::platform::caller::Caller;
use crate::platform::limiter::{Counted, Limiter, Standing, subject_of};
use crate::platform::redis::Redis;
use crate::platform::revocation::{Marker, Revocations};

/// The [`Gate`] that applies the policies which the contract declares for an operation: `x-rate-limit`, `x-cache`
/// and `x-cache-invalidates`. It also rejects access tokens whose session has ended.
#[derive(Debug, Clone)]
pub struct PolicyGate {
    redis: Redis,
    limiter: Limiter,
    cache: Cache,
    revocations: Revocations,
}

/// The state that [`PolicyGate`] keeps for an admitted request until the response is sent.
#[derive(Debug)]
pub struct Pass {
    standing: Option<Standing>,
    ticket: Option<Ticket>,
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

impl PolicyGate {
    /// Creates the gate that checks each request: the login session in `revocations`, the rate limits in
    /// `limiter` and the cached response in `cache`.
    pub fn new(redis: Redis, limiter: Limiter, cache: Cache, revocations: Revocations) -> PolicyGate {
        PolicyGate { redis, limiter, cache, revocations }
    }

    /// Sends all Redis queries that [`PolicyGate`] needs for one request in one pipeline. Returns `None` if
    /// Redis is unavailable.
    async fn query_redis(&self, queries: &Queries<'_>) -> Option<std::vec::IntoIter<Value>> {
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors();
        if let Some(caller) = queries.caller {
            self.revocations.push_query(&mut pipeline, caller.session_id);
        }
        self.limiter.push_take(&mut pipeline, &queries.counted);
        if let Some(lookup) = &queries.lookup {
            self.cache.push_lookup(&mut pipeline, lookup);
        }
        match pipeline.is_empty() {
            true => Some(Vec::new().into_iter()),
            false => self.redis.run::<Vec<Value>>(&pipeline).await.ok().map(Vec::into_iter),
        }
    }

    /// Rejects a caller whose login session has ended. Responds with 503 if this cannot be determined.
    async fn check_session(&self, session: SessionCheck<'_>) -> Result<(), Problem> {
        let SessionCheck { caller, is_synchronized, results } = session;
        let redis_is_available = results.is_some();
        let marker = results.map_or(Marker::Unknown, |(revoked, complete)| {
            self.revocations.read(is_true(revoked), is_true(complete), is_synchronized)
        });
        let revoked = match marker {
            Marker::Revoked => true,
            Marker::Live => false,
            Marker::Unknown => {
                self.revocations.query_row(caller.session_id, redis_is_available).await.map_err(|error| {
                    let mut problem = Problem::new(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "the session cannot be checked at the moment; try again later",
                    );
                    problem.cause = Some(error.into());
                    problem.with_header(header::RETRY_AFTER, "1")
                })?
            }
        };
        match revoked {
            true => Err(Problem::new(StatusCode::UNAUTHORIZED, "the session has ended; sign in again")
                .with_header(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)),
            false => Ok(()),
        }
    }
}

/// The Redis queries that [`PolicyGate`] sends for one request: session, rate limits and cache.
struct Queries<'a> {
    caller: Option<&'a Caller>,
    counted: Vec<Counted>,
    lookup: Option<Lookup>,
}

/// The data for checking that the caller's login session has not ended.
struct SessionCheck<'a> {
    caller: &'a Caller,
    /// True if Redis had the markers of all sessions that this process has ended. This is checked before the
    /// query for the caller's session.
    is_synchronized: bool,
    /// The results of the Redis query for the caller's session. `None` if Redis is unavailable.
    results: Option<(Value, Value)>,
}

impl Gate<Caller> for PolicyGate {
    type Pass = Pass;

    async fn enter(&self, entry: &Entry<'_, Caller>) -> Result<Admission<Pass>, Problem> {
        let queries = Queries { caller: entry.principal, counted: counted(entry), lookup: lookup(&self.cache, entry) };
        let is_synchronized = self.revocations.is_synchronized();
        let results = self.query_redis(&queries).await;
        let mut results = results.map(|mut results| move || results.next());
        let mut next = || results.as_mut().and_then(|next| next());

        let session =
            queries.caller.map(|caller| SessionCheck { caller, is_synchronized, results: next().zip(next()) });
        let standing = match queries.counted.is_empty() {
            true => None,
            false => Some(self.limiter.read(next(), &queries.counted).await),
        };
        let refuse = |problem: Problem| with_standing(problem, standing.as_ref());
        if let Some(session) = session {
            self.check_session(session).await.map_err(refuse)?;
        }
        if standing.as_ref().is_some_and(|standing| !standing.allowed) {
            return Err(refuse(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests; try again later")));
        }
        let mut ticket = None;
        if let Some(lookup) = &queries.lookup {
            let result = std::iter::from_fn(&mut next).nth(lookup.result_count() - 1);
            match self.cache.read(lookup, result).await {
                Outcome::Hit(mut reply) => {
                    standing.inspect(|standing| standing.write(&mut reply.headers));
                    return Ok(Admission::Reply(reply));
                }
                Outcome::Miss(new) => ticket = Some(new),
                Outcome::Bypass => {}
            }
        }
        let tags =
            entry.call.operation.invalidates.iter().map(|tag| entry.interpolate(tag, &principal(entry))).collect();
        Ok(Admission::Proceed(Pass {
            standing,
            ticket,
            invalidation: Invalidation { cache: self.cache.clone(), tags },
        }))
    }

    async fn leave(&self, mut pass: Pass, entry: &Entry<'_, Caller>, reply: &mut Reply) {
        // A 5xx response does not prove that the transaction was rolled back, so it invalidates the tags too.
        if !reply.status.is_client_error() && !pass.invalidation.tags.is_empty() {
            self.cache.invalidate(&pass.invalidation.tags).await;
        }
        pass.invalidation.tags.clear();
        if let (Some(ticket), Some(cache)) = (pass.ticket.take(), &entry.call.operation.cache)
            && reply.status == StatusCode::OK
        {
            self.cache.store(ticket, reply, cache.ttl).await;
        }
        if let Some(standing) = &pass.standing
            && !reply.headers.contains_key("x-ratelimit-limit")
        {
            standing.write(&mut reply.headers);
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

/// Returns the rate limits that apply to a request before its handler runs, each with its token bucket.
///
/// Limits by account are not included. The handler applies them, because only the handler knows the account.
fn counted(entry: &Entry<'_, Caller>) -> Vec<Counted> {
    let operation = entry.call.operation;
    let subject = |by: LimitBy| match (by, entry.principal) {
        (LimitBy::Account, _) => None,
        (LimitBy::Caller, Some(caller)) => Some(format!("user:{}", caller.user_id)),
        (LimitBy::Caller, None) | (LimitBy::Address, _) => Some(subject_of(entry.call.address)),
    };
    let limits = operation.rate_limits.iter();
    limits.filter_map(|limit| Some(Counted::new(operation, limit, &subject(limit.by)?))).collect()
}

/// Returns the lookup for the cached response to a request. Returns `None` if the contract declares no `x-cache`
/// for the operation or an invalidation is pending.
fn lookup(cache: &Cache, entry: &Entry<'_, Caller>) -> Option<Lookup> {
    let operation = entry.call.operation;
    let policy = operation.cache.as_ref()?;
    let audience = match entry.principal {
        _ if policy.shared => "shared".to_owned(),
        // The cache key contains the role, because the role decides which data the caller can see.
        Some(caller) => format!("{}:{}", caller.user_id, caller.role.as_str()),
        None => "anonymous".to_owned(),
    };
    // A query string can be long; the hash limits the length of the cache key.
    let request_hash = URL_SAFE_NO_PAD.encode(Sha256::digest(entry.cache_key));
    let tags = policy.tags.iter().map(|tag| entry.interpolate(tag, &principal(entry)));
    cache.lookup(&format!("{}:{audience}:{request_hash}", operation.id), tags)
}

/// Returns the value that replaces `{principal}` in a cache tag of the contract: the caller's user id or
/// `anonymous`.
fn principal(entry: &Entry<'_, Caller>) -> String {
    entry.principal.map_or_else(|| "anonymous".to_owned(), |caller| caller.user_id.to_string())
}

fn with_standing(problem: Problem, standing: Option<&Standing>) -> Problem {
    let headers = standing.into_iter().flat_map(Standing::headers);
    headers.fold(problem, |problem, (name, value)| problem.with_header(name, value))
}

fn is_true(value: Value) -> bool {
    bool::from_redis_value(value).unwrap_or(false)
}

#[cfg(test)]
mod tests;
