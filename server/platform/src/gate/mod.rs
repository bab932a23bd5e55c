//! The gate that every API request passes before its handler runs. It applies policies: ended sessions, rate limits,
//! cached responses, and those that a service adds. They share one round trip to Redis.

mod erased;
mod exchange;
#[cfg(feature = "postgres")]
mod outages;
mod policy;

use std::fmt;

use http::{HeaderMap, StatusCode};
#[cfg(feature = "postgres")]
use writ_runtime::Operation;
use writ_runtime::{Admission, Entry, Gate, Problem, Reply};

use erased::{AnyPolicy, AnyVisit};

pub(crate) use exchange::Acceptance;
#[cfg(feature = "redis")]
pub use exchange::Command;
pub use exchange::{Commands, Responses};
#[cfg(feature = "postgres")]
pub use outages::Outages;
pub use policy::{Policy, Stage, Visit};

#[cfg(feature = "redis")]
use crate::redis::Redis;
#[cfg(feature = "postgres")]
use crate::{
    database::{Breaker, unavailable},
    health::is_probe,
    metrics::{self, OutageCause},
};

/// A [`Gate`] that is composed of policies.
///
/// [`Store::gate`](crate::Store::gate) creates the gate that applies the policies which a contract declares:
/// `x-rate-limit`, `x-cache` and `x-cache-invalidates`. A service adds others with [`PolicyGate::with`]:
///
/// ```
/// # use std::convert::Infallible;
/// use writ_platform::Store;
/// use writ_platform::gate::PolicyGate;
///
/// let gate: PolicyGate<Infallible> = Store::memory().gate();
/// ```
pub struct PolicyGate<P> {
    #[cfg(feature = "redis")]
    redis: Option<Redis>,
    /// The circuit breaker of the databases that handlers use.
    #[cfg(feature = "postgres")]
    breaker: Option<Breaker>,
    /// The policies in the order in which they decide.
    policies: Vec<Box<dyn AnyPolicy<P>>>,
}

/// The visits of a request that all policies admitted, until its response is sent.
pub struct Pass<P>(Vec<Box<dyn AnyVisit<P>>>);

impl<P> fmt::Debug for PolicyGate<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyGate").field("policies", &self.policies.len()).finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for Pass<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pass").field(&self.0.len()).finish()
    }
}

impl<P: 'static> PolicyGate<P> {
    /// Creates a gate without policies and without Redis, which admits every request.
    pub fn open() -> PolicyGate<P> {
        PolicyGate {
            #[cfg(feature = "redis")]
            redis: None,
            #[cfg(feature = "postgres")]
            breaker: None,
            policies: Vec::new(),
        }
    }

    /// Creates a gate without policies, whose policies send their commands to `redis`.
    #[cfg(feature = "redis")]
    pub fn on_redis(redis: Redis) -> PolicyGate<P> {
        PolicyGate { redis: Some(redis), ..PolicyGate::open() }
    }

    /// Adds the circuit breaker of the databases that handlers use. While it is open, the gate refuses requests that no
    /// policy responds to, except health checks.
    #[cfg(feature = "postgres")]
    pub(crate) fn guarded_by(self, breaker: Breaker) -> PolicyGate<P> {
        PolicyGate { breaker: Some(breaker), ..self }
    }

    /// Returns the circuit breaker that applies to an operation.
    #[cfg(feature = "postgres")]
    fn breaker(&self, operation: &Operation) -> Option<&Breaker> {
        self.breaker.as_ref().filter(|_| !is_probe(operation))
    }

    /// Adds a policy. Policies decide in the order of their [stages](Stage), whatever the order in which they are
    /// added.
    pub fn with(mut self, policy: impl Policy<P>) -> PolicyGate<P> {
        let policy: Box<dyn AnyPolicy<P>> = Box::new(policy);
        let position = self.policies.partition_point(|other| other.stage() <= policy.stage());
        self.policies.insert(position, policy);
        self
    }

    /// Begins the visits of a request with the function `begin` of each policy, and lets each of them read its responses,
    /// after one round trip to Redis.
    async fn visits(
        &self,
        begin: impl Fn(&dyn AnyPolicy<P>, &mut Commands) -> Option<Box<dyn AnyVisit<P>>>,
    ) -> Vec<Box<dyn AnyVisit<P>>> {
        let mut commands = Commands::default();
        let mut visits = Vec::with_capacity(self.policies.len());
        for policy in &self.policies {
            let before = commands.len();
            if let Some(visit) = begin(policy.as_ref(), &mut commands) {
                visits.push((visit, commands.len() - before));
            }
        }
        let mut responses = self.exchange(commands).await;
        let mut read = Vec::with_capacity(visits.len());
        for (mut visit, count) in visits {
            visit.read(responses.take(count)).await;
            read.push(visit);
        }
        read
    }

    #[cfg(feature = "redis")]
    async fn exchange(&self, commands: Commands) -> Responses {
        match &self.redis {
            Some(redis) => redis.exchange(commands).await,
            None => Responses::of(None),
        }
    }

    #[cfg(not(feature = "redis"))]
    async fn exchange(&self, _: Commands) -> Responses {
        Responses::empty()
    }
}

