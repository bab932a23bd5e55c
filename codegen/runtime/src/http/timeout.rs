//! Time limits for futures, without a timer if the future is ready at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Instant, Sleep, sleep_until};

/// The error of a future that took longer than its time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed;

tokio::task_local! {
    /// The deadline of the request whose handler the current task runs.
    static CURRENT: Deadline;
}

/// The time at which a request must be complete. Its parts share one deadline, so their times do not add up.
///
/// A handler that calls another service asks for the time that it has left:
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::Deadline;
///
/// fn time_for_a_call(limit: Duration) -> Duration {
///     Deadline::current().map_or(limit, |deadline| limit.min(deadline.remaining()))
/// }
/// # assert_eq!(time_for_a_call(Duration::from_secs(2)), Duration::from_secs(2));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// Returns the deadline of the request whose handler the current task runs. Returns `None` outside of a handler, and in
    /// tasks that a handler has started.
    pub fn current() -> Option<Deadline> {
        CURRENT.try_with(|deadline| *deadline).ok()
    }

    /// Runs work as the work of a handler whose request has this deadline. The work is not cancelled when it passes.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }

    /// Returns the time until the deadline, which is zero once it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Returns the deadline of a request that begins now.
    pub fn after(limit: Duration) -> Deadline {
        let now = Instant::now();
        // A limit beyond the range of time is no limit for a process.
        Deadline(now.checked_add(limit).unwrap_or_else(|| now + Duration::from_secs(365 * 24 * 3600)))
    }

    /// Returns the deadline that is later by `time`.
    pub(crate) fn later_by(self, time: Duration) -> Deadline {
        Deadline(self.0 + time)
    }

    /// Runs a future until the deadline. After that, the result is the error [`Elapsed`].
    ///
    /// The future must be `Unpin`: a box or a pinned reference. An `async fn` that took the future by value would
    /// reserve space for it twice.
    pub(crate) fn limit<F: Future + Unpin>(self, mut future: F) -> impl Future<Output = Result<F::Output, Elapsed>> {
        // The timer is unconstrained, so that it fires even if the future has used up the cooperative budget of its
        // task. Most futures in the pipeline are ready at once and then need no timer.
        let mut timer: Option<Pin<Box<Unconstrained<Sleep>>>> = None;
        poll_fn(move |context| {
            if let Poll::Ready(output) = Pin::new(&mut future).poll(context) {
                return Poll::Ready(Ok(output));
            }
            let timer = timer.get_or_insert_with(|| Box::pin(unconstrained(sleep_until(self.0))));
            timer.as_mut().poll(context).map(|()| Err(Elapsed))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_future_that_exceeds_its_deadline_is_cancelled() {
        assert_eq!(Deadline::after(Duration::ZERO).limit(ready(7)).await, Ok(7));
        assert_eq!(Deadline::after(Duration::from_secs(1)).limit(pending::<()>()).await, Err(Elapsed));
        assert_eq!(Deadline::after(Duration::MAX).limit(pin!(sleep(Duration::from_secs(1)))).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn work_knows_the_deadline_of_its_request() {
        assert_eq!(Deadline::current(), None);
        let deadline = Deadline::after(Duration::from_secs(3));
        let remaining = deadline.scope(async {
            sleep(Duration::from_secs(1)).await;
            Deadline::current().map(Deadline::remaining)
        });
        assert_eq!(remaining.await, Some(Duration::from_secs(2)));
        sleep(Duration::from_secs(5)).await;
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn consecutive_futures_share_one_deadline() {
        let deadline = Deadline::after(Duration::from_secs(3));
        assert_eq!(deadline.limit(pin!(sleep(Duration::from_secs(2)))).await, Ok(()));
        assert_eq!(deadline.limit(pin!(sleep(Duration::from_secs(2)))).await, Err(Elapsed));
        assert_eq!(deadline.later_by(Duration::from_secs(2)).limit(pin!(sleep(Duration::from_secs(1)))).await, Ok(()));
    }
}
