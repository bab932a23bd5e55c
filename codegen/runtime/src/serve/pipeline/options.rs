//! The settings of a router that apply to every operation: time limits, the size of bodies, and the check of responses.

use crate::response::check::ResponseChecks;
use crate::serve::pipeline::shared::Timeouts;

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
}

impl Default for ServeOptions {
    /// Returns time limits of 30 s, a body limit of 1 MiB, and the default [`ResponseChecks`].
    fn default() -> ServeOptions {
        ServeOptions {
            timeouts: Timeouts::default(),
            body_limit: crate::operation::Body::DEFAULT_LIMIT,
            responses: ResponseChecks::default(),
        }
    }
}

impl From<Timeouts> for ServeOptions {
    fn from(timeouts: Timeouts) -> ServeOptions {
        ServeOptions { timeouts, ..ServeOptions::default() }
    }
}
