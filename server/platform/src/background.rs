//! Background tasks: work that runs beside the requests of a service, from its start to its end.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sqlx::PgPool;
use tokio::task::JoinHandle;

use crate::Builder;

/// The pause before a task that panicked starts again.
const PAUSE: Duration = Duration::from_secs(1);

impl Builder {
    /// Starts a task with the service, and waits for it at the end before the connections of the task are closed.
    ///
    /// The task ends by itself when the shutdown begins. A task that panics starts again, so that a fault in one step does
    /// not stop the work of the process. `name` completes the sentence "cannot …".
    pub(crate) fn background<F, R>(&mut self, name: impl Into<String>, pool: PgPool, work: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        let (name, running) = (name.into(), Arc::<Mutex<Option<JoinHandle<()>>>>::default());
        let (started, task) = (running.clone(), name.clone());
        let work = Arc::new(move || -> BoxFuture<'static, ()> { Box::pin(work()) });
        self.at_start(name, move || {
            let supervised = tokio::spawn(supervise(task.clone(), work.clone()));
            *started.lock().unwrap_or_else(PoisonError::into_inner) = Some(supervised);
            async { Ok(()) }
        });
        self.at_end(move || {
            let (running, pool) = (running.clone(), pool.clone());
            async move {
                let task = running.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(task) = task {
                    // The task catches the panics of its work.
                    let _ = task.await;
                }
                pool.close().await;
            }
        });
    }
}

/// Runs work to its end. Work that panics starts again after a pause.
async fn supervise(name: String, work: Arc<impl Fn() -> BoxFuture<'static, ()>>) {
    while AssertUnwindSafe(async { work().await }).catch_unwind().await.is_err() {
        tracing::error!(task = name, "a background task panicked: it starts again");
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_starts_again() {
        let attempts = Arc::new(AtomicUsize::new(0));
        let counted = attempts.clone();
        let work = Arc::new(move || -> BoxFuture<'static, ()> {
            let attempt = counted.fetch_add(1, Ordering::SeqCst);
            Box::pin(async move { assert!(attempt == 2, "the first attempts fail") })
        });
        supervise("count".to_owned(), work).await;
        assert_eq!(attempts.load(Ordering::SeqCst), 3);
    }
}
