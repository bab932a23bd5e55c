//! The rate limits of an operation as a policy of a gate.

use http::{HeaderMap, StatusCode};
use writ_runtime::operation::{LimitBy, RateLimit};
use writ_runtime::{Entry, Problem, Reply};

use super::{Counted, Limiter, Standing, hashed, subject_of};
use crate::gate::{Acceptance, Commands, Policy, Responses, Stage, Visit};
use crate::metrics;
use crate::overrides::Overrides;
use crate::principal::Principal;

/// The part of the rate limits in one request. Every response has the headers of the limit, refusals included.
#[derive(Debug)]
pub struct LimitVisit {
    limiter: Limiter,
    counted: Vec<Counted>,
    /// True if the policies before this one perhaps refuse the caller, who then takes nothing.
    is_conditional: bool,
    /// True if the limits have decided about the request.
    is_decided: bool,
    /// The state of the buckets, after the responses were read.
    standing: Option<Standing>,
}

/// The policy of `x-rate-limit`: limits by caller and by client address.
///
/// Limits by account are not included. The handler applies them with [`Limiter::take_account`], because only the
/// handler knows the account.
impl<P: Principal> Policy<P> for Limiter {
    type Visit = LimitVisit;
    const STAGE: Stage = Stage::Load;

    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<LimitVisit> {
        self.begin(entry, entry.call.operation.rate_limits, commands)
    }

    fn deny(&self, entry: &Entry<'_, P>, refusal: &Problem, commands: &mut Commands) -> Option<LimitVisit> {
        counts_as_request(refusal).then(|| Policy::<P>::visit(self, entry, commands)).flatten()
    }
}

/// The policy of `x-rate-limit`, or of the limit that an operator has set in its place.
#[derive(Debug)]
pub(crate) struct AdjustableLimiter {
    pub(crate) limiter: Limiter,
    pub(crate) overrides: Overrides,
}

impl<P: Principal> Policy<P> for AdjustableLimiter {
    type Visit = LimitVisit;
    const STAGE: Stage = Stage::Load;

    fn visit(&self, entry: &Entry<'_, P>, commands: &mut Commands) -> Option<LimitVisit> {
        let limits = self.overrides.rate_limits(entry.call.operation);
        self.limiter.begin(entry, limits.as_slice(), commands)
    }

    fn deny(&self, entry: &Entry<'_, P>, refusal: &Problem, commands: &mut Commands) -> Option<LimitVisit> {
        counts_as_request(refusal).then(|| Policy::<P>::visit(self, entry, commands)).flatten()
    }
}

/// Returns true if a request that authentication refuses takes from the limits of its operation. Failed credentials
/// have a [limit of their own](super::FailedCredentials).
fn counts_as_request(refusal: &Problem) -> bool {
    refusal.status != StatusCode::UNAUTHORIZED
}

impl Limiter {
    /// Begins to apply rate limits to a request. Returns `None` if none of them applies to it.
    fn begin<P: Principal>(
        &self,
        entry: &Entry<'_, P>,
        limits: &[RateLimit],
        commands: &mut Commands,
    ) -> Option<LimitVisit> {
        let counted = counted(entry, limits);
        if counted.is_empty() {
            return None;
        }
        self.push_take(commands, &counted);
        let is_conditional = !matches!(commands.acceptance(), Acceptance::Accepted);
        Some(LimitVisit { limiter: self.clone(), counted, is_conditional, is_decided: false, standing: None })
    }
}

impl<P: Principal> Visit<P> for LimitVisit {
    async fn read(&mut self, responses: Responses) {
        let (standing, is_decided) = match self.is_conditional {
            true => self.limiter.read_conditional(responses, &self.counted),
            false => (self.limiter.read(responses, &self.counted).await, true),
        };
        (self.standing, self.is_decided) = (Some(standing), is_decided);
    }

    async fn enter(&mut self, entry: &Entry<'_, P>) -> Result<Option<Reply>, Problem> {
        if !self.is_decided {
            // The caller may act, but that was not known before the round trip.
            self.standing = self.limiter.take(&self.counted).await;
            self.is_decided = true;
        }
        match &self.standing {
            Some(standing) if !standing.allowed => {
                metrics::record(|metrics| metrics.observe_limited(entry.call.operation));
                Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests; try again later"))
            }
            _ => Ok(None),
        }
    }

    fn write_headers(&self, headers: &mut HeaderMap) {
        // A handler that refuses by its own limit reports that one.
        if let Some(standing) = &self.standing
            && !headers.contains_key("x-ratelimit-limit")
        {
            standing.write(headers);
        }
    }
}

/// Returns the rate limits that apply to a request before its handler runs, each with its token bucket.
fn counted<P: Principal>(entry: &Entry<'_, P>, limits: &[RateLimit]) -> Vec<Counted> {
    let operation = entry.call.operation;
    let subject = |by: LimitBy| match (by, entry.principal) {
        (LimitBy::Account, _) => None,
        (_, Some(caller)) if caller.is_service() => None,
        (LimitBy::Caller, Some(caller)) => Some(format!("user:{}", hashed(&caller.id()))),
        (LimitBy::Caller, None) | (LimitBy::Address, _) => Some(subject_of(entry.call.address)),
    };
    limits.iter().filter_map(|limit| Some(Counted::new(operation, *limit, &subject(limit.by)?))).collect()
}
