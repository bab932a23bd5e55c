//! The queue of password hashes: a limited number runs at the same time, a limited number waits, and further ones are
//! refused at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use writ_runtime::Unavailable;

use super::PasswordError;
use crate::metrics::Metrics;

/// The usual time of a password hash on one processor.
const USUAL_TIME: Duration = Duration::from_millis(50);

/// The default number of waiting hashes for each hash that runs, so that a hash waits for about a second at most.
const WAITING_PER_RUNNING: usize = 20;

/// The queue of password hashes. Clones share its limits.
#[derive(Clone)]
pub(super) struct Queue {
    /// The places of hashes that run or wait.
    places: Arc<Semaphore>,
    /// The permits of hashes that run.
    running: Arc<Semaphore>,
    /// The time in which a full queue becomes empty.
    drained_in: Duration,
    metrics: Arc<Metrics>,
}

impl Queue {
    /// Creates the queue of a process, which computes one hash per processor at the same time. `None` stands for the
    /// default number of waiting hashes.
    pub(super) fn new(waiting: Option<usize>, metrics: Arc<Metrics>) -> Queue {
        let running = std::thread::available_parallelism().map_or(2, usize::from);
        Queue::with_limits(running, waiting.unwrap_or(running * WAITING_PER_RUNNING), metrics)
    }

    /// Creates a queue with these numbers of hashes that run and that wait.
    pub(super) fn with_limits(running: usize, waiting: usize, metrics: Arc<Metrics>) -> Queue {
        let places = running.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        let rounds = u32::try_from(places.div_ceil(running)).unwrap_or(u32::MAX);
        Queue {
            places: Arc::new(Semaphore::new(places)),
            running: Arc::new(Semaphore::new(running)),
            drained_in: USUAL_TIME.saturating_mul(rounds),
            metrics,
        }
    }

    /// Returns the number of hashes that can be added at the moment.
    pub(super) fn free_places(&self) -> usize {
        self.places.available_permits()
    }

    /// Runs a hash computation on a blocking thread as soon as the limit permits.
    ///
    /// # Errors
    /// Returns [`PasswordError::Busy`] if the queue is full.
    pub(super) async fn run<T, W>(&self, work: W) -> Result<T, PasswordError>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, PasswordError> + Send + 'static,
    {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            self.metrics.observe_password_hash("refused");
            let busy = Unavailable::retry_after(self.drained_in).because("the queue of password hashes is full");
            return Err(PasswordError::Busy(busy));
        };
        let failed = |error: &dyn std::fmt::Display| PasswordError::Failed(error.to_string());
        let permit = self.running.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        self.metrics.observe_password_hash("computed");
        // The blocking task owns its place and its permit, because the task continues if the caller disconnects.
        // Otherwise callers that disconnect could start any number of concurrent hash computations.
        let work = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((permit, place));
            result
        });
        work.await.map_err(|error| failed(&error))?
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::FutureExt as _;

    use super::*;

    /// Starts work that ends when the returned sender is dropped, and waits until it runs.
    async fn occupy(queue: &Queue) -> mpsc::Sender<()> {
        let (end, ended) = mpsc::channel::<()>();
        let (started, has_started) = tokio::sync::oneshot::channel();
        let queue = queue.clone();
        tokio::spawn(async move {
            let work = move || {
                let _ = started.send(());
                let _ = ended.recv();
                Ok(())
            };
            queue.run(work).await
        });
        has_started.await.unwrap();
        end
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_accepts_again_when_work_ends() {
        let metrics = Arc::new(Metrics::default());
        let queue = Queue::with_limits(1, 1, metrics.clone());
        let end = occupy(&queue).await;
        let mut waiting = Box::pin(queue.run(|| Ok("waited")));
        assert!((&mut waiting).now_or_never().is_none());
        let Err(PasswordError::Busy(busy)) = queue.run(|| Ok(())).await else { panic!("the queue is not full") };
        assert_eq!(busy.seconds(), 1);
        drop(end);
        assert_eq!(waiting.await.unwrap(), "waited");
        queue.run(|| Ok(())).await.unwrap();
        let text = metrics.render().unwrap();
        assert!(text.contains(r#"writ_password_hashes_total{result="refused"} 1"#), "{text}");
        assert!(text.contains(r#"writ_password_hashes_total{result="computed"} 3"#), "{text}");
    }

    #[tokio::test]
    async fn a_caller_that_disconnects_gives_up_a_place_only_if_the_work_has_not_begun() {
        let queue = Queue::with_limits(1, 1, Arc::default());
        let end = occupy(&queue).await;
        let mut waiting = Box::pin(queue.run(|| Ok(())));
        assert!((&mut waiting).now_or_never().is_none());
        assert_eq!(queue.free_places(), 0);
        drop(waiting);
        assert_eq!(queue.free_places(), 1);
        drop(end);
        queue.run(|| Ok(())).await.unwrap();
        assert_eq!(queue.free_places(), 2);
    }

    #[test]
    fn a_longer_queue_asks_clients_to_wait_longer() {
        let seconds = |waiting| Queue::with_limits(2, waiting, Arc::default()).drained_in.as_millis();
        assert_eq!((seconds(38), seconds(198)), (1000, 5000));
    }
}
