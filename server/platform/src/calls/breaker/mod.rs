//! The circuit breaker of one class of operations of a service: closed, open, half-open.
//!
//! It is closed while calls succeed. Once most of the attempts of ten seconds fail, it opens, and refuses calls at once. After
//! a pause it is half-open: one attempt at a time probes the service. Three successes in a row close it, and a failure
//! opens it for twice the time. The pause is random between its half and its whole, so that processes do not probe at once.
//!
//! Attempts that began before a change of state count no more, so that late responses neither close nor open anything.

mod window;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::call::{Began, Class};
use super::retry::random_part;
use super::settings::BreakerConfig;
use super::verdict::Verdict;
use crate::metrics::{BreakerState, Metrics};
use window::Window;

/// The number of successful probes that close a breaker.
const PROBES: u32 = 3;

/// The longest pause of a breaker.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The time after which a call that is refused during a probe can be repeated.
const PROBE_TIME: Duration = Duration::from_secs(1);

/// The circuit breaker of one class of operations of a service.
pub(super) struct Breaker {
    service: &'static str,
    class: Class,
    config: BreakerConfig,
    state: Mutex<State>,
    metrics: Arc<Metrics>,
}

struct State {
    phase: Phase,
    /// The number of changes of the phase. An attempt belongs to the one in which it began.
    generation: u64,
    /// The number of pauses since the breaker was last closed.
    pauses: u32,
}

enum Phase {
    Closed(Window),
    Open { until: Instant },
    HalfOpen { is_probing: bool, succeeded: u32 },
}

/// The permission for an attempt. Dropping the value without a verdict means that the attempt was cancelled.
pub(super) struct Permit<'a> {
    breaker: &'a Breaker,
    generation: u64,
    began: Began,
    is_complete: bool,
}

impl Breaker {
    pub(super) fn new(service: &'static str, class: Class, config: BreakerConfig, metrics: Arc<Metrics>) -> Breaker {
        let state = State { phase: Phase::Closed(Window::new()), generation: 0, pauses: 0 };
        Breaker { service, class, config, state: Mutex::new(state), metrics }
    }

    /// Checks that the breaker would permit an attempt, before its caller waits for a place.
    ///
    /// # Errors
    /// Returns the time until the next attempt if the breaker is open.
    pub(super) fn check(&self) -> Result<(), Duration> {
        let state = self.lock();
        match state.phase {
            Phase::Open { until } if until > Instant::now() => Err(until - Instant::now()),
            Phase::HalfOpen { is_probing: true, .. } => Err(PROBE_TIME),
            Phase::Open { .. } | Phase::HalfOpen { .. } | Phase::Closed(_) => Ok(()),
        }
    }

    /// Permits an attempt whose call has this time limit.
    ///
    /// # Errors
    /// Returns the time until the next attempt if the breaker is open.
    pub(super) fn enter(&self, limit: Duration) -> Result<Permit<'_>, Duration> {
        let mut state = self.lock();
        match &mut state.phase {
            Phase::Closed(_) => {}
            Phase::Open { until } => {
                let now = Instant::now();
                if *until > now {
                    return Err(*until - now);
                }
                self.change(&mut state, Phase::HalfOpen { is_probing: true, succeeded: 0 });
            }
            Phase::HalfOpen { is_probing: true, .. } => return Err(PROBE_TIME),
            Phase::HalfOpen { is_probing, .. } => *is_probing = true,
        }
        Ok(Permit { breaker: self, generation: state.generation, began: Began::now(limit), is_complete: false })
    }

    /// Applies the verdict over an attempt.
    fn end(&self, generation: u64, verdict: Verdict) {
        let mut state = self.lock();
        if state.generation != generation {
            return;
        }
        match &mut state.phase {
            Phase::Closed(window) => {
                if verdict != Verdict::Unknown {
                    window.add(verdict != Verdict::Success);
                }
                if let Verdict::Failure(named) = verdict
                    && window.is_failing(&self.config)
                {
                    self.open(&mut state, named);
                }
            }
            Phase::HalfOpen { is_probing, succeeded } => match verdict {
                Verdict::Unknown => *is_probing = false,
                Verdict::Failure(named) => self.open(&mut state, named),
                Verdict::Success if *succeeded + 1 < PROBES => (*is_probing, *succeeded) = (false, *succeeded + 1),
                Verdict::Success => {
                    state.pauses = 0;
                    self.change(&mut state, Phase::Closed(Window::new()));
                }
            },
            // An attempt has no permit of this phase.
            Phase::Open { .. } => {}
        }
    }

    /// Opens the breaker. The service may have named the time after which it works again.
    fn open(&self, state: &mut State, named: Option<Duration>) {
        let longest = self.config.pause.saturating_mul(2_u32.saturating_pow(state.pauses)).min(LONGEST_PAUSE);
        let pause = longest / 2 + random_part(longest / 2);
        state.pauses = state.pauses.saturating_add(1);
        let until = Instant::now() + named.map_or(pause, |named| named.max(pause));
        self.change(state, Phase::Open { until });
    }

    fn change(&self, state: &mut State, phase: Phase) {
        let (service, class) = (self.service, self.class.label());
        let known = phase.state();
        match known {
            BreakerState::Open => tracing::warn!(service, class, "the circuit breaker opens: most calls fail"),
            BreakerState::HalfOpen => tracing::info!(service, class, "the circuit breaker probes the service"),
            BreakerState::Closed => tracing::info!(service, class, "the circuit breaker closes: calls succeed again"),
        }
        self.metrics.observe_breaker(service, class, known);
        (state.phase, state.generation) = (phase, state.generation + 1);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Phase {
    fn state(&self) -> BreakerState {
        match self {
            Phase::Closed(_) => BreakerState::Closed,
            Phase::Open { .. } => BreakerState::Open,
            Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }
}

impl Permit<'_> {
    /// Returns the time since the attempt began.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Ends the attempt.
    pub(super) fn end(mut self, verdict: Verdict) {
        self.is_complete = true;
        self.breaker.end(self.generation, verdict);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if !self.is_complete {
            self.breaker.end(self.generation, Verdict::of_cancelled(self.began.elapsed(), self.began.limit));
        }
    }
}

#[cfg(test)]
mod tests;
