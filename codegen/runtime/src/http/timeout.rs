//! Time limits for futures, without a timer if the future is ready at once.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::task::coop::{Unconstrained, unconstrained};
use tokio::time::{Sleep, sleep};

/// The error of a future that took longer than its time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Elapsed;

/// Runs a future for at most the time `limit`. After that, the result is the error [`Elapsed`].
///
/// The time is measured from the first poll that returns `Pending`, since most futures in the pipeline are
/// ready at once and then need no timer.
///
/// The future must be `Unpin`: a box or a pinned reference. An `async fn` that took the future by value would
/// reserve space for it twice.
pub(crate) fn within<F: Future + Unpin>(
    limit: Duration,
    mut future: F,
) -> impl Future<Output = Result<F::Output, Elapsed>> {
    // The timer is unconstrained, so that it fires even if the future has used up the cooperative budget of its
    // task.
    let mut timer: Option<Pin<Box<Unconstrained<Sleep>>>> = None;
    poll_fn(move |context| {
        if let Poll::Ready(output) = Pin::new(&mut future).poll(context) {
            return Poll::Ready(Ok(output));
        }
        let timer = timer.get_or_insert_with(|| Box::pin(unconstrained(sleep(limit))));
        timer.as_mut().poll(context).map(|()| Err(Elapsed))
    })
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_future_that_exceeds_its_limit_is_cancelled() {
        assert_eq!(within(Duration::ZERO, ready(7)).await, Ok(7));
        assert_eq!(within(Duration::from_secs(1), pending::<()>()).await, Err(Elapsed));
        assert_eq!(within(Duration::from_secs(2), pin!(sleep(Duration::from_secs(1)))).await, Ok(()));
    }
}
