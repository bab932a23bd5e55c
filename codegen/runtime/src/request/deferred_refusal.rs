//! A refusal that is found while a handler reads the body, kept until the handler is done.

use std::sync::{Arc, Mutex, PoisonError};

use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// The first refusal that is found while a handler reads the body. The pipeline and the body share it;
/// it stays empty where the body was read before the handler was called.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeferredRefusal(Option<Arc<Mutex<Option<Problem>>>>);

impl DeferredRefusal {
    /// Returns one that can be filled.
    pub(crate) fn shared() -> DeferredRefusal {
        DeferredRefusal(Some(Arc::default()))
    }

    /// Keeps a refusal, unless there is one already.
    #[cfg(feature = "multipart")]
    pub(crate) fn put(&self, problem: Problem) {
        if let Some(shared) = &self.0 {
            shared.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
        }
    }

    /// Returns the refusal in the place of a server error of the handler: a body that could not be
    /// read on made the handler fail, and the caller is told what was wrong with the body.
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
