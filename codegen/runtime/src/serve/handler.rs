//! Calling a handler method of a generated trait: decoding its request, awaiting it, and encoding its response.
//!
//! This code exists once in the runtime and not in each contract, where the compiler would check a separate
//! future for each operation.

use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::request::context::Context;
use crate::request::decoder::Decoder;
use crate::response::problem::Problem;
use crate::response::reply::{Reply, Respond};

/// The future that a called handler returns. It resolves to the reply of the operation.
pub(crate) type HandlerFuture = BoxFuture<'static, Result<Reply, Problem>>;

/// The handler of an operation as a boxed function, without the type of its service. The function decodes the request
/// and returns the future of the reply.
pub(crate) type ErasedHandler<P> = Box<dyn Fn(Context<P>, Decoder<'_>) -> Result<HandlerFuture, Problem> + Send + Sync>;

/// A handler method of a service `S` whose authenticated caller has the type `P`.
///
/// It is implemented for `async fn(&S, &Context<P>, R)` with `A = (R,)`, and for `async fn(&S, &Context<P>)`
/// with `A = ()`. Generated code uses it; a service does not.
pub trait Handler<'a, S: 'a, P: 'a, A>: Copy + Send + Sync + 'static {
    /// The type of the operation's successful response.
    type Success: Respond;
    /// The type of the operation's declared errors.
    type Error: Respond;
    /// The future that the handler method returns.
    type Future: Future<Output = Result<Self::Success, Self::Error>> + Send + 'a;

    /// Calls the handler method of the service with the context of a request and the method's other arguments.
    fn call(self, service: &'a S, cx: &'a Context<P>, arguments: A) -> Self::Future;
}

impl<'a, S, P, R, F, A, T, E> Handler<'a, S, P, (R,)> for F
where
    S: 'a,
    P: 'a,
    F: Fn(&'a S, &'a Context<P>, R) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Result<T, E>> + Send + 'a,
    T: Respond,
    E: Respond,
{
    type Success = T;
    type Error = E;
    type Future = A;

    fn call(self, service: &'a S, cx: &'a Context<P>, (request,): (R,)) -> A {
        self(service, cx, request)
    }
}

impl<'a, S, P, F, A, T, E> Handler<'a, S, P, ()> for F
where
    S: 'a,
    P: 'a,
    F: Fn(&'a S, &'a Context<P>) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Result<T, E>> + Send + 'a,
    T: Respond,
    E: Respond,
{
    type Success = T;
    type Error = E;
    type Future = A;

    fn call(self, service: &'a S, cx: &'a Context<P>, (): ()) -> A {
        self(service, cx)
    }
}

/// Returns the handler of an operation whose method takes a request. `decode` is the generated function that
/// decodes it.
pub(crate) fn with_request<S, P, R, M>(
    service: &Arc<S>,
    decode: fn(&mut Decoder<'_>) -> Option<R>,
    method: M,
) -> ErasedHandler<P>
where
    S: Send + Sync + 'static,
    P: Send + Sync + 'static,
    R: Send + 'static,
    M: for<'a> Handler<'a, S, P, (R,)>,
{
    let service = Arc::clone(service);
    Box::new(move |cx, decoder| {
        let (request, responder) = decoder.decode(decode)?;
        let service = Arc::clone(&service);
        Ok(Box::pin(async move { Ok(responder.respond(method.call(&service, &cx, (request,)).await)) }))
    })
}

/// Returns the handler of an operation whose method takes no request. `check` validates the parameters that
/// only the pipeline uses.
pub(crate) fn without_request<S, P, M>(
    service: &Arc<S>,
    check: fn(&mut Decoder<'_>) -> Option<()>,
    method: M,
) -> ErasedHandler<P>
where
    S: Send + Sync + 'static,
    P: Send + Sync + 'static,
    M: for<'a> Handler<'a, S, P, ()>,
{
    let service = Arc::clone(service);
    Box::new(move |cx, decoder| {
        let ((), responder) = decoder.decode(check)?;
        let service = Arc::clone(&service);
        Ok(Box::pin(async move { Ok(responder.respond(method.call(&service, &cx, ()).await)) }))
    })
}
