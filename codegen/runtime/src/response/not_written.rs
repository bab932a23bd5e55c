//! Handler methods without an implementation: the future that they return, and the 501 response that it becomes.

use std::any::type_name;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::StatusCode;

use crate::response::problem::Problem;

/// The error of an operation whose handler method is not implemented. The caller receives 501. The function
/// [`unwritten`] has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotWritten;

/// The future that an unimplemented handler method returns. [`is_written`] recognizes the method by this type.
/// Generated code uses it; a service does not.
#[derive(Debug)]
pub struct Unwritten<T>(Option<T>);

/// Returns the future of an unimplemented handler method. The default methods of generated traits call it.
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

/// Returns the 501 problem of an operation whose handler method is not implemented.
pub(crate) fn problem() -> Problem {
    Problem::new(StatusCode::NOT_IMPLEMENTED, NotWritten.to_string())
}

/// Returns true if a service implements a handler method that takes no request, instead of the generated default.
///
/// The method is not called: the type of its future is sufficient.
pub fn is_written<S, C, F: Future>(_: impl FnOnce(S, C) -> F) -> bool {
    differs::<F>()
}

/// Returns true if a service implements a handler method that takes a request, instead of the generated default.
pub fn is_written_with_request<S, C, R, F: Future>(_: impl FnOnce(S, C, R) -> F) -> bool {
    differs::<F>()
}

/// Returns true if a future is not the [`Unwritten`] future of a generated default method.
///
/// It compares the names of the types, because a future that borrows from its arguments has no `TypeId`.
fn differs<F: Future>() -> bool {
    type_name::<F>() != type_name::<Unwritten<F::Output>>()
}
