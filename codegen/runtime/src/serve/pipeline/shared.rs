//! The components of a pipeline that all operations of a contract share.

use std::time::Duration;

use crate::response::error_envelope::ErrorEnvelope;

/// The time limits for the requests of every operation, 30 s each by default.
///
/// All stages of a request together may take twice [`Timeouts::handler`] plus [`Timeouts::body`], which is 90 s
/// by default. This total also bounds the authenticator and the gate. A streamed response body has no time limit.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::Timeouts;
///
/// let timeouts = Timeouts { handler: Duration::from_secs(5), ..Timeouts::default() };
///
/// assert_eq!(timeouts.body, Duration::from_secs(30));
/// // let router = api.router_with(timeouts);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// The maximum duration of a handler, including the time in which it reads a multipart body or a stream of items. A
    /// request that exceeds it is refused with 503, or with 504 if the contract declares 504 and not 503.
    pub handler: Duration,
    /// The maximum time for a request body to arrive. A request that exceeds it is refused with 408.
    ///
    /// The limit applies to a multipart body or a stream of items only if the operation declares `x-idempotency`.
    /// Otherwise the handler reads such a body.
    pub body: Duration,
}

impl Default for Timeouts {
    /// Returns time limits of 30 s for a handler and 30 s for the arrival of a request body.
    fn default() -> Timeouts {
        Timeouts { handler: Duration::from_secs(30), body: Duration::from_secs(30) }
    }
}

/// The components of a pipeline that all operations of a contract share.
#[derive(Debug)]
pub(super) struct Shared<A, G> {
    pub(super) envelope: &'static ErrorEnvelope,
    pub(super) authenticator: A,
    pub(super) gate: G,
    pub(super) timeouts: Timeouts,
}
