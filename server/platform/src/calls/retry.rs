//! The retries of a call: exponential backoff with full jitter, within a budget that all calls of a service share.
//!
//! The budget is that of `tower`: a number of retries for each call, and a few more in each second. So retries cannot
//! multiply the load of a service that fails, and cannot arrive all at once when it works again.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::sleep;
use tower::retry::budget::{Budget as _, TpsBudget};
use writ_runtime::client::Transport;

use super::call::Call;
use super::settings::RetryConfig;
use super::transport::Calls;
use super::verdict::{Outcome, Repeat};
use crate::metrics::RetryResult;
use crate::random;

/// The time in which a call counts for the budget.
const PERIOD: Duration = Duration::from_secs(10);

/// The smallest number of retries for each call that is not zero.
const LEAST_SHARE: f32 = 0.001;

/// The largest number of retries in a second beyond those for each call.
const MOST_MINIMUM: u32 = 1000;

/// The longest backoff before the first retry. It doubles with each retry.
const FIRST_BACKOFF: Duration = Duration::from_millis(50);

/// The longest backoff before any retry.
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);

/// The budget of retries of a service.
pub(super) struct RetryBudget(Mutex<TpsBudget>);

impl RetryBudget {
    pub(super) fn new(config: &RetryConfig) -> RetryBudget {
        // The budget counts whole calls for each retry, and would round their number down, to more retries than configured.
        let calls = (1.0 / config.share.min(1.0)).ceil();
        // Other values would make the budget panic or overflow.
        let share = if config.share >= LEAST_SHARE { 1.0 / (calls + 0.5) } else { 0.0 };
        RetryBudget(Mutex::new(TpsBudget::new(PERIOD, config.minimum.min(MOST_MINIMUM), share)))
    }

    /// Counts a call.
    fn deposit(&self) {
        self.lock().deposit();
    }

    /// Takes a retry from the budget. Returns false if it is exhausted. The lock keeps two callers from taking the last one.
    fn withdraw(&self) -> bool {
        self.lock().withdraw()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, TpsBudget> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Transport> Calls<T> {
    /// Sends the requests of a call until one succeeds or none may follow.
    pub(super) async fn with_retries(&self, call: &Call) -> Outcome {
        self.budget.deposit();
        let mut sent = 0;
        loop {
            let outcome = self.hedged(call, &mut sent).await;
            let Some(repeat) = Repeat::of(&outcome).filter(|_| sent < call.policy.attempts) else {
                return outcome;
            };
            let wait = pause(sent, repeat);
            if !call.has_time_for(wait) || !self.may_repeat(RetryResult::Retried) {
                return outcome;
            }
            drop(outcome);
            sleep(wait).await;
        }
    }

    /// Sends a request, and a second one if the first one takes longer than the policy of the call says. The first
    /// response that need not be repeated counts, so the call also waits for the other request if one is refused by the
    /// circuit breaker. `sent` counts the requests of the call.
    async fn hedged(&self, call: &Call, sent: &mut u32) -> Outcome {
        *sent += 1;
        let mut first = pin!(self.attempt(call, *sent));
        let may_follow = |delay: &Duration| *sent < call.policy.attempts && call.has_time_for(*delay);
        let Some(delay) = call.policy.hedge.filter(may_follow) else {
            return first.await;
        };
        if let Either::Left((outcome, _)) = select(first.as_mut(), pin!(sleep(delay))).await {
            return outcome;
        }
        if !self.may_repeat(RetryResult::Hedged) {
            return first.await;
        }
        *sent += 1;
        let second = pin!(self.attempt(call, *sent));
        match select(first, second).await {
            Either::Left((outcome, _)) | Either::Right((outcome, _)) if is_final(&outcome) => outcome,
            Either::Left((_, second)) => second.await,
            Either::Right((_, first)) => first.await,
        }
    }

    /// Takes a further request from the budget, and counts it.
    fn may_repeat(&self, result: RetryResult) -> bool {
        let may = self.budget.withdraw();
        self.metrics.observe_retry(self.service, if may { result } else { RetryResult::Exhausted });
        may
    }
}

/// Returns true if an attempt has a response that no other one can improve.
fn is_final(outcome: &Outcome) -> bool {
    outcome.is_ok() && Repeat::of(outcome).is_none()
}

/// Returns the time before a retry after this number of requests. It is random, so that the retries of many callers spread.
fn pause(sent: u32, repeat: Repeat) -> Duration {
    let longest = FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(sent.saturating_sub(1))).min(LONGEST_BACKOFF);
    let backoff = random_part(longest);
    match repeat {
        Repeat::Backoff => backoff,
        Repeat::After(named) => named + backoff,
    }
}

/// Returns a random part of a time.
pub(super) fn random_part(time: Duration) -> Duration {
    // The 53 bits that a number from 0 to 1 can have.
    let random = (u64::from_le_bytes(random::bytes()) >> 11) as f64 / (1_u64 << 53) as f64;
    time.mul_f64(random)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_budget_has_a_share_of_the_calls_and_a_few_more() {
        let budget = RetryBudget::new(&RetryConfig { attempts: 3, share: 0.2, minimum: 1 });
        let take = || (0..1000).take_while(|_| budget.withdraw()).count();
        assert_eq!(take(), 10);
        (0..100).for_each(|_| budget.deposit());
        assert_eq!(take(), 20);
        advance(Duration::from_secs(30)).await;
        assert_eq!(take(), 10);
    }

    #[tokio::test]
    async fn the_budget_has_no_more_retries_than_its_share() {
        for (share, retries) in [(1.0, 1000), (0.6, 500), (0.5, 500), (0.4, 333), (0.2, 200), (0.1, 100), (0.01, 10)] {
            let budget = RetryBudget::new(&RetryConfig { attempts: 3, share, minimum: 0 });
            (0..1000).for_each(|_| budget.deposit());
            assert_eq!((0..2000).take_while(|_| budget.withdraw()).count(), retries, "{share}");
        }
    }

    #[tokio::test]
    async fn a_budget_without_a_share_has_the_minimum_alone() {
        for share in [0.0, 1e-30, -1.0, f32::NAN] {
            let budget = RetryBudget::new(&RetryConfig { attempts: 3, share, minimum: 1 });
            (0..100).for_each(|_| budget.deposit());
            assert_eq!((0..1000).take_while(|_| budget.withdraw()).count(), 10, "{share}");
        }
    }

    #[test]
    fn the_backoff_is_random_and_doubles_up_to_a_second() {
        for (attempt, longest) in [(1, 50), (2, 100), (5, 800), (6, 1000), (40, 1000)] {
            let longest = Duration::from_millis(longest);
            let pauses: Vec<_> = (0..200).map(|_| pause(attempt, Repeat::Backoff)).collect();
            assert!(pauses.iter().all(|pause| *pause <= longest), "{attempt}");
            assert!(pauses.iter().any(|pause| *pause > longest / 2) && pauses.iter().any(|pause| *pause < longest / 2));
        }
        let named = pause(1, Repeat::After(Duration::from_secs(3)));
        assert!((3000..=3050).contains(&named.as_millis()), "{named:?}");
    }
}
