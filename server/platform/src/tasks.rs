//! Tasks that the end of the process waits for, such as the commit of a transaction whose caller has disconnected.

use std::sync::LazyLock;

use axum::extract::Request;
use axum::response::Response;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use writ_runtime::Deadline;

use crate::{metrics, telemetry};

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

/// Runs work in a task of [`spawn`] and returns its result. Log lines of the work have the request id of the caller, its
/// events are counted in the metrics of the same platform, and its calls of other services have the deadline of the request.
///
/// # Panics
/// Panics if the work panics, so that a request responds with 500.
pub async fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match spawn(telemetry::inherited(metrics::inherited(with_deadline(work)))).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The task is cancelled only when the process ends, and with it the task that waits here.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Runs work of the current request in another task, which has the deadline of the request too.
fn with_deadline<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let deadline = Deadline::current();
    async move {
        match deadline {
            Some(deadline) => deadline.scope(work).await,
            None => work.await,
        }
    }
}

/// Runs a request to its end if its method can have effects, even if its caller disconnects. `next` responds to the request.
///
/// So the transaction of a request ends with a known outcome, and cached responses are invalidated after its commit. A
/// request with a safe method (RFC 9110 § 9.2.1) is cancelled when its caller disconnects.
pub async fn complete_request<F>(request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response> + Send + 'static,
{
    let is_safe = request.method().is_safe();
    let response = next(request);
    if is_safe { response.await } else { run(response).await }
}

/// Waits until no task of [`spawn`] is running.
pub(crate) async fn completed() {
    // Only a closed tracker can be waited for. It accepts further tasks too.
    TASKS.close();
    TASKS.wait().await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::{self, Next};
    use futures_util::FutureExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn only_requests_with_effects_continue_after_a_disconnect_and_a_shutdown_waits_for_them() {
        for (method, continues) in [("GET", false), ("HEAD", false), ("POST", true), ("PATCH", true), ("DELETE", true)]
        {
            let (done, finished) = std::sync::mpsc::channel();
            let handler = move || {
                let done = done.clone();
                async move {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    let _ = done.send(());
                }
            };
            let complete = async |request: Request, next: Next| complete_request(request, |r| next.run(r)).await;
            let app = Router::new().fallback(handler).layer(middleware::from_fn(complete));
            let request = Request::builder().method(method).uri("/").body(Body::empty()).unwrap();
            assert!(tokio::time::timeout(Duration::from_millis(1), app.oneshot(request)).await.is_err());
            completed().await;
            assert_eq!(finished.try_recv().is_ok(), continues, "{method}");
        }
    }

    #[tokio::test]
    async fn work_continues_after_its_caller_is_dropped() {
        let (sender, finished) = tokio::sync::oneshot::channel();
        let work = run(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            sender.send(())
        });
        assert!(tokio::time::timeout(Duration::from_millis(1), work).await.is_err());
        finished.await.unwrap();
    }

    #[tokio::test]
    async fn work_knows_the_deadline_of_its_request() {
        let deadline = Deadline::after(Duration::from_secs(60));
        assert_eq!(deadline.scope(run(async { Deadline::current() })).await, Some(deadline));
        assert_eq!(run(async { Deadline::current() }).await, None);
    }

    #[tokio::test]
    async fn a_panic_of_the_work_reaches_its_caller() {
        let work = run(async { panic!("the commit failed") });
        let panic = std::panic::AssertUnwindSafe(work).catch_unwind().await.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"the commit failed"));
    }
}
