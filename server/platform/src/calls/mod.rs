//! Calls of other services: a transport for generated clients that keeps a service alive while another one is slow,
//! unavailable or overloaded.
//!
//! [`Builder::calls_to`](crate::Builder::calls_to) returns the connection to a service. A call passes these steps:
//!
//! | step | file | rule |
//! |---|---|---|
//! | policy | `policy` | time limit and retries: set by an operator, declared by the contract, or those of the settings |
//! | deadline | `call` | the call ends before the request that is being served, so that its handler can still respond |
//! | token | `credentials` | a service token for operations that accept one |
//! | retry | `retry` | repeats idempotent operations, within a budget that all calls of a service share |
//! | hedge | `retry` | sends a second request if the first one takes long; only where the contract asks for it |
//! | circuit breaker | `breaker` | refuses calls at once while most of them fail; one for reads and one for writes |
//! | concurrency | `limit` | bounds the requests that run at once, and those that wait |
//! | attempt | `attempt` | one request and its response, with a trace, the request id and metrics |
//!
//! A [`CallError`] says which step has ended a call without a response. Its chain of sources contains
//! [`Unavailable`], so that `?` in a handler returns 503 with `Retry-After`.

mod attempt;
mod breaker;
mod call;
mod error;
mod http_transport;
mod limit;
mod parts;
mod policy;
mod retry;
mod settings;
#[cfg(test)]
mod tests;
mod transport;
mod verdict;

use std::time::Duration;

use writ_runtime::Unavailable;
use writ_runtime::client::Failure;

pub use error::{CallError, CallErrorKind};
pub use settings::{BreakerConfig, CallConfig, RetryConfig};
pub use transport::Calls;

/// The time after which a caller can try again if the called service names none.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Converts the failure of a call into the error of a service that cannot work without the called one: 503 with
/// `Retry-After` in every operation.
///
/// `?` does this for a call without a response. This function also covers a response that is an error, such as a 500, and
/// takes the time of its `Retry-After`:
///
/// ```
/// use writ_platform::calls;
/// use writ_runtime::Unavailable;
/// use writ_runtime::client::Failure;
///
/// #[derive(Debug)]
/// enum GetVisitorError {
///     NotFound,
/// }
///
/// fn exists(outcome: Result<(), Failure<GetVisitorError>>) -> Result<bool, Unavailable> {
///     match outcome {
///         Ok(()) => Ok(true),
///         Err(Failure::Refused(GetVisitorError::NotFound, _)) => Ok(false),
///         Err(failure) => Err(calls::unavailable(failure)),
///     }
/// }
/// # assert_eq!(exists(Err(Failure::Unsent("no host".to_owned()))).unwrap_err().seconds(), 1);
/// ```
pub fn unavailable<E: std::fmt::Debug + Send + Sync + 'static>(failure: Failure<E>) -> Unavailable {
    let known = match &failure {
        Failure::Transport(cause) => cause.downcast_ref::<CallError>().and_then(CallError::retry_after),
        other => other.received().and_then(|received| verdict::named_wait(&received.headers)),
    };
    Unavailable::retry_after(known.unwrap_or(TRY_AGAIN)).because(failure)
}
