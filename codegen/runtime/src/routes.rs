//! The operations of one service on their way into a router.

use std::fmt;
use std::sync::Arc;

use crate::authenticate::Authenticate;
use crate::decoder::Decoder;
use crate::edge::Edge;
use crate::endpoint::Endpoint;
use crate::gate::Gate;
use crate::method::{Method, with_request, without_request};
use crate::operation::Operation;
use crate::pipeline::Handler;

/// Binds operations to the methods of a service `S` whose callers are `P`.
///
/// Both types are named once here and not at each operation: a contract has hundreds of these, and a
/// compiler looks at every bound of every one.
pub struct Routes<'e, S, P> {
    edge: &'e dyn Bind<P>,
    service: Arc<S>,
    endpoints: &'e mut Vec<Endpoint>,
}

/// An edge, whoever proves its callers and lets them in.
pub(crate) trait Bind<P> {
    fn bind(&self, operation: &'static Operation, handler: Handler<P>) -> Endpoint;
}

impl<A: Authenticate, G: Gate<A::Principal>> Bind<A::Principal> for Edge<A, G> {
    fn bind(&self, operation: &'static Operation, handler: Handler<A::Principal>) -> Endpoint {
        self.handled(operation, handler)
    }
}

impl<A: Authenticate, G: Gate<A::Principal>> Edge<A, G> {
    /// Binds operations to methods of `service`; what is bound goes to `endpoints`.
    pub fn routes<'e, S>(&'e self, service: S, endpoints: &'e mut Vec<Endpoint>) -> Routes<'e, S, A::Principal> {
        Routes { edge: self, service: Arc::new(service), endpoints }
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
        M: for<'a> Method<'a, S, P, (R,)>,
    {
        let call = with_request(&self.service, decode, method);
        self.push(operation, Handler::Secured(call))
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
        M: for<'a> Method<'a, S, Option<P>, (R,)>,
    {
        let call = with_request(&self.service, decode, method);
        self.push(operation, Handler::Optional(call))
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
        M: for<'a> Method<'a, S, (), (R,)>,
    {
        let call = with_request(&self.service, decode, method);
        self.push(operation, Handler::Public(call, Arc::new(())))
    }

    /// Binds an operation that needs a principal and whose method takes no request; `check` looks at
    /// what the edge alone makes use of.
    pub fn secured_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Method<'a, S, P, ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Handler::Secured(call))
    }

    /// The same of one that may be called with or without a principal.
    pub fn optional_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Method<'a, S, Option<P>, ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Handler::Optional(call))
    }

    /// The same of one that needs no principal.
    pub fn public_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Method<'a, S, (), ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Handler::Public(call, Arc::new(())))
    }

    fn push(&mut self, operation: &'static Operation, handler: Handler<P>) -> &mut Self {
        let endpoint = self.edge.bind(operation, handler);
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
