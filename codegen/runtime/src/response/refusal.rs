//! Refusals that a platform of services raises in every contract: types with a fixed status code, which convert into
//! the error type of each operation that declares it.

use http::{HeaderName, HeaderValue, StatusCode};

use crate::operation::ParameterLocation;
use crate::response::declares::{Declares, OperationError};
use crate::response::problem::Problem;
use crate::response::status_range::AnyStatus;
use crate::validate::violation::Violation;

/// The refusal of a request whose pagination cursor is not valid. It has status 400.
///
/// Like the markers of a contract, it is not a [`std::error::Error`]. `?` converts it into the error type of an
/// operation that declares the status, and does not compile for another operation:
///
/// ```
/// use writ_runtime::BadCursor;
/// # writ_runtime::statuses! { BadRequest = 400 }
/// # #[derive(Debug)]
/// # pub enum ListUsersError { BadRequest(BadRequest), Internal(writ_runtime::Internal) }
/// # writ_runtime::refusals! { ListUsersError: BadRequest(BadRequest) }
///
/// fn open(cursor: &str) -> Result<u32, BadCursor> {
///     cursor.parse().map_err(|_| BadCursor::Unreadable)
/// }
///
/// fn list_users(cursor: &str) -> Result<u32, ListUsersError> {
///     Ok(open(cursor)?)
/// }
///
/// let Err(ListUsersError::BadRequest(refusal)) = list_users("x") else { unreachable!() };
/// assert_eq!(refusal.problem().violations[0].field, "cursor");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCursor {
    /// The text is not a pagination cursor that this service has created.
    Unreadable,
    /// The pagination cursor belongs to another list, sort order or filter.
    OtherList,
}

/// The reason why the idempotency key of a request is refused. It has status 409 or 422
/// (draft-ietf-httpapi-idempotency-key-header-07 § 2.7), so an operation must declare both. [`BadCursor`] describes
/// how it converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyConflict {
    /// The idempotency key was used with a different request: 422.
    AnotherRequest,
    /// The first request with this idempotency key is still running: 409.
    StillRunning,
    /// The first request with this idempotency key has succeeded, but its response is too large to be recorded: 409.
    Unrecorded,
}

/// The refusal of a request whose rate limit is exhausted, with the headers that report the limit. It has status 429.
/// [`BadCursor`] describes how it converts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited {
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The refusal of a change whose `If-Match` does not name the current version of the resource. It has status 412
/// (RFC 9110 § 13.1.1). [`BadCursor`] describes how it converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaleVersion {
    /// The name of the resource in the message, for example `order`.
    pub resource: &'static str,
}

/// The refusal of a change that names another version of the resource in its body. It has status 409. [`BadCursor`]
/// describes how it converts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionConflict {
    /// The name of the resource in the message, for example `order`.
    pub resource: &'static str,
    /// The current version of the resource.
    pub current: i64,
}

impl Limited {
    /// Creates the refusal of a request whose rate limit is exhausted. `headers` report the limit, and contain
    /// `Retry-After`.
    pub fn new(headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Limited {
        Limited { headers: headers.into_iter().collect() }
    }

    /// Returns the headers of the response that report the rate limit.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }
}

impl From<BadCursor> for Problem {
    fn from(cursor: BadCursor) -> Problem {
        let message = match cursor {
            BadCursor::Unreadable => "must be the cursor of an earlier page",
            BadCursor::OtherList => "belongs to a list with another sort order or other filters",
        };
        let violation = Violation {
            location: ParameterLocation::Query.into(),
            field: "cursor".to_owned(),
            message: message.into(),
        };
        Problem::new(StatusCode::BAD_REQUEST, "the request is not valid")
            .with_code("VALIDATION_ERROR")
            .with_violation(violation)
    }
}

impl From<KeyConflict> for Problem {
    fn from(conflict: KeyConflict) -> Problem {
        match conflict {
            KeyConflict::AnotherRequest => {
                let message = "the idempotency key was used with another request";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message).with_code("KEY_REUSED")
            }
            KeyConflict::StillRunning => {
                Problem::new(StatusCode::CONFLICT, "a request with this idempotency key is still running")
            }
            KeyConflict::Unrecorded => {
                let message =
                    "a request with this idempotency key has succeeded; its response is too large to be repeated";
                Problem::new(StatusCode::CONFLICT, message).with_code("RESPONSE_NOT_RECORDED")
            }
        }
    }
}

