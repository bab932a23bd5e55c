//! The binding of an operation to its handler, which receives the authenticated caller if the operation requires one.

use std::sync::Arc;

use crate::request::context::Context;
use crate::request::decoder::Decoder;
use crate::request::idempotency::IdempotencyKey;
use crate::request::request_head::RequestHead;
use crate::response::problem::Problem;
use crate::serve::handler::{ErasedHandler, HandlerFuture};

/// The handler of an operation, with one variant for each requirement: a principal, an optional one, or none.
pub(crate) enum Binding<P> {
    /// The handler of an operation that requires an authenticated caller (principal).
    Secured(ErasedHandler<P>),
    /// The handler of an operation that permits requests with and without credentials.
    Optional(ErasedHandler<Option<P>>),
    /// The handler of an operation that requires no credentials. A single unit value is the principal of all requests.
    Public(ErasedHandler<()>, Arc<()>),
}

/// The handler of an operation together with the caller of one request. The gate and the handler share the principal.
pub(super) enum Invocation<'b, P> {
    Secured(&'b ErasedHandler<P>, Arc<P>),
    Optional(&'b ErasedHandler<Option<P>>, Arc<Option<P>>),
    Public(&'b ErasedHandler<()>, &'b Arc<()>, Option<Arc<P>>),
}

impl<P> Binding<P> {
    pub(crate) fn public(handler: ErasedHandler<()>) -> Binding<P> {
        Binding::Public(handler, Arc::new(()))
    }

    /// Returns the handler for the caller of a request, or `None` if the handler requires a principal and there
    /// is none.
    pub(super) fn for_caller(&self, principal: Option<P>) -> Option<Invocation<'_, P>> {
        Some(match self {
            Binding::Secured(handler) => Invocation::Secured(handler, Arc::new(principal?)),
            Binding::Optional(handler) => Invocation::Optional(handler, Arc::new(principal)),
            Binding::Public(handler, unit) => Invocation::Public(handler, unit, principal.map(Arc::new)),
        })
    }
}

impl<P> Invocation<'_, P> {
    /// Returns the authenticated caller of the request, or `None` if there is none.
    pub(super) fn principal(&self) -> Option<&P> {
        match self {
            Invocation::Secured(_, principal) => Some(principal),
            Invocation::Optional(_, principal) => principal.as_ref().as_ref(),
            Invocation::Public(_, _, principal) => principal.as_deref(),
        }
    }

    /// Calls the handler of the operation and returns its future.
    ///
    /// # Errors
    ///
    /// Returns a problem if the request is not valid for the operation.
    pub(super) fn call(
        &self,
        head: &Arc<RequestHead>,
        key: Option<IdempotencyKey>,
        decoder: Decoder<'_>,
    ) -> Result<HandlerFuture, Problem> {
        let head = Arc::clone(head);
        match self {
            Invocation::Secured(handler, principal) => {
                handler(Context::for_request(Arc::clone(principal), head, key), decoder)
            }
            Invocation::Optional(handler, principal) => {
                handler(Context::for_request(Arc::clone(principal), head, key), decoder)
            }
            Invocation::Public(handler, unit, _) => handler(Context::for_request(Arc::clone(unit), head, key), decoder),
        }
    }
}
