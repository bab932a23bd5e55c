//! The storage for a problem that is found while a handler reads a streamed request body.

use std::sync::{Arc, Mutex, PoisonError};

use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// The storage for the first problem that is found while a handler reads a streamed request body.
///
/// The pipeline and the body share the storage. It stores nothing if the media type of the body
/// is one that is read before the handler is called.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeferredRefusal(Option<Arc<Mutex<Option<Problem>>>>);

impl DeferredRefusal {
    /// Creates a storage for the problem of a streamed request body.
    pub(crate) fn shared() -> DeferredRefusal {
        DeferredRefusal(Some(Arc::default()))
    }

    /// Stores a problem with the request body, unless a problem is stored already.
    pub(crate) fn put(&self, problem: Problem) {
        if let Some(shared) = &self.0 {
            shared.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
        }
    }

    /// Replaces a server error of the handler with the stored problem of the request body.
    ///
    /// A handler that cannot read the body returns an error, which would become a 500. The caller receives the
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

    /// Removes the stored problem and returns it.
    pub(crate) fn take(&self) -> Option<Problem> {
        self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
