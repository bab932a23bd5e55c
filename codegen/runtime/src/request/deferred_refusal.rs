//! A problem with a streamed body that a handler meets while it reads.

use std::sync::{Arc, Mutex, PoisonError};

use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// The first problem that is found while a handler reads a streamed body.
///
/// The pipeline and the body share it. It stays empty if the body was read before the handler was called.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeferredRefusal(Option<Arc<Mutex<Option<Problem>>>>);

impl DeferredRefusal {
    /// Creates an empty deferred refusal that can store a problem.
    pub(crate) fn shared() -> DeferredRefusal {
        DeferredRefusal(Some(Arc::default()))
    }

    /// Stores a problem, unless one is stored already.
    #[cfg(feature = "multipart")]
    pub(crate) fn put(&self, problem: Problem) {
        if let Some(shared) = &self.0 {
            shared.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
        }
    }

    /// Replaces a server error of the handler with the stored problem.
    ///
    /// A handler that cannot read the body returns an error, which would be a 500. The caller receives the
    /// problem with the body instead.
    pub(crate) fn replace_server_error(&self, outcome: Result<Reply, Problem>) -> Result<Reply, Problem> {
        let failed = match &outcome {
            Ok(reply) => reply.status.is_server_error(),
            Err(problem) => problem.status.is_server_error(),
        };
        match self.take() {
            Some(problem) if failed => Err(problem),
            _ => outcome,
        }
    }

    fn take(&self) -> Option<Problem> {
        self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
