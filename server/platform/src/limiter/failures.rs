//! The limit of failed credentials as a policy of a gate: one token bucket for each client address.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use http::{HeaderMap, StatusCode};
use moka::sync::Cache;
use writ_runtime::operation::{LimitBy, RateLimit};
use writ_runtime::{Entry, Problem, Reply};

use super::{Counted, Level, Limiter, Standing, network_of, subject_of};
use crate::gate::{Commands, Policy, Responses, Stage, Visit};

/// The limit of failed credentials of a client address if no setting changes it: 100 in a minute.
pub(crate) const FAILED_CREDENTIALS: RateLimit =
    RateLimit { requests: 100, window: Duration::from_secs(60), by: LimitBy::Address };

/// The maximum number of blocked addresses in memory. The least used ones are evicted first.
const MAX_BLOCKED: u64 = 10_000;

/// The longest time for which an address is blocked before Redis is asked again.
const MAX_BLOCK: Duration = Duration::from_secs(10);

/// The policy that limits requests whose credentials are missing or wrong.
///
/// Each costs one token of its client address, for all operations together. While the bucket of an address is empty, this
/// process refuses credentials from the address without verifying them and without asking Redis.
pub(crate) struct FailedCredentials {
    limiter: Limiter,
    limit: RateLimit,
    blocked: Cache<Option<IpAddr>, Block>,
}

/// The block of a client address.
#[derive(Debug, Clone, Copy)]
struct Block {
    until: Instant,
    level: Level,
}

/// The part of [`FailedCredentials`] in a request that authentication refuses.
pub(crate) struct FailureVisit {
    limiter: Limiter,
    counted: Counted,
    address: Option<IpAddr>,
    blocked: Cache<Option<IpAddr>, Block>,
    standing: Option<Standing>,
}

impl FailedCredentials {
    pub(crate) fn new(limiter: Limiter, limit: RateLimit) -> FailedCredentials {
        let blocked = Cache::builder().max_capacity(MAX_BLOCKED).time_to_live(MAX_BLOCK).build();
        FailedCredentials { limiter, limit, blocked }
    }

    /// Returns the state of the bucket of a blocked address.
    fn standing(&self, address: Option<IpAddr>) -> Option<Standing> {
        // Callers without a known address share one bucket, but are not blocked together.
        address?;
        let Block { until, level } = self.blocked.get(&address)?;
        let retry_after = until.saturating_duration_since(Instant::now());
        let tightest = Level { retry_after, ..level };
        (!retry_after.is_zero()).then_some(Standing { allowed: false, tightest })
    }
}

impl<P: Sync> Policy<P> for FailedCredentials {
    type Visit = FailureVisit;
    const STAGE: Stage = Stage::Caller;

    fn visit(&self, _: &Entry<'_, P>, _: &mut Commands) -> Option<FailureVisit> {
        None
    }

    fn approach(&self, entry: &Entry<'_, P>) -> Result<(), Problem> {
        match self.standing(network_of(entry.call.address)) {
            Some(standing) => {
                let mut problem = refusal();
                problem.headers.extend(standing.header_values());
                Err(problem)
            }
            None => Ok(()),
        }
    }

    fn deny(&self, entry: &Entry<'_, P>, refusal: &Problem, commands: &mut Commands) -> Option<FailureVisit> {
        if refusal.status != StatusCode::UNAUTHORIZED {
            return None;
        }
        let address = network_of(entry.call.address);
        let counted = Counted::shared("failed:credentials", self.limit, &subject_of(address));
        let standing = self.standing(address);
        if standing.is_none() {
            self.limiter.push_take(commands, std::slice::from_ref(&counted));
        }
        let (limiter, blocked) = (self.limiter.clone(), self.blocked.clone());
        Some(FailureVisit { limiter, counted, address, blocked, standing })
    }
}

impl<P: Sync> Visit<P> for FailureVisit {
    async fn read(&mut self, responses: Responses) {
        if self.standing.is_some() {
            return;
        }
        let standing = self.limiter.read(responses, std::slice::from_ref(&self.counted)).await;
        if !standing.allowed {
            let until = Instant::now() + standing.tightest.retry_after.min(MAX_BLOCK);
            self.blocked.insert(self.address, Block { until, level: standing.tightest });
        }
        self.standing = Some(standing);
    }

    async fn enter(&mut self, _: &Entry<'_, P>) -> Result<Option<Reply>, Problem> {
        match &self.standing {
            Some(standing) if !standing.allowed => Err(refusal()),
            _ => Ok(None),
        }
    }

    fn write_headers(&self, headers: &mut HeaderMap) {
        if let Some(standing) = &self.standing {
            standing.write(headers);
        }
    }
}

fn refusal() -> Problem {
    let message = "too many requests without valid credentials; try again later";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, message)
}
