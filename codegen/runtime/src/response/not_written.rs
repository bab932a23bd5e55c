//! Methods without an implementation: the future that they return, and the 501 that it becomes.

use std::any::type_name;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;

use crate::response::problem::Problem;

/// The cause of a 501: the operation has no implementation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotWritten;

/// The future of a method without an implementation. [`is_written`] recognizes it by its type.
#[derive(Debug)]
pub struct Unwritten<T>(Option<T>);

/// Returns the future of a method without an implementation. Generated default methods call it.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Context, Internal, unwritten};
///
/// trait Users {
///     /// The default that the generator writes with the option `unwritten`.
///     fn delete_user(&self, cx: &Context<()>) -> impl Future<Output = Result<(), Internal>> + Send {
///         let _ = cx;
///         unwritten()
///     }
/// }
/// ```
pub fn unwritten<T, E: From<NotWritten>>() -> Unwritten<Result<T, E>> {
    Unwritten(Some(Err(E::from(NotWritten))))
}

impl<T> Unpin for Unwritten<T> {}

impl<T> Future for Unwritten<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        // A future is polled to completion only once.
        self.0.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl fmt::Display for NotWritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this operation is not implemented yet")
    }
}

impl Error for NotWritten {}

/// Returns the 501 of an operation without an implementation.
pub(crate) fn problem() -> Problem {
    Problem::new(StatusCode::NOT_IMPLEMENTED, NotWritten.to_string())
}

/// Returns true if a method that takes no request overrides the generated default.
///
/// The method is not called: the type of its future is sufficient.
pub fn is_written<S, C, F: Future>(_: impl FnOnce(S, C) -> F) -> bool {
    differs::<F>()
}

/// Returns true if a method that takes a request overrides the generated default.
pub fn is_written_with_request<S, C, R, F: Future>(_: impl FnOnce(S, C, R) -> F) -> bool {
    differs::<F>()
}

/// Compares the names of the types, because a future that borrows from its arguments has no `TypeId`.
fn differs<F: Future>() -> bool {
    type_name::<F>() != type_name::<Unwritten<F::Output>>()
}
