//! The circuit breaker of a service's databases: while it is open, requests are refused at once instead of waiting for a
//! database that does not respond.

use std::fmt;
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use writ_runtime::Problem;

/// The time limit of handlers during an outage, before a database is configured.
const DEFAULT_LIMIT: Duration = Duration::from_secs(5);

/// The circuit breaker of all databases of a service. It is open while at least one of them is unavailable. Clones share
/// the state.
#[derive(Clone)]
pub(crate) struct Breaker {
    /// The time after which a handler ends during an outage: the longest time that a statement may take.
    pub(crate) limit: Duration,
    /// The number of databases that are unavailable.
    unavailable: watch::Sender<usize>,
}

impl Default for Breaker {
    fn default() -> Breaker {
        Breaker { limit: DEFAULT_LIMIT, unavailable: watch::Sender::new(0) }
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker").field("unavailable", &*self.unavailable.borrow()).finish()
    }
}

impl Breaker {
    /// Returns true if a database is unavailable.
    pub(crate) fn is_open(&self) -> bool {
        *self.unavailable.borrow() > 0
    }

    /// Counts a database that became unavailable.
    pub(crate) fn trip(&self) {
        self.unavailable.send_modify(|count| *count += 1);
    }

    /// Counts a database that is available again.
    pub(super) fn reset(&self) {
        self.unavailable.send_modify(|count| *count = count.saturating_sub(1));
    }

    /// Waits until a handler that begins now must end because of an outage.
    ///
    /// The server cannot cancel a statement of a client that it does not reach, so the client gives up after the time
    /// limit. A handler also ends when the outage ends: its connection is from before the outage and may never respond.
    pub(crate) async fn interrupted(&self) {
        let deadline = Instant::now() + self.limit;
        let mut changes = self.unavailable.subscribe();
        // The waits fail only if there is no sender, and `self` is one.
        let _ = changes.wait_for(|count| *count > 0).await;
        let _ = timeout_at(deadline, changes.wait_for(|count| *count == 0)).await;
    }
}

/// Returns the refusal of a request that needs a database which is unavailable.
pub(crate) fn unavailable() -> Problem {
    let problem =
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the service is temporarily unavailable; try again later");
    problem.with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::Poll;

    use super::*;

    const LIMIT: Duration = DEFAULT_LIMIT;

    fn is_ready(future: std::pin::Pin<&mut impl Future>) -> bool {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        matches!(future.poll(&mut context), Poll::Ready(_))
    }

    #[tokio::test(start_paused = true)]
    async fn a_handler_ends_at_its_deadline_only_during_an_outage() {
        let breaker = Breaker::default();
        let mut interrupted = std::pin::pin!(breaker.interrupted());
        assert!(!is_ready(interrupted.as_mut()));
        tokio::time::sleep(3 * LIMIT).await;
        assert!(!is_ready(interrupted.as_mut()));
        breaker.trip();
        let started = Instant::now();
        interrupted.await;
        assert_eq!(started.elapsed(), Duration::ZERO);
        tokio::time::timeout(2 * LIMIT, breaker.interrupted()).await.unwrap();
        assert_eq!(started.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_an_outage_ends_the_handlers_that_began_before_it() {
        let breaker = Breaker::default();
        let mut before = std::pin::pin!(breaker.interrupted());
        assert!(!is_ready(before.as_mut()));
        breaker.trip();
        breaker.trip();
        breaker.reset();
        assert!(breaker.is_open() && !is_ready(before.as_mut()));
        breaker.reset();
        assert!(!breaker.is_open());
        before.await;
        assert!(!is_ready(std::pin::pin!(breaker.interrupted())));
    }
}
