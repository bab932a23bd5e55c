//! Operations that an operator has switched off, as a policy of a gate.

use std::time::Duration;

use http::{StatusCode, header};
use writ_runtime::{Entry, Problem, Reply};

use super::Overrides;
use crate::gate::{Commands, Policy, Stage, Visit};
use crate::metrics;

/// The policy that refuses operations which an operator has switched off, with 503 and `Retry-After`.
#[derive(Debug)]
pub(crate) struct Switches(pub(crate) Overrides);

/// The part of [`Switches`] in a request for an operation that is switched off.
#[derive(Debug)]
pub(crate) struct SwitchedOff {
    remaining: Duration,
}

impl<P: Sync> Policy<P> for Switches {
    type Visit = SwitchedOff;
    const STAGE: Stage = Stage::Load;

    fn visit(&self, entry: &Entry<'_, P>, _: &mut Commands) -> Option<SwitchedOff> {
        self.0.off(entry.call.operation).map(|remaining| SwitchedOff { remaining })
    }
}

impl<P: Sync> Visit<P> for SwitchedOff {
    async fn enter(&mut self, entry: &Entry<'_, P>) -> Result<Option<Reply>, Problem> {
        metrics::record(|metrics| metrics.observe_switched_off(entry.call.operation));
        let seconds = u64::try_from(self.remaining.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
        let message = "this operation is temporarily switched off; try again later";
        Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(header::RETRY_AFTER, seconds))
    }
}
