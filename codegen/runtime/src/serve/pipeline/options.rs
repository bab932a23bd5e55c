//! The settings of a router that apply to every operation: time limits, the size of bodies, and the check of responses.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::response::check::ResponseChecks;
use crate::response::error_envelope::{ErrorEnvelope, PROBLEM_JSON};

/// The time limits for the requests of every operation, 30 s each by default.
///
/// [`Timeouts::request`] bounds the whole of a request, from its head to the head of its response: authentication, the
/// gate, the arrival of the body, and the handler. A streamed response body has no time limit.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::Timeouts;
///
/// let timeouts = Timeouts { body: Duration::from_secs(5), ..Timeouts::default() };
///
/// assert_eq!(timeouts.request, Duration::from_secs(30));
/// // let router = api.router_with(timeouts);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// The maximum time from the head of a request to the head of its response. A request that exceeds it is refused
    /// with 503, or with 504 if the contract declares 504 and not 503.
    ///
    /// A request whose body is still arriving is refused with 408 instead.
    pub request: Duration,
    /// The maximum time for a request body to arrive, as a part of [`Timeouts::request`]. A request that exceeds it is
    /// refused with 408.
    ///
    /// The limit applies to a multipart body only if the operation declares `x-idempotency`. Any other multipart
    /// body is read by the handler.
    pub body: Duration,
}

impl Default for Timeouts {
    /// Returns time limits of 30 s for a request and 30 s for the arrival of its body.
    fn default() -> Timeouts {
        Timeouts { request: Duration::from_secs(30), body: Duration::from_secs(30) }
    }
}

/// The settings of a router, which apply to every operation. Every `Timeouts` is also a `ServeOptions` with the
/// default for all other settings.
///
/// # Examples
///
/// ```
/// use writ_runtime::ServeOptions;
///
/// let options = ServeOptions { body_limit: 8 * 1024 * 1024, ..ServeOptions::default() };
///
/// assert_eq!(options.timeouts.body.as_secs(), 30);
/// // let router = api.router_with(options);
/// ```
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The time limits of a request.
    pub timeouts: Timeouts,
    /// The size limit of a request body in bytes for operations that have the default limit of 1 MiB. A larger body is
    /// refused with 413. An operation with another `x-body-limit` keeps it.
    pub body_limit: usize,
    /// The check of responses against the contract.
    pub responses: ResponseChecks,
    /// The place where the router records the error envelope of its contract, for the layers around it.
    pub envelope: EnvelopeCell,
}

/// The error envelope of a contract, once a router of the contract exists. Clones share it.
///
/// A layer around all routes of a service refuses requests in the envelope of the contract, without knowing the contract:
///
/// ```
/// use writ_runtime::{EnvelopeCell, ServeOptions};
///
/// let envelope = EnvelopeCell::default();
/// let options = ServeOptions { envelope: envelope.clone(), ..ServeOptions::default() };
/// // let router = api.router_with(options);
/// // In the layer: `envelope.get().refuse(problem, &request_id)`.
/// # let _ = (options, envelope.get());
/// ```
#[derive(Debug, Clone, Default)]
pub struct EnvelopeCell(Arc<OnceLock<&'static ErrorEnvelope>>);

impl EnvelopeCell {
    /// Returns the error envelope of the contract, or [`PROBLEM_JSON`] before a router exists.
    pub fn get(&self) -> &'static ErrorEnvelope {
        self.0.get().copied().unwrap_or(&PROBLEM_JSON)
    }

    /// Records the error envelope of a contract. Of several contracts, the first one counts.
    pub(crate) fn record(&self, envelope: &'static ErrorEnvelope) {
        let _ = self.0.set(envelope);
    }
}

impl Default for ServeOptions {
    /// Returns time limits of 30 s, a body limit of 1 MiB, and the default [`ResponseChecks`].
    fn default() -> ServeOptions {
        ServeOptions {
            timeouts: Timeouts::default(),
            body_limit: crate::operation::Body::DEFAULT_LIMIT,
            responses: ResponseChecks::default(),
            envelope: EnvelopeCell::default(),
        }
    }
}

impl From<Timeouts> for ServeOptions {
    fn from(timeouts: Timeouts) -> ServeOptions {
        ServeOptions { timeouts, ..ServeOptions::default() }
    }
}
