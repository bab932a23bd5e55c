//! The conversions into an operation's error type, and what the compiler says where there is none.

use std::error::Error;

use crate::response::internal::Internal;

/// A conversion from `E` into the error type of an operation.
///
/// It exists for the statuses that the contract declares for the operation, and for every
/// [`std::error::Error`], which becomes an internal error. [`refusals!`](crate::refusals) implements it.
///
/// `?` and `.into()` go through [`From`], which each error type implements for all that it declares.
/// A bound of `From` itself could not say what is wrong where a status is not declared: the compiler
/// would advise to implement [`std::error::Error`] for the status, and so make it a 500.
///
/// ```compile_fail,E0277
/// # writ_runtime::statuses! { NotFound = 404, Conflict = 409 }
/// # pub enum GetUserError { NotFound(NotFound), Internal(writ_runtime::Internal) }
/// writ_runtime::refusals! { GetUserError: NotFound(NotFound) }
///
/// fn get_user() -> Result<(), GetUserError> {
///     Err(Conflict::new("the contract declares 404 alone"))?
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the contract does not declare `{E}` for this operation",
    label = "`{Self}` has no `{E}`: declare it in the contract, or return an error that is declared",
    note = "an error of your own is converted by `impl From<{E}> for {Self}`"
)]
pub trait Declares<E>: Sized {
    /// The conversion. It is a constant, since a compiler takes longer over a function, and a large
    /// contract has thousands of conversions.
    const FROM: fn(E) -> Self;
}

/// The error type of an operation, which holds an internal error if need be.
pub trait OperationError: Sized {
    /// The conversion of an internal error.
    const INTERNAL: fn(Internal) -> Self;
}

// Not a remedy for a status that is not declared: as an `Error` it would become a 500.
#[diagnostic::do_not_recommend]
impl<E, X> Declares<E> for X
where
    E: Error + Send + Sync + 'static,
    X: OperationError,
{
    const FROM: fn(E) -> Self = internal;
}

fn internal<E, X>(cause: E) -> X
where
    E: Error + Send + Sync + 'static,
    X: OperationError,
{
    X::INTERNAL(Internal::from(cause))
}

/// Implements the conversions into an operation's error: from exactly the refusals that its contract
/// declares, and from every [`std::error::Error`] as an internal one.
///
/// ```
/// # writ_runtime::statuses! { NotFound = 404 }
/// # pub enum GetUserError { NotFound(NotFound), Internal(writ_runtime::Internal) }
/// writ_runtime::refusals! { GetUserError: NotFound(NotFound) }
///
/// fn get_user(id: &str) -> Result<u32, GetUserError> {
///     let id = id.parse::<u32>()?;
///     Err(NotFound::new(format!("user {id}")))?
/// }
///
/// assert!(matches!(get_user("x"), Err(GetUserError::Internal(_))));
/// assert!(matches!(get_user("7"), Err(GetUserError::NotFound(_))));
/// ```
#[macro_export]
macro_rules! refusals {
    ($error:ident: $($variant:ident($marker:ident)),* $(,)?) => {
        impl<E> ::core::convert::From<E> for $error
        where
            $error: $crate::Declares<E>,
        {
            fn from(error: E) -> Self {
                <Self as $crate::Declares<E>>::FROM(error)
            }
        }

        impl $crate::OperationError for $error {
            const INTERNAL: fn($crate::Internal) -> Self = Self::Internal;
        }

        $(impl $crate::Declares<$marker> for $error {
            const FROM: fn($marker) -> Self = Self::$variant;
        })*
    };
}
