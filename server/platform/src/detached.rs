//! Work that runs to its end even if nobody waits for it any longer.

use std::future::Future;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// Runs requests to their end if their method can have effects, even if their callers disconnect. This middleware is
/// installed with [`axum::middleware::from_fn_with_state`]; the state tracks the requests, so that a shutdown waits for them.
///
/// So the transaction of a request ends with a known outcome, and cached responses are invalidated after its commit. A
/// request with a safe method (RFC 9110 § 9.2.1) is cancelled when its caller disconnects.
pub async fn complete(State(tasks): State<TaskTracker>, request: Request, next: Next) -> Response {
    match request.method().is_safe() {
        true => next.run(request).await,
        false => run(tasks.track_future(next.run(request))).await,
    }
}

/// Runs work in a task of its own and returns its result.
///
/// If the caller disconnects, the future of its request is dropped. A transaction that is committed in it would end with an
/// unknown outcome, and the steps after the commit would be skipped. Work that this function runs continues instead:
///
/// ```
/// # #[cfg(feature = "postgres")]
/// # async fn example(
/// #     transaction: sqlx::Transaction<'static, sqlx::Postgres>,
/// #     cache: writ_platform::cache::Cache,
/// # ) -> Result<(), sqlx::Error> {
/// # use writ_platform::detached;
/// detached::run(async move {
///     transaction.commit().await?;
///     cache.invalidate(&["event:opening"]).await;
///     Ok(())
/// })
/// .await
/// # }
/// ```
///
/// # Panics
/// Panics if the work panics, so that a request responds with 500.
pub async fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work.in_current_span()).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The task is cancelled only when the process ends, and with it the task that waits here.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use axum::{Router, middleware};
    use futures_util::FutureExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn only_requests_with_effects_continue_after_a_disconnect_and_a_shutdown_waits_for_them() {
        for (method, continues) in [("GET", false), ("HEAD", false), ("POST", true), ("PATCH", true), ("DELETE", true)]
        {
            let (tasks, (done, finished)) = (TaskTracker::new(), std::sync::mpsc::channel());
            let handler = move || {
                let done = done.clone();
                async move {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    let _ = done.send(());
                }
            };
            let app = Router::new().fallback(handler).layer(middleware::from_fn_with_state(tasks.clone(), complete));
            let request = Request::builder().method(method).uri("/").body(Body::empty()).unwrap();
            assert!(tokio::time::timeout(Duration::from_millis(1), app.oneshot(request)).await.is_err());
            tasks.close();
            tasks.wait().await;
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
    async fn a_panic_of_the_work_reaches_its_caller() {
        let work = run(async { panic!("the commit failed") });
        let panic = std::panic::AssertUnwindSafe(work).catch_unwind().await.unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"the commit failed"));
    }
}
