//! A handler of the latest version of a contract that serves an older version.

use std::fmt;

use futures_util::TryFutureExt;
use futures_util::future::{MapErr, MapOk};

use crate::request::context::Context;
use crate::response::reply::Respond;
use crate::serve::handler::Handler;

/// A handler method whose successes and errors are converted to those of an older version of the contract.
///
/// Generated code binds an operation of an older version to it, if its response differs.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Context, Problem, Reply, Translated};
///
/// struct Service;
///
/// impl Service {
///     async fn ping(&self, _: &Context<()>) -> Result<Reply, Problem> {
///         Ok(Reply::status(204))
///     }
/// }
///
/// fn ok_with_body(reply: Reply) -> Reply {
///     Reply { status: http::StatusCode::OK, ..reply }
/// }
///
/// let older = Translated::new(Service::ping, ok_with_body, std::convert::identity);
/// # static PING: writ_runtime::Operation = writ_runtime::Operation::NONE;
/// # let pipeline = writ_runtime::Pipeline::new(
/// #     &writ_runtime::PROBLEM_JSON,
/// #     writ_runtime::NoAuthentication,
/// #     writ_runtime::OpenGate,
/// #     writ_runtime::Timeouts::default(),
/// # );
/// # let mut endpoints = Vec::new();
/// # pipeline.routes(Service, &mut endpoints).public_bare(&PING, writ_runtime::nothing, older);
/// ```
pub struct Translated<M, N, O, F, E> {
    method: M,
    success: fn(N) -> O,
    error: fn(F) -> E,
}

impl<M, N, O, F, E> Translated<M, N, O, F, E> {
    /// Creates a handler that calls `method`, and converts what it returns with `success` and `error`.
    pub fn new(method: M, success: fn(N) -> O, error: fn(F) -> E) -> Self {
        Translated { method, success, error }
    }
}

impl<M: Clone, N, O, F, E> Clone for Translated<M, N, O, F, E> {
    fn clone(&self) -> Self {
        Translated { method: self.method.clone(), success: self.success, error: self.error }
    }
}

impl<M: Copy, N, O, F, E> Copy for Translated<M, N, O, F, E> {}

impl<M, N, O, F, E> fmt::Debug for Translated<M, N, O, F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Translated").finish_non_exhaustive()
    }
}

impl<'a, S, P, A, M, N, O, F, E> Handler<'a, S, P, A> for Translated<M, N, O, F, E>
where
    S: 'a,
    P: 'a,
    M: Handler<'a, S, P, A, Success = N, Error = F>,
    N: 'static,
    O: Respond + 'static,
    F: 'static,
    E: Respond + 'static,
{
    type Success = O;
    type Error = E;
    type Future = MapErr<MapOk<M::Future, fn(N) -> O>, fn(F) -> E>;

    fn call(self, service: &'a S, cx: &'a Context<P>, arguments: A) -> Self::Future {
        self.method.call(service, cx, arguments).map_ok(self.success).map_err(self.error)
    }
}
