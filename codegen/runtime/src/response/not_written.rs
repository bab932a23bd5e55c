//! Methods that nobody has written yet: the future that they yield, and the 501 that it becomes.

use std::any::type_name;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;

use crate::response::problem::Problem;

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
