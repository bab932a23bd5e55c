//! A refusal that is found while a handler reads the body, kept for the edge to answer.

use std::sync::{Arc, Mutex, PoisonError};

use crate::problem::Problem;

/// Shared by the edge and the body that a handler reads; holds the first refusal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<Problem>>>);

impl Slot {
    #[cfg(feature = "multipart")]
    pub(crate) fn put(&self, problem: Problem) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(problem);
    }

    pub(crate) fn take(&self) -> Option<Problem> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
