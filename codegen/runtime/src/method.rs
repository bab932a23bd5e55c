//! Calling a method of a generated trait: decode what it takes, await it, encode what it yields.
//!
//! It is written once here and not in each contract, where a compiler would check the states of one
//! future an operation.

use std::future::Future;
use std::sync::Arc;

use crate::context::Context;
use crate::decoder::Decoder;
use crate::pipeline::Erased;
use crate::reply::Respond;

/// A method of a service `S` for callers `P`, which takes `A` beside the context: `(R,)` where it
/// takes a request, `()` where it takes none.
pub trait Method<'a, S: 'a, P: 'a, A>: Copy + Send + Sync + 'static {
    /// What it succeeds with.
    type Success: Respond;
    /// What it refuses with.
    type Refusal: Respond;
    /// What it yields.
    type Answer: Future<Output = Result<Self::Success, Self::Refusal>> + Send + 'a;

    /// Calls it.
    fn call(self, service: &'a S, cx: &'a Context<P>, arguments: A) -> Self::Answer;
}

impl<'a, S, P, R, F, A, T, E> Method<'a, S, P, (R,)> for F
where
    S: 'a,
    P: 'a,
    F: Fn(&'a S, &'a Context<P>, R) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Result<T, E>> + Send + 'a,
    T: Respond,
    E: Respond,
{
    type Success = T;
    type Refusal = E;
    type Answer = A;

    fn call(self, service: &'a S, cx: &'a Context<P>, (request,): (R,)) -> A {
        self(service, cx, request)
    }
}

impl<'a, S, P, F, A, T, E> Method<'a, S, P, ()> for F
where
    S: 'a,
    P: 'a,
    F: Fn(&'a S, &'a Context<P>) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Result<T, E>> + Send + 'a,
    T: Respond,
    E: Respond,
{
    type Success = T;
    type Refusal = E;
    type Answer = A;

    fn call(self, service: &'a S, cx: &'a Context<P>, (): ()) -> A {
        self(service, cx)
    }
}

/// A call of a method that takes the request that `decode` makes.
pub(crate) fn with_request<S, P, R, M>(
    service: &Arc<S>,
    decode: fn(&mut Decoder<'_>) -> Option<R>,
    method: M,
) -> Erased<P>
where
    S: Send + Sync + 'static,
    P: Send + Sync + 'static,
    R: Send + 'static,
    M: for<'a> Method<'a, S, P, (R,)>,
{
    let service = Arc::clone(service);
    Box::new(move |cx, input| {
        let service = Arc::clone(&service);
        Box::pin(async move {
            let (request, responder) = input.decode(decode)?;
            Ok(responder.answer(method.call(&service, &cx, (request,)).await))
        })
    })
}

/// A call of a method that takes no request; `check` looks at what the edge alone makes use of.
pub(crate) fn without_request<S, P, M>(
    service: &Arc<S>,
    check: fn(&mut Decoder<'_>) -> Option<()>,
    method: M,
) -> Erased<P>
where
    S: Send + Sync + 'static,
    P: Send + Sync + 'static,
    M: for<'a> Method<'a, S, P, ()>,
{
    let service = Arc::clone(service);
    Box::new(move |cx, input| {
        let service = Arc::clone(&service);
        Box::pin(async move {
            let ((), responder) = input.decode(check)?;
            Ok(responder.answer(method.call(&service, &cx, ()).await))
        })
    })
}
