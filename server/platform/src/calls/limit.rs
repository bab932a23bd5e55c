//! The limit on the requests to one service that run at once, and on those that wait for a place.
//!
//! It is the semaphore that `tower::limit::ConcurrencyLimit` uses. That layer lets any number of callers wait, for any
//! time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use writ_runtime::Deadline;

use super::error::CallErrorKind;
use crate::metrics::Metrics;

/// The limit on the requests to one service that run at once.
pub(super) struct ConcurrencyLimit {
    places: Semaphore,
    waiting: AtomicUsize,
    most_waiting: usize,
    service: &'static str,
    metrics: Arc<Metrics>,
}

/// A caller that waits for a place. Dropping the value ends the wait.
struct Waiting<'a>(&'a ConcurrencyLimit);

impl ConcurrencyLimit {
    /// Creates the limit of a service. As many callers as can run can wait.
    pub(super) fn new(service: &'static str, concurrency: usize, metrics: Arc<Metrics>) -> ConcurrencyLimit {
        let concurrency = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        let places = Semaphore::new(concurrency);
        ConcurrencyLimit { places, waiting: AtomicUsize::new(0), most_waiting: concurrency, service, metrics }
    }

    /// Waits for a place until the deadline.
    ///
    /// # Errors
    /// Returns [`CallErrorKind::LimitReached`] if too many wait already, or if no place becomes free in time.
    pub(super) async fn enter(&self, deadline: Deadline) -> Result<SemaphorePermit<'_>, CallErrorKind> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let _waiting = self.wait().ok_or(CallErrorKind::LimitReached)?;
        match timeout(deadline.remaining(), self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            // The semaphore is never closed.
            Ok(Err(_)) | Err(_) => Err(CallErrorKind::LimitReached),
        }
    }

    /// Counts a caller that waits. Returns `None` if too many wait already.
    fn wait(&self) -> Option<Waiting<'_>> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        self.metrics.add_waiting_calls(self.service, 1);
        let waiting = Waiting(self);
        (before < self.most_waiting).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
        self.0.metrics.add_waiting_calls(self.0.service, -1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn callers_wait_for_a_place_until_their_deadline_and_not_too_many_of_them() {
        let limit = ConcurrencyLimit::new("tickets", 1, Arc::default());
        let (soon, later) = (Deadline::after(Duration::from_secs(1)), Deadline::after(Duration::from_secs(9)));
        let first = limit.enter(soon).await.unwrap();
        let mut second = Box::pin(limit.enter(later));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(limit.enter(later).await.err(), Some(CallErrorKind::LimitReached));
        drop(first);
        let second = second.await.unwrap();
        assert_eq!(limit.enter(soon).await.err(), Some(CallErrorKind::LimitReached));
        assert_eq!(soon.remaining(), Duration::ZERO);
        drop(second);
        assert!(limit.enter(later).await.is_ok());
        assert_eq!(limit.waiting.load(Ordering::Relaxed), 0);
    }
}
