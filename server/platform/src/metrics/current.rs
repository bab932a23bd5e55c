//! The metrics of the request that the current task handles.
//!
//! Parts such as the cache belong to a service and not to a platform, and some handle requests of several. So they count
//! in the metrics of the platform that received the request, as a log line belongs to the current span.

use std::future::Future;
use std::sync::Arc;

use super::Metrics;

tokio::task_local! {
    static CURRENT: Arc<Metrics>;
}

/// Runs the future of a request, whose events are counted in `metrics`.
pub(crate) fn within<F: Future>(metrics: Arc<Metrics>, request: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(metrics, request)
}

/// Runs work of the current request in another task, whose events are counted in the metrics of the request too.
pub(crate) fn inherited<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let current = CURRENT.try_with(Arc::clone).ok();
    async move {
        match current {
            Some(metrics) => CURRENT.scope(metrics, work).await,
            None => work.await,
        }
    }
}

/// Records an event of the request that the current task handles. Outside of a request nothing is recorded.
pub(crate) fn record(event: impl FnOnce(&Metrics)) {
    // The error means that there is no request, for example in a job.
    let _ = CURRENT.try_with(|metrics| event(metrics));
}
