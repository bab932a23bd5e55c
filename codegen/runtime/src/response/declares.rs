//! The conversions into the error type of an operation: from the status codes that its contract declares, and
//! from internal errors. Any other conversion is a compiler error.

use std::error::Error;

use crate::response::internal::Internal;

/// A conversion from `E` into the error type of an operation.
///
/// It exists for each status code that the contract declares for the operation, and for every
/// [`std::error::Error`], which becomes an internal error. The macro [`refusals!`](crate::refusals)
/// implements it.
///
/// Handlers do not call it: `?` and `.into()` use [`From`], which every error type of an operation implements
/// through this trait. A plain `From` implementation would mislead: the compiler would suggest to implement
/// [`std::error::Error`] for an undeclared status, which would turn that status into a 500.
///
/// # Examples
///
/// A handler returns a marker (a status code as a type) with `?`. An undeclared status does not compile:
///
/// ```compile_fail,E0277
/// # writ_runtime::statuses! { NotFound = 404, Conflict = 409 }
/// # pub enum GetUserError { NotFound(NotFound), Internal(writ_runtime::Internal) }
/// writ_runtime::refusals! { GetUserError: NotFound(NotFound) }
///
/// fn get_user() -> Result<(), GetUserError> {
///     Err(Conflict::new("the contract declares only 404"))?
/// }
/// ```
///
/// A domain error of the service converts with one `From` implementation into the error type of the
/// operation:
///
/// ```
/// # writ_runtime::statuses! { NotFound = 404, Conflict = 409 }
/// # #[derive(Debug)]
/// # pub enum CreateUserError { Conflict(Conflict), Internal(writ_runtime::Internal) }
/// # writ_runtime::refusals! { CreateUserError: Conflict(Conflict) }
/// /// Must not implement `std::error::Error`, or else the `From` below does not compile (E0119).
/// enum EmailError {
///     Taken,
/// }
///
/// impl From<EmailError> for CreateUserError {
///     fn from(error: EmailError) -> Self {
///         match error {
///             EmailError::Taken => Conflict::new("this email address is taken").code("EMAIL_TAKEN").into(),
///         }
///     }
/// }
///
/// fn create_user() -> Result<(), CreateUserError> {
///     Err(EmailError::Taken)?
/// }
///
/// assert!(matches!(create_user(), Err(CreateUserError::Conflict(_))));
/// ```
#[diagnostic::on_unimplemented(
    message = "the contract does not declare `{E}` for this operation",
    label = "`{Self}` has no `{E}`: declare it in the contract, or return an error that is declared",
    note = "for an error type of your own, implement `From<{E}>` for `{Self}`"
)]
pub trait Declares<E>: Sized {
    /// The conversion into the error type of an operation. It is a constant because a compiler checks a
    /// constant faster than a function, and a large contract has thousands of conversions.
    const FROM: fn(E) -> Self;
}

/// The error type of an operation, with a variant for internal errors (500). Only generated enums implement it.
pub trait OperationError: Sized {
    /// The marker that creates the refusals of this crate, such as [`BadCursor`](crate::BadCursor), if the operation
    /// declares their status.
    type Refusals;

    /// The conversion of an internal error into the error type of an operation.
    const INTERNAL: fn(Internal) -> Self;
}

// The compiler must not suggest this implementation for an undeclared status: a status that implements `Error`
// would be a 500.
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

/// Implements the conversions into the error type of an operation: from exactly the status codes that its
/// contract declares, and from every [`std::error::Error`] as an internal error.
///
/// Generated code calls it once for each operation.
///
/// # Examples
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
    (@first) => { $crate::NoMarker };
    (@first $first:ident $($rest:ident)*) => { $first };
    (@last) => { $crate::NoMarker };
    (@last $last:ident) => { $last };
    (@last $first:ident $($rest:ident)+) => { $crate::refusals!(@last $($rest)+) };
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
            type Refusals = <$crate::Pick<
                { <$crate::refusals!(@last $($marker)*) as $crate::Marker>::COVERS_CLIENT_ERRORS },
                $crate::refusals!(@first $($marker)*),
                $crate::refusals!(@last $($marker)*),
            > as $crate::Picked>::Refusals;

            const INTERNAL: fn($crate::Internal) -> Self = Self::Internal;
        }

        $(impl $crate::Declares<$marker> for $error {
            const FROM: fn($marker) -> Self = Self::$variant;
        })*
    };
}
