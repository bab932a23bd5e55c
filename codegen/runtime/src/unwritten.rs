//! Operations that nobody has written yet: answered 501, and listed when the service starts.

use std::any::type_name;
use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;

use crate::authenticate::Authenticate;
use crate::edge::Edge;
use crate::endpoint::Endpoint;
use crate::gate::Gate;
use crate::operation::Operation;
use crate::problem::Problem;

/// The cause of a 501: no method was written for the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotWritten;

/// What a method yields that nobody has written. A type of its own, so that [`is_written`] knows it.
#[derive(Debug)]
pub struct Unwritten<T>(Option<T>);

/// The body of a method that nobody has written.
pub fn unwritten<T, E: From<NotWritten>>() -> Unwritten<Result<T, E>> {
    Unwritten(Some(Err(E::from(NotWritten))))
}

impl<T> Unpin for Unwritten<T> {}

impl<T> Future for Unwritten<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        // Awaited once, as every future is.
        self.0.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this operation is not implemented yet")
    }
}

impl Error for NotWritten {}

/// The 501 of an operation that nobody has written.
pub(crate) fn problem() -> Problem {
    Problem::new(StatusCode::NOT_IMPLEMENTED, NotWritten.to_string())
}

/// Whether a method that takes no request is more than what its trait says for those that are not
/// written. The method is not called: the type of what it yields tells.
pub fn is_written<S, C, F: Future>(_: impl FnOnce(S, C) -> F) -> bool {
    differs::<F>()
}

/// The same of a method that takes a request.
pub fn is_written_with_request<S, C, R, F: Future>(_: impl FnOnce(S, C, R) -> F) -> bool {
    differs::<F>()
}

/// Names are compared, since the future borrows from its arguments and so has no `TypeId`.
fn differs<F: Future>() -> bool {
    type_name::<F>() != type_name::<Unwritten<F::Output>>()
}

/// Adds those of `operations` that have no endpoint yet, each answered 501.
pub fn fill_unwritten<A, G>(edge: &Edge<A, G>, operations: &[&'static Operation], endpoints: &mut Vec<Endpoint>)
where
    A: Authenticate,
    G: Gate<A::Principal>,
{
    let there: HashSet<&str> = endpoints.iter().map(|endpoint| endpoint.operation.id).collect();
    let missing: Vec<Endpoint> = operations
        .iter()
        .filter(|operation| !there.contains(operation.id))
        .map(|operation| edge.unwritten(operation))
        .collect();
    endpoints.extend(missing);
}

/// Tells the log which operations are answered 501: how many, then their ids by tag.
pub fn log_unwritten(endpoints: &[Endpoint]) {
    let mut by_tag: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut count = 0;
    for operation in endpoints.iter().filter(|endpoint| !endpoint.is_written()).map(Endpoint::operation) {
        by_tag.entry(operation.tag).or_default().push(operation.id);
        count += 1;
    }
    if count == 0 {
        return;
    }
    tracing::warn!("{count} of {} operations are not written and are answered 501", endpoints.len());
    for (tag, ids) in by_tag {
        tracing::info!("{} of `{tag}`: {}", ids.len(), ids.join(", "));
    }
}
