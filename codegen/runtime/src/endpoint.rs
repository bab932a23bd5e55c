//! One operation bound to its implementation, with its types erased: what the router holds.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::mem::take;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use futures_util::{FutureExt, TryFutureExt};
use http::{HeaderValue, Method, StatusCode, header};

use crate::conditional;
use crate::context::Context;
use crate::contract::{Contract, log_problem};
use crate::edge::Settings;
use crate::head::Head;
use crate::input::Input;
use crate::operation::Operation;
use crate::patience::{self, TooLate};
use crate::problem::Problem;
use crate::reply::{Reply, ReplyBody};

/// A boxed future that is sent between threads.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What answers one request, as axum wants it.
pub(crate) type Answer = Boxed<'static, Result<Response, Infallible>>;

/// What a generated call yields.
pub type Pending = Boxed<'static, Result<Reply, Problem>>;

/// How generated code calls one operation of a service.
pub trait Call<S, P>: Fn(Arc<S>, Context<P>, Input) -> Pending + Send + Sync + 'static {}

impl<S, P, F: Fn(Arc<S>, Context<P>, Input) -> Pending + Send + Sync + 'static> Call<S, P> for F {}

/// One operation, ready to be routed to.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) operation: &'static Operation,
    pub(crate) written: bool,
    pub(crate) serve: Arc<dyn Serve>,
}

/// The way from authentication to the answer, all of it in one boxed future.
pub(crate) trait Serve: Send + Sync {
    fn answer(self: Arc<Self>, head: Arc<Head>, body: Body) -> Answer;
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// The operation.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Whether somebody has written it; what nobody has is answered 501.
    pub fn is_written(&self) -> bool {
        self.written
    }

    /// Answers one request. Whatever happens inside, there is an answer in the envelope.
    pub(crate) fn answer(&self, head: Arc<Head>, body: Body) -> Answer {
        Arc::clone(&self.serve).answer(head, body)
    }
}

/// Runs the way of a request to its reply. The way is pinned by the caller: each future that takes
/// another one into itself has room for it twice.
pub(crate) async fn reply(
    way: Pin<&mut (dyn Future<Output = Result<Reply, Problem>> + Send)>,
    operation: &Operation,
    settings: &Settings,
) -> Reply {
    // The handler and the body have limits of their own; this one is for what hangs beside them.
    let limit = (settings.timeout.saturating_mul(2)).saturating_add(settings.body_timeout);
    match patience::limit(limit, guard(way)).await {
        Ok(Ok(Ok(reply))) => reply,
        Ok(Ok(Err(problem)) | Err(problem)) => problem.into(),
        Err(TooLate) => timed_out(operation).into(),
    }
}

/// The response that a reply leaves as.
pub(crate) fn respond(contract: &Contract, mut head: Arc<Head>, mut reply: Reply) -> Response {
    let operation = head.call.operation;
    if let ReplyBody::Problem(problem) = &reply.body {
        log_problem(problem, &head.call.request_id, operation.id);
    }
    conditional::apply(&head, &mut reply);
    if operation.produces.len() > 1 || operation.produces.iter().any(|media| media.contains('*')) {
        reply.headers.append(header::VARY, HeaderValue::from_static("accept"));
    }
    let extensions = Arc::get_mut(&mut head).map(|head| take(&mut head.parts.extensions));
    let mut response = contract.response(reply, &head.call.request_id, extensions.unwrap_or_default());
    if head.parts.method == Method::HEAD {
        strip_body(&mut response);
    }
    response.extensions_mut().insert(operation);
    response
}

/// Runs a future; a panic in it is a 500 whose message goes to the log.
pub(crate) fn guard<T>(future: impl Future<Output = T> + Unpin) -> impl Future<Output = Result<T, Problem>> + Unpin {
    AssertUnwindSafe(future).catch_unwind().map_err(|payload| {
        let message = payload
            .downcast_ref::<&str>()
            .map(|message| (*message).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Problem::internal(format!("panic: {message}"))
    })
}

/// Runs a handler: a panic is a 500, and what takes longer than `settings.timeout` a 503, or a
/// 504 where the contract declares that and not the other.
pub(crate) async fn run(pending: Pending, operation: &Operation, settings: &Settings) -> Result<Reply, Problem> {
    match patience::limit(settings.timeout, guard(pending)).await {
        Ok(outcome) => outcome?,
        Err(TooLate) => Err(timed_out(operation)),
    }
}

fn timed_out(operation: &Operation) -> Problem {
    let status = if operation.declares(504) && !operation.declares(503) {
        StatusCode::GATEWAY_TIMEOUT
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Problem::new(status, "the answer took too long").with_code("TIMEOUT")
}

/// The answer to HEAD: the headers of GET, its length among them (RFC 9110 § 9.3.2).
fn strip_body(response: &mut Response) {
    let length = response.body().size_hint().exact();
    if let Some(length) = length.filter(|_| response.status() != StatusCode::NOT_MODIFIED) {
        response.headers_mut().entry(header::CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
}
