//! The operations of one service on their way into a router.

use std::fmt;
use std::sync::Arc;

use crate::operation::Operation;
use crate::request::decoder::Decoder;
use crate::serve::authenticate::Authenticate;
use crate::serve::endpoint::Endpoint;
use crate::serve::gate::Gate;
use crate::serve::handler::{Handler, with_request, without_request};
use crate::serve::pipeline::{Binding, Pipeline};

/// Binds operations to the methods of a service `S` whose callers are `P`.
///
/// Both types are named once here and not at each operation: a contract has hundreds of these, and a
/// compiler looks at every bound of every one.
pub struct Routes<'e, S, P> {
    pipeline: &'e dyn Bind<P>,
    service: Arc<S>,
    endpoints: &'e mut Vec<Endpoint>,
}

/// A pipeline, whatever its authenticator and its gate.
pub(crate) trait Bind<P> {
    fn bind(&self, operation: &'static Operation, binding: Binding<P>) -> Endpoint;
}

impl<A: Authenticate, G: Gate<A::Principal>> Bind<A::Principal> for Pipeline<A, G> {
    fn bind(&self, operation: &'static Operation, binding: Binding<A::Principal>) -> Endpoint {
        Pipeline::bind(self, operation, binding)
    }
}

impl<A: Authenticate, G: Gate<A::Principal>> Pipeline<A, G> {
    /// Binds operations to methods of `service`; what is bound goes to `endpoints`.
    pub fn routes<'e, S>(&'e self, service: S, endpoints: &'e mut Vec<Endpoint>) -> Routes<'e, S, A::Principal> {
        Routes { pipeline: self, service: Arc::new(service), endpoints }
    }
}

impl<S, P> Routes<'_, S, P>
where
    S: Send + Sync + 'static,
    P: Send + Sync + 'static,
{
    /// Binds an operation that needs a principal.
    pub fn secured<R, M>(
        &mut self,
        operation: &'static Operation,
        decode: fn(&mut Decoder<'_>) -> Option<R>,
        method: M,
    ) -> &mut Self
    where
        R: Send + 'static,
        M: for<'a> Handler<'a, S, P, (R,)>,
    {
        let call = with_request(&self.service, decode, method);
        self.push(operation, Binding::Secured(call))
    }

    /// Binds an operation that may be called with or without a principal.
    pub fn optional<R, M>(
        &mut self,
        operation: &'static Operation,
        decode: fn(&mut Decoder<'_>) -> Option<R>,
        method: M,
    ) -> &mut Self
    where
        R: Send + 'static,
        M: for<'a> Handler<'a, S, Option<P>, (R,)>,
    {
        let call = with_request(&self.service, decode, method);
        self.push(operation, Binding::Optional(call))
    }

    /// Binds an operation that needs no principal.
    pub fn public<R, M>(
        &mut self,
        operation: &'static Operation,
        decode: fn(&mut Decoder<'_>) -> Option<R>,
        method: M,
    ) -> &mut Self
    where
        R: Send + 'static,
        M: for<'a> Handler<'a, S, (), (R,)>,
    {
        let call = with_request(&self.service, decode, method);
        self.push(operation, Binding::public(call))
    }

    /// Binds an operation that needs a principal and whose method takes no request; `check` looks at
    /// what the pipeline alone makes use of.
    pub fn secured_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Handler<'a, S, P, ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Binding::Secured(call))
    }

    /// The same of one that may be called with or without a principal.
    pub fn optional_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Handler<'a, S, Option<P>, ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Binding::Optional(call))
    }

    /// The same of one that needs no principal.
    pub fn public_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Handler<'a, S, (), ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Binding::public(call))
    }

    fn push(&mut self, operation: &'static Operation, binding: Binding<P>) -> &mut Self {
        let endpoint = self.pipeline.bind(operation, binding);
        self.endpoints.push(endpoint);
        self
    }

    /// Says of the operation that was bound last whether somebody has written its method.
    pub fn written(&mut self, written: bool) {
        if let Some(endpoint) = self.endpoints.last_mut() {
            endpoint.written = written;
        }
    }
}

impl<S, P> fmt::Debug for Routes<'_, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes").field("endpoints", &self.endpoints).finish_non_exhaustive()
    }
}

/// What looks at the parameters of a method that takes no request.
pub type Check = fn(&mut Decoder<'_>) -> Option<()>;

/// The [`Check`] of an operation without parameters.
pub fn nothing(_: &mut Decoder<'_>) -> Option<()> {
    Some(())
}
