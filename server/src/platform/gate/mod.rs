//! The gate of every operation: revocation, rate limits and cache in one round trip to Redis.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{StatusCode, header};
use redis::{FromRedisValue, Value};
use sha2::{Digest, Sha256};
use writ_runtime::operation::LimitBy;
use writ_runtime::{Admission, Entry, Gate, Problem, Reply};

use crate::platform::cache::{Cache, Found, Question, Ticket};
use crate::platform::caller::Caller;
use crate::platform::limiter::{Counted, Limiter, Standing, subject_of};
use crate::platform::redis::Redis;
use crate::platform::revocation::{Marker, Revocations};

/// Applies what the contract says of each operation.
#[derive(Debug, Clone)]
pub struct PolicyGate {
    redis: Redis,
    limiter: Limiter,
    cache: Cache,
    revocations: Revocations,
}

/// What is remembered of a request that was let in.
#[derive(Debug)]
pub struct Pass {
    standing: Option<Standing>,
    ticket: Option<Ticket>,
    invalidation: Invalidation,
}

/// Tags to forget when the operation has had its effect. Dropped without an answer (the caller hung
/// up, the time was over) it forgets them all the same: the transaction may have committed.
#[derive(Debug)]
struct Invalidation {
    cache: Cache,
    tags: Vec<String>,
}

impl PolicyGate {
    /// Puts the parts together.
    pub fn new(redis: Redis, limiter: Limiter, cache: Cache, revocations: Revocations) -> PolicyGate {
        PolicyGate { redis, limiter, cache, revocations }
    }

    /// Everything that Redis is asked about a request, at once. `None`: Redis is unavailable.
    async fn ask(&self, asked: &Asked<'_>) -> Option<std::vec::IntoIter<Value>> {
        let mut pipeline = redis::pipe();
        pipeline.ignore_errors();
        if let Some(caller) = asked.caller {
            self.revocations.ask(&mut pipeline, caller.session_id);
        }
        self.limiter.ask(&mut pipeline, &asked.counted);
        if let Some(question) = &asked.question {
            self.cache.ask(&mut pipeline, question);
        }
        match pipeline.is_empty() {
            true => Some(Vec::new().into_iter()),
            false => self.redis.run::<Vec<Value>>(&pipeline).await.ok().map(Vec::into_iter),
        }
    }

    /// Refuses a caller whose session has ended.
    async fn check_session(&self, session: Session<'_>) -> Result<(), Problem> {
        let Session { caller, all_told, answers } = session;
        let redis_is_there = answers.is_some();
        let marker = answers.map_or(Marker::Unknown, |(revoked, complete)| {
            self.revocations.read(is_true(revoked), is_true(complete), all_told)
        });
        let revoked = match marker {
            Marker::Revoked => true,
            Marker::Live => false,
            Marker::Unknown => self.revocations.ask_row(caller.session_id, redis_is_there).await.map_err(|error| {
                let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the session cannot be checked now");
                problem.cause = Some(error.into());
                problem.with_header(header::RETRY_AFTER, "1")
            })?,
        };
        match revoked {
            true => Err(Problem::new(StatusCode::UNAUTHORIZED, "the session has ended")
                .with_header(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)),
            false => Ok(()),
        }
    }
}

/// What a request asks of Redis.
struct Asked<'a> {
    caller: Option<&'a Caller>,
    counted: Vec<Counted>,
    question: Option<Question>,
}

/// What is known of a caller's session.
struct Session<'a> {
    caller: &'a Caller,
    all_told: bool,
    answers: Option<(Value, Value)>,
}

impl Gate<Caller> for PolicyGate {
    type Pass = Pass;

    async fn enter(&self, entry: &Entry<'_, Caller>) -> Result<Admission<Pass>, Problem> {
        let asked = Asked { caller: entry.principal, counted: counted(entry), question: question(&self.cache, entry) };
        let all_told = self.revocations.all_told();
        let answers = self.ask(&asked).await;
        let mut answers = answers.map(|mut answers| move || answers.next());
        let mut next = || answers.as_mut().and_then(|next| next());

        let session = asked.caller.map(|caller| Session { caller, all_told, answers: next().zip(next()) });
        let standing = match asked.counted.is_empty() {
            true => None,
            false => Some(self.limiter.read(next(), &asked.counted).await),
        };
        let refuse = |problem: Problem| with_standing(problem, standing.as_ref());
        if let Some(session) = session {
            self.check_session(session).await.map_err(refuse)?;
        }
        if standing.as_ref().is_some_and(|standing| !standing.allowed) {
            return Err(refuse(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests; try again later")));
        }
        let mut ticket = None;
        if let Some(question) = &asked.question {
            let answer = std::iter::from_fn(&mut next).nth(question.answers() - 1);
            match self.cache.read(question, answer).await {
                Found::Hit(mut reply) => {
                    standing.inspect(|standing| standing.write(&mut reply.headers));
                    return Ok(Admission::Reply(reply));
                }
                Found::Miss(made) => ticket = Some(made),
                Found::Bypass => {}
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
        // An answer of 5xx does not say that nothing was committed.
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

/// Whose buckets the request takes from. The account's is the handler's to take from.
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

/// What the cache is asked, where the contract lets answers be kept.
fn question(cache: &Cache, entry: &Entry<'_, Caller>) -> Option<Question> {
    let operation = entry.call.operation;
    let policy = operation.cache.as_ref()?;
    let whose = match entry.principal {
        _ if policy.shared => "shared".to_owned(),
        // With the role: what a user may see changes with it.
        Some(caller) => format!("{}:{}", caller.user_id, caller.role.as_str()),
        None => "anonymous".to_owned(),
    };
    // The hash bounds the key: a query may be long.
    let asked = URL_SAFE_NO_PAD.encode(Sha256::digest(entry.cache_key));
    let tags = policy.tags.iter().map(|tag| entry.interpolate(tag, &principal(entry)));
    cache.question(&format!("{}:{whose}:{asked}", operation.id), tags)
}

/// What `{principal}` stands for in a tag.
fn principal(entry: &Entry<'_, Caller>) -> String {
    entry.principal.map_or_else(|| "anonymous".to_owned(), |caller| caller.user_id.to_string())
}

fn with_standing(problem: Problem, standing: Option<&Standing>) -> Problem {
    let headers = standing.into_iter().flat_map(Standing::headers);
    headers.fold(problem, |problem, (name, value)| problem.with_header(name, value))
}

fn is_true(answer: Value) -> bool {
    bool::from_redis_value(answer).unwrap_or(false)
}

#[cfg(test)]
mod tests;
