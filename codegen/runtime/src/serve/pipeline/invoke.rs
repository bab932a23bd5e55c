//! The stage `invoke`: awaiting a handler, with the limits that keep every request from hanging or
//! breaking the server.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::{FutureExt, TryFutureExt};
use http::StatusCode;

use crate::http::timeout::{self, Elapsed};
use crate::operation::Operation;
use crate::response::problem::Problem;
use crate::response::reply::Reply;
use crate::serve::handler::HandlerFuture;
use crate::serve::pipeline::shared::Timeouts;

/// Awaits a handler. One that takes longer than its limit is a 503, or a 504 where the contract
/// declares that and not the other.
pub(super) async fn invoke(
    handler: HandlerFuture,
    operation: &Operation,
    timeouts: &Timeouts,
) -> Result<Reply, Problem> {
    match timeout::within(timeouts.handler, handler).await {
        Ok(outcome) => outcome,
        Err(Elapsed) => Err(timed_out(operation)),
    }
}

/// Awaits all stages of a request. The caller pins them: each future that takes another one into
/// itself has room for it twice.
pub(super) async fn bounded(
    stages: Pin<&mut (dyn Future<Output = Result<Reply, Problem>> + Send)>,
    operation: &Operation,
    timeouts: &Timeouts,
) -> Reply {
    // The handler and the body have limits of their own; this one is for the stages beside them.
    let limit = (timeouts.handler.saturating_mul(2)).saturating_add(timeouts.body);
    match timeout::within(limit, catch_panic(stages)).await {
        Ok(Ok(Ok(reply))) => reply,
        Ok(Ok(Err(problem)) | Err(problem)) => problem.into(),
        Err(Elapsed) => timed_out(operation).into(),
    }
}

/// Runs a future; a panic in it is a 500 whose message goes to the log.
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
    Problem::new(status, "the answer took too long").with_code("TIMEOUT")
}