impl<P: Send + Sync + 'static> Gate<P> for PolicyGate<P> {
    type Pass = Pass<P>;

    fn approach(&self, entry: &Entry<'_, P>) -> Result<(), Problem> {
        self.policies.iter().try_for_each(|policy| policy.approach(entry))
    }

    async fn deny(&self, entry: &Entry<'_, P>, refusal: Problem) -> Problem {
        let mut visits = self.visits(|policy, commands| policy.deny(entry, &refusal, commands)).await;
        for index in 0..visits.len() {
            if let Err(problem) = visits[index].enter(entry).await {
                return with_headers(problem, &visits);
            }
        }
        with_headers(refusal, &visits)
    }

    async fn enter(&self, entry: &Entry<'_, P>) -> Result<Admission<Pass<P>>, Problem> {
        let mut visits = self.visits(|policy, commands| policy.visit(entry, commands)).await;
        for index in 0..visits.len() {
            // A policy can wait for the database, such as that of ended sessions, so an outage ends it as it ends a handler.
            let entered = tokio::select! {
                biased;
                entered = visits[index].enter(entry) => entered,
                problem = self.interrupted(entry) => Err(problem),
            };
            match entered {
                Ok(None) => {}
                Ok(Some(reply)) => return Ok(Admission::Reply { reply, headers: headers_of(&visits) }),
                // The credentials are not valid after all, for example because their session has ended.
                Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {
                    return Err(self.deny(&without_principal(entry), problem).await);
                }
                Err(problem) => return Err(with_headers(problem, &visits)),
            }
        }
        #[cfg(feature = "postgres")]
        if self.breaker(entry.call.operation).is_some_and(Breaker::is_open) {
            metrics::record(|metrics| metrics.observe_outage(OutageCause::Connection));
            return Err(with_headers(unavailable(), &visits));
        }
        Ok(Admission::Proceed(Pass(visits)))
    }

    #[cfg(feature = "postgres")]
    async fn interrupted(&self, entry: &Entry<'_, P>) -> Problem {
        match self.breaker(entry.call.operation) {
            Some(breaker) => breaker.interrupted().await,
            None => std::future::pending().await,
        }
        metrics::record(|metrics| metrics.observe_outage(OutageCause::Connection));
        unavailable()
    }

    fn begin(&self, pass: &mut Pass<P>, entry: &Entry<'_, P>) -> Result<(), Problem> {
        pass.0.iter_mut().try_for_each(|visit| visit.begin(entry))?;
        pass.0.iter_mut().for_each(|visit| visit.admitted(entry));
        Ok(())
    }

    async fn leave(&self, mut pass: Pass<P>, entry: &Entry<'_, P>, reply: &mut Reply) {
        for visit in pass.0.iter_mut().rev() {
            visit.leave(entry, reply).await;
        }
        pass.0.iter().for_each(|visit| visit.write_headers(&mut reply.headers));
    }
}

/// Returns the request of an entry as one whose credentials are not valid.
fn without_principal<'a, P>(entry: &Entry<'a, P>) -> Entry<'a, P> {
    let Entry { call, path, cache_key, headers, .. } = *entry;
    Entry { call, principal: None, path, cache_key, headers }
}

/// Returns the headers that all policies add to a response.
fn headers_of<P>(visits: &[Box<dyn AnyVisit<P>>]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    visits.iter().for_each(|visit| visit.write_headers(&mut headers));
    headers
}

/// Adds the headers of all policies to the refusal of one of them.
fn with_headers<P>(mut problem: Problem, visits: &[Box<dyn AnyVisit<P>>]) -> Problem {
    let headers = headers_of(visits);
    // A header of the refusal itself comes first, for example its own `Retry-After`.
    let others = headers.iter().filter(|(name, _)| problem.header(name.as_str()).is_none());
    let others: Vec<_> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    problem.headers.extend(others);
    problem
}

#[cfg(test)]
mod tests;