impl From<Limited> for Problem {
    fn from(limited: Limited) -> Problem {
        let mut problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too many requests; try again later");
        problem.headers = limited.headers;
        problem
    }
}

impl From<StaleVersion> for Problem {
    fn from(stale: StaleVersion) -> Problem {
        let message = format!("the {} has changed; read it again", stale.resource);
        Problem::new(StatusCode::PRECONDITION_FAILED, message)
    }
}

impl From<VersionConflict> for Problem {
    fn from(conflict: VersionConflict) -> Problem {
        let VersionConflict { resource, current } = conflict;
        Problem::new(StatusCode::CONFLICT, format!("the {resource} has changed; its version is {current}"))
    }
}

/// A marker of a contract, such as `NotFound`, or the marker of a range such as `4XX`. The macros
/// [`statuses!`](crate::statuses) and [`status_ranges!`](crate::status_ranges) implement it.
pub trait Marker {
    /// The marker that creates the refusals of this crate for the operations of the contract.
    type Refusals;

    /// True if the marker covers every status from 400 to 499, as `4XX` and `default` do.
    const COVERS_CLIENT_ERRORS: bool;
}

/// The creation of a refusal of this crate with the status code `STATUS`, as the error type `X` of an operation. Only
/// markers of the operation's contract implement it.
#[diagnostic::on_unimplemented(
    message = "the contract declares no response with status {STATUS}",
    label = "this refusal has status {STATUS}: declare it for the operation in the contract"
)]
pub trait Refuses<const STATUS: u16, X> {
    /// Returns the error of the operation for a problem with this status code.
    fn refuse(problem: Problem) -> X;
}

/// The selection of the marker that creates the refusals of an operation: the one of its last variant if that covers
/// all client errors, else that of its first variant. Only [`refusals!`](crate::refusals) uses it.
#[doc(hidden)]
pub struct Pick<const LAST: bool, F, L>(std::marker::PhantomData<(F, L)>);

/// The result of [`Pick`]. Only [`refusals!`](crate::refusals) uses it.
#[doc(hidden)]
pub trait Picked {
    /// The marker that creates the refusals of an operation.
    type Refusals;
}

impl<F: Marker, L> Picked for Pick<false, F, L> {
    type Refusals = F::Refusals;
}

impl<F, L: Marker> Picked for Pick<true, F, L> {
    type Refusals = L::Refusals;
}

/// The place of the marker of an operation that declares no error.
#[derive(Debug, Clone, Copy)]
pub struct NoMarker;

impl Marker for NoMarker {
    type Refusals = NoMarker;
    const COVERS_CLIENT_ERRORS: bool = false;
}

/// A range of status codes that contains the status `STATUS` of a refusal of this crate.
#[diagnostic::on_unimplemented(message = "the contract declares no response with status {STATUS}")]
pub trait Covers<const STATUS: u16> {}

macro_rules! refusal {
    ($refusal:ty: $($status:literal),+) => {
        impl<X> Declares<$refusal> for X
        where
            X: OperationError,
            $(X::Refusals: Refuses<$status, X>,)+
        {
            const FROM: fn($refusal) -> X = |refusal| {
                let problem = Problem::from(refusal);
                $(if problem.status.as_u16() == $status {
                    return <X::Refusals as Refuses<$status, X>>::refuse(problem);
                })+
                X::INTERNAL(format!("a refusal has the unexpected status {}", problem.status).into())
            };
        }

        $(
            impl Covers<$status> for AnyStatus<400, 499> {}
            impl Covers<$status> for AnyStatus<400, 599> {}
        )+
    };
}

