//! The parts of a pipeline that all operations share.

use std::time::Duration;

use crate::response::error_envelope::ErrorEnvelope;

/// The time limits of every operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// The longest time that a handler may take.
    pub handler: Duration,
    /// The longest time that a request body may take to arrive.
    pub body: Duration,
}

impl Default for Timeouts {
    /// Returns 30 s for the handler and 30 s for the body.
    fn default() -> Timeouts {
        Timeouts { handler: Duration::from_secs(30), body: Duration::from_secs(30) }
    }
}

/// The parts of a pipeline that all operations share.
#[derive(Debug)]
pub(super) struct Shared<A, G> {
    pub(super) envelope: &'static ErrorEnvelope,
    pub(super) authenticator: A,
    pub(super) gate: G,
    pub(super) timeouts: Timeouts,
}
