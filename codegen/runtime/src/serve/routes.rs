//! The binding of operations with one tag to the methods of a service.

use std::fmt;
use std::sync::Arc;

use crate::operation::Operation;
use crate::request::decoder::Decoder;
use crate::serve::authenticate::Authenticate;
use crate::serve::endpoint::Endpoint;
use crate::serve::gate::Gate;
use crate::serve::handler::{Handler, with_request, without_request};
use crate::serve::pipeline::{Binding, Pipeline};

/// The builder that binds operations to the methods of a service `S` whose authenticated caller has the type `P`.
///
/// Generated code creates the builder with [`Pipeline::routes`] and calls a method of it for each operation.
/// The types `S` and `P` are named once here and not at each operation, because a compiler proves every bound
/// at every call.
///
/// # Examples
///
/// ```
/// use writ_runtime::{
///     Context, Endpoint, Method, NoAuthentication, OpenGate, Operation, PROBLEM_JSON, Pipeline, Problem, Reply,
///     Timeouts, nothing,
/// };
///
/// static PING: Operation = Operation { id: "ping", method: Method::GET, path: "/ping", ..Operation::NONE };
///
/// struct Service;
///
/// impl Service {
///     async fn ping(&self, _: &Context<()>) -> Result<Reply, Problem> {
///         Ok(Reply::status(204))
///     }
/// }
///
/// let pipeline = Pipeline::new(&PROBLEM_JSON, NoAuthentication, OpenGate, Timeouts::default());
/// let mut endpoints: Vec<Endpoint> = Vec::new();
/// pipeline.routes(Service, &mut endpoints).public_bare(&PING, nothing, Service::ping);
///
/// assert_eq!(endpoints[0].operation().id, "ping");
/// let router = writ_runtime::router(&PROBLEM_JSON, endpoints);
/// # let _: writ_runtime::Router = router;
/// ```
pub struct Routes<'e, S, P> {
    pipeline: &'e dyn Bind<P>,
    service: Arc<S>,
    endpoints: &'e mut Vec<Endpoint>,
}

/// The trait of a pipeline without the types of its authenticator and gate, so that it can be used as `dyn Bind`.
pub(crate) trait Bind<P> {
    fn bind(&self, operation: &'static Operation, binding: Binding<P>) -> Endpoint;
}

impl<A: Authenticate, G: Gate<A::Principal>> Bind<A::Principal> for Pipeline<A, G> {
    fn bind(&self, operation: &'static Operation, binding: Binding<A::Principal>) -> Endpoint {
        Pipeline::bind(self, operation, binding)
    }
}

impl<A: Authenticate, G: Gate<A::Principal>> Pipeline<A, G> {
    /// Returns the builder that binds operations to methods of `service`. Each binding appends an endpoint to
    /// `endpoints`.
    pub fn routes<'e, S>(&'e self, service: S, endpoints: &'e mut Vec<Endpoint>) -> Routes<'e, S, A::Principal> {
        self.routes_of(&Arc::new(service), endpoints)
    }

    /// Returns the builder of [`Pipeline::routes`] for a service that serves several versions of the contract.
    pub fn routes_of<'e, S>(
        &'e self,
        service: &Arc<S>,
        endpoints: &'e mut Vec<Endpoint>,
    ) -> Routes<'e, S, A::Principal> {
        Routes { pipeline: self, service: Arc::clone(service), endpoints }
    }
}

impl<S, P> Routes<'_, S, P>
where
    S: Send + Sync + 'static,
    P: Send + Sync + 'static,
{
    /// Binds an operation that requires an authenticated caller to a method of the service.
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

    /// Binds an operation that permits requests with and without credentials to a method of the service.
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

    /// Binds a public operation, which requires no credentials, to a method of the service.
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

    /// Binds an operation that requires an authenticated caller to a method that takes no request.
    ///
    /// `check` validates the parameters that only the pipeline uses, such as `If-None-Match`.
    pub fn secured_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Handler<'a, S, P, ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Binding::Secured(call))
    }

    /// Binds an operation that permits requests with and without credentials to a method that takes no request.
    ///
    /// `check` validates the parameters that only the pipeline uses, such as `If-None-Match`.
    pub fn optional_bare<M>(&mut self, operation: &'static Operation, check: Check, method: M) -> &mut Self
    where
        M: for<'a> Handler<'a, S, Option<P>, ()>,
    {
        let call = without_request(&self.service, check, method);
        self.push(operation, Binding::Optional(call))
    }

    /// Binds a public operation to a method that takes no request.
    ///
    /// `check` validates the parameters that only the pipeline uses, such as `If-None-Match`.
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

    /// Marks the operation that was bound last as implemented or not. The service lists operations without an
    /// implementation at its start with [`log_unwritten`](crate::log_unwritten).
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

/// The function that validates the request parameters of an operation whose method takes no request.
pub type Check = fn(&mut Decoder<'_>) -> Option<()>;

/// The [`Check`] function of an operation without parameters: it accepts every request.
pub fn nothing(_: &mut Decoder<'_>) -> Option<()> {
    Some(())
}