refusal!(BadCursor: 400);
refusal!(KeyConflict: 409, 422);
refusal!(Limited: 429);
refusal!(StaleVersion: 412);

impl<X> Declares<VersionConflict> for X
where
    X: OperationError,
    X::Refusals: Refuses<409, X>,
{
    const FROM: fn(VersionConflict) -> X = |conflict| X::Refusals::refuse(Problem::from(conflict));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::internal::Internal;

    crate::statuses! { NotFound = 404, Conflict = 409, UnprocessableEntity = 422 }
    crate::status_ranges! { ClientError = 400, 499; ServerError = 500, 599; Unexpected = 400, 599; }

    #[derive(Debug)]
    #[expect(dead_code, reason = "the message of a failing test reads the fields")]
    enum ByStatus {
        Conflict(Conflict),
        UnprocessableEntity(UnprocessableEntity),
        ServerError(ServerError),
        Internal(Internal),
    }
    crate::refusals! {
        ByStatus: Conflict(Conflict), UnprocessableEntity(UnprocessableEntity), ServerError(ServerError)
    }

    #[derive(Debug)]
    #[expect(dead_code, reason = "the message of a failing test reads the fields")]
    enum ByRange {
        NotFound(NotFound),
        ClientError(ClientError),
        Internal(Internal),
    }
    crate::refusals! { ByRange: NotFound(NotFound), ClientError(ClientError) }

    #[derive(Debug)]
    #[expect(dead_code, reason = "the message of a failing test reads the fields")]
    enum ByDefault {
        Unexpected(Unexpected),
        Internal(Internal),
    }
    crate::refusals! { ByDefault: Unexpected(Unexpected) }

    #[derive(Debug)]
    #[expect(dead_code, reason = "the message of a failing test reads the fields")]
    enum Nothing {
        Internal(Internal),
    }
    crate::refusals! { Nothing: }

    #[test]
    fn a_refusal_becomes_the_variant_of_its_status() {
        assert!(matches!(ByStatus::from(KeyConflict::StillRunning), ByStatus::Conflict(_)));
        let ByStatus::UnprocessableEntity(refusal) = ByStatus::from(KeyConflict::AnotherRequest) else { panic!() };
        assert_eq!(refusal.problem().code, "KEY_REUSED");
        let ByStatus::Conflict(refusal) = ByStatus::from(VersionConflict { resource: "order", current: 3 }) else {
            panic!()
        };
        assert_eq!(refusal.problem().message, "the order has changed; its version is 3");
        let ByStatus::ServerError(refusal) = ByStatus::from(ServerError::of::<503>("closed")) else { panic!() };
        assert_eq!(refusal.problem().status, 503);
        assert!(matches!(ByStatus::from(std::fmt::Error), ByStatus::Internal(_)));
    }

    #[test]
    fn a_refusal_becomes_the_range_or_default_that_covers_its_status() {
        let ByRange::ClientError(refusal) = ByRange::from(BadCursor::OtherList) else { panic!() };
        assert_eq!(refusal.problem().status, 400);
        assert!(matches!(ByRange::from(NotFound::new("page")), ByRange::NotFound(_)));
        assert!(matches!(ByRange::from(std::fmt::Error), ByRange::Internal(_)));
        let ByDefault::Unexpected(refusal) = ByDefault::from(StaleVersion { resource: "order" }) else { panic!() };
        assert_eq!(refusal.problem().status, 412);
        assert!(matches!(ByDefault::from(std::fmt::Error), ByDefault::Internal(_)));
        let _ = Nothing::from(std::fmt::Error);
    }

    #[test]
    fn an_exhausted_limit_is_reported_with_its_headers() {
        let limited = Limited::new([(http::header::RETRY_AFTER, HeaderValue::from_static("3"))]);
        assert_eq!(Problem::from(limited).header("retry-after"), Some("3"));
    }
}
