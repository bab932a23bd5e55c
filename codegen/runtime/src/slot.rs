//! A refusal that is found while a handler reads the body, kept for the edge to answer.

use std::sync::{Arc, Mutex, PoisonError};

use crate::problem::Problem;

/// Shared by the edge and the body that a handler reads; holds the first refusal. There is none
/// where the body was read before the handler was called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot(Option<Arc<Mutex<Option<Problem>>>>);

impl Slot {
    pub(crate) fn shared() -> Slot {
        Slot(Some(Arc::default()))
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn put(&self, problem: Problem) {
        if let Some(shared) = &self.0 {
            shared.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
        }
    }

    pub(crate) fn take(&self) -> Option<Problem> {
        self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
