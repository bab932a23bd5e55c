//! The pipeline stage `invoke`: it awaits a handler, with time limits and a guard against panics.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::{Either, select};
use futures_util::{FutureExt, TryFutureExt};
use http::StatusCode;

use crate::http::timeout::{Deadline, Elapsed};
use crate::operation::Operation;
use crate::response::problem::Problem;
use crate::response::reply::Reply;
use crate::serve::handler::HandlerFuture;

/// The time that the gate has after the deadline of a request, to see the response of a handler that exceeded it.
const GATE_GRACE: Duration = Duration::from_secs(1);

/// Awaits the handler of a request until the deadline of the request, or until `interrupted` completes.
///
/// # Errors
///
/// Returns a 503 problem after the deadline, or a 504 if the contract declares 504 and not 503. Returns the problem of
/// `interrupted` if it completes first.
pub(super) async fn invoke(
    handler: HandlerFuture,
    interrupted: Pin<&mut (impl Future<Output = Problem> + Send)>,
    operation: &Operation,
    deadline: Deadline,
) -> Result<Reply, Problem> {
    let handler = pin!(deadline.scope(handler));
    // The handler is polled first, so a handler that is ready has its own outcome.
    match deadline.limit(select(handler, interrupted)).await {
        Ok(Either::Left((outcome, _))) => outcome,
        Ok(Either::Right((problem, _))) => Err(problem),
        Err(Elapsed) => Err(timed_out(operation)),
    }
}

/// Awaits all pipeline stages of a request until its deadline, and the gate's last stage a little longer.
///
/// The caller of this function pins the stages, because a future that contains another future by value reserves
/// its size twice.
pub(super) async fn bounded(
    stages: Pin<&mut (dyn Future<Output = Result<Reply, Problem>> + Send)>,
    operation: &Operation,
    deadline: Deadline,
) -> Reply {
    match deadline.later_by(GATE_GRACE).limit(catch_panic(stages)).await {
        Ok(Ok(Ok(reply))) => reply,
        Ok(Ok(Err(problem)) | Err(problem)) => problem.into(),
        Err(Elapsed) => timed_out(operation).into(),
    }
}

/// Awaits a part of the pipeline and turns a panic into a 500 problem. The message of the panic is logged.
pub(super) fn catch_panic<T>(
    future: impl Future<Output = T> + Unpin,
) -> impl Future<Output = Result<T, Problem>> + Unpin {
    AssertUnwindSafe(future).catch_unwind().map_err(|payload| {
        let message = payload
            .downcast_ref::<&str>()
            .map(|message| (*message).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Problem::internal(format!("panic: {message}"))
    })
}

fn timed_out(operation: &Operation) -> Problem {
    let status = if operation.declares(504) && !operation.declares(503) {
        StatusCode::GATEWAY_TIMEOUT
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Problem::new(status, "the service did not respond in time").with_code("TIMEOUT")
}
