//! The components of a pipeline that all operations of a contract share.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::request::call_info::CallInfo;
use crate::response::check::ResponseCheck;
use crate::serve::pipeline::options::ServeOptions;

/// The components of a pipeline that all operations of a contract share.
#[derive(Debug)]
pub(super) struct Shared<A, G> {
    pub(super) authenticator: A,
    pub(super) gate: G,
    pub(super) options: ServeOptions,
    /// The number of requests whose responses could be checked, counted only if a sample of them is.
    pub(super) requests: AtomicU64,
}

impl<A, G> Shared<A, G> {
    /// Returns the check of the response to a request, or none.
    pub(super) fn response_check(&self, call: &CallInfo) -> ResponseCheck {
        let checks = &self.options.responses;
        match checks.applies_to(|| self.requests.fetch_add(1, Ordering::Relaxed)) {
            true => checks.of(call.operation, &call.request_id),
            false => ResponseCheck::default(),
        }
    }
}
