//! Tasks that the end of the process waits for, such as the commit of a transaction whose caller has hung up.

use std::sync::LazyLock;

use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// The running tasks of the process. They outlive the requests that start them, so they belong to no service or store.
static TASKS: LazyLock<TaskTracker> = LazyLock::new(TaskTracker::new);

/// Starts a task that completes although its caller is dropped. The end of the process waits for it, for a few seconds.
///
/// A request is dropped when its client hangs up, so the last steps of a change belong into such a task:
///
/// ```
/// # async fn commit() -> Result<(), std::io::Error> { Ok(()) }
/// # async fn invalidate() {}
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let committed = writ_platform::tasks::spawn(async {
///     commit().await?;
///     invalidate().await;
///     Ok::<_, std::io::Error>(())
/// });
/// assert!(committed.await.is_ok());
/// # });
/// ```
///
/// # Panics
/// Panics outside of a Tokio runtime.
pub fn spawn<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    TASKS.spawn(work)
}

/// Waits until no task of [`spawn`] is running.
pub(crate) async fn completed() {
    // Only a closed tracker can be waited for. It accepts further tasks too.
    TASKS.close();
    TASKS.wait().await;
}
