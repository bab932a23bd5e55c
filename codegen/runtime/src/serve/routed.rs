//! The operation that the router has found for a request, as layers around the router can see it.

use std::sync::{Arc, OnceLock};

use crate::operation::Operation;

/// The operation that the router has found for a request. Clones share it.
///
/// A response has its operation as an extension. A layer around the router sees no response if the caller disconnects
/// before. Such a layer adds this value to the extensions of the request, and keeps a clone:
///
/// ```
/// use axum::extract::Request;
/// use writ_runtime::RoutedOperation;
///
/// fn watched(request: &mut Request) -> RoutedOperation {
///     let routed = RoutedOperation::default();
///     request.extensions_mut().insert(routed.clone());
///     routed
/// }
/// # let routed = watched(&mut Request::default());
/// # assert!(routed.get().is_none());
/// ```
#[derive(Debug, Clone, Default)]
pub struct RoutedOperation(Arc<OnceLock<&'static Operation>>);

impl RoutedOperation {
    /// Returns the operation. Returns `None` if the router has found none, or has not received the request yet.
    pub fn get(&self) -> Option<&'static Operation> {
        self.0.get().copied()
    }

    /// Sets the operation. A later call has no effect. The router calls it; tests of layers can call it too.
    pub fn set(&self, operation: &'static Operation) {
        let _ = self.0.set(operation);
    }
}
