//! Status codes for the ranges of a contract, `default` and `4XX`, as typed values and as markers for errors.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::StatusCode;

use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// A response status code from `LOW` to `HIGH` inclusive, for a `default` or `4XX` response of the contract.
///
/// # Examples
///
/// ```
/// use writ_runtime::AnyStatus;
///
/// let teapot = AnyStatus::<400, 499>::of::<418>();
/// assert_eq!(teapot.get().as_u16(), 418);
///
/// let error = AnyStatus::<400, 499>::new(500).unwrap_err();
/// assert_eq!(error.to_string(), "status 500 is not between 400 and 499");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyStatus<const LOW: u16, const HIGH: u16>(StatusCode);

/// The error for a status code outside of the range that the contract declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusOutOfRange {
    /// The rejected status code, which is outside of the declared range.
    pub status: u16,
    /// The lowest status code of the declared range.
    pub low: u16,
    /// The highest status code of the declared range.
    pub high: u16,
}

impl<const LOW: u16, const HIGH: u16> AnyStatus<LOW, HIGH> {
    /// Creates a response status code from the constant `STATUS`. A constant outside of the range that the contract
    /// declares, such as `4XX`, does not compile.
    pub fn of<const STATUS: u16>() -> AnyStatus<LOW, HIGH> {
        const {
            assert!(
                LOW <= STATUS && STATUS <= HIGH && 100 <= STATUS && STATUS <= 999,
                "the contract does not allow this status here"
            );
        }
        AnyStatus(StatusCode::from_u16(STATUS).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Creates a response status code from a number that is known only at run time.
    ///
    /// # Errors
    ///
    /// Returns an error if the number is outside of the range that the contract declares, such as `4XX`.
    pub fn new(status: u16) -> Result<AnyStatus<LOW, HIGH>, StatusOutOfRange> {
        match StatusCode::from_u16(status) {
            Ok(code) if (LOW..=HIGH).contains(&status) => Ok(AnyStatus(code)),
            _ => Err(StatusOutOfRange { status, low: LOW, high: HIGH }),
        }
    }

    /// Returns the status code as a value of the crate `http`.
    pub fn get(self) -> StatusCode {
        self.0
    }

    /// Returns a reply with this status code of the range and without a body.
    pub fn reply(self) -> Reply {
        Reply::new(self.0)
    }

    /// Returns a problem (a refusal) with this status code of the range and a message.
    pub fn problem(self, message: impl Into<Cow<'static, str>>) -> Problem {
        Problem::new(self.0, message)
    }
}

impl<const LOW: u16, const HIGH: u16> TryFrom<StatusCode> for AnyStatus<LOW, HIGH> {
    type Error = StatusOutOfRange;

    fn try_from(status: StatusCode) -> Result<AnyStatus<LOW, HIGH>, StatusOutOfRange> {
        AnyStatus::new(status.as_u16())
    }
}

impl fmt::Display for StatusOutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StatusOutOfRange { status, low, high } = self;
        write!(f, "status {status} is not between {low} and {high}")
    }
}

impl Error for StatusOutOfRange {}

/// Defines a marker type for each range of error status codes such as `4XX`, in the crate that calls the macro.
///
/// A handler returns such a marker as the error of a `4XX` or `default` response.
///
/// # Examples
///
/// ```
/// writ_runtime::status_ranges! { ClientError = 400, 499; }
///
/// let problem = writ_runtime::Problem::from(ClientError::of::<404>("no such page"));
/// assert_eq!(problem.status.as_u16(), 404);
/// assert!(ClientError::new(500, "out of range").is_err());
/// ```
#[macro_export]
macro_rules! status_ranges {
    ($($name:ident = $low:literal, $high:literal;)*) => { $(
        #[doc = ::core::concat!("A refusal with a status from ", $low, " to ", $high, ".")]
        #[derive(Debug)]
        pub struct $name(::std::boxed::Box<$crate::Problem>);

        impl $name {
            /// Creates a refusal whose status code is the constant `STATUS`. A constant outside of the range that
            /// the contract declares, such as `4XX`, does not compile.
            pub fn of<const STATUS: u16>(message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                $name(::std::boxed::Box::new($crate::AnyStatus::<$low, $high>::of::<STATUS>().problem(message)))
            }

            /// Creates a refusal whose status code is known only at run time.
            ///
            /// # Errors
            ///
            /// Returns an error if the status code is outside of the range that the contract declares, such as `4XX`.
            pub fn new(
                status: u16,
                message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>,
            ) -> ::core::result::Result<$name, $crate::StatusOutOfRange> {
                let status = $crate::AnyStatus::<$low, $high>::new(status)?;
                ::core::result::Result::Ok($name(::std::boxed::Box::new(status.problem(message))))
            }

            /// Replaces the error code of the refusal, for example by `EMAIL_TAKEN`.
            pub fn code(mut self, code: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                self.0.code = code.into();
                self
            }

            /// Adds a violation of a field of the request body to the refusal.
            pub fn detail(
                mut self,
                field: impl ::core::convert::Into<::std::string::String>,
                message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>,
            ) -> $name {
                $crate::status::add_detail(&mut self.0, field.into(), message.into());
                self
            }

            /// Returns the problem that this refusal sends: status code, error code, message and violations.
            pub fn problem(&self) -> &$crate::Problem {
                &self.0
            }

            /// Creates the refusal that a client received, from the problem in the error response. Returns `None` if
            /// the status code is outside of the declared range. Only generated clients call it.
            #[doc(hidden)]
            pub fn received(mut problem: $crate::Problem) -> ::core::option::Option<$name> {
                problem.status = $crate::AnyStatus::<$low, $high>::new(problem.status.as_u16()).ok()?.get();
                ::core::option::Option::Some($name(::std::boxed::Box::new(problem)))
            }
        }

        impl $crate::Marker for $name {
            type Refusals = $name;
            const COVERS_CLIENT_ERRORS: bool = $low <= 400 && $high >= 499;
        }

        impl<X, const STATUS: u16> $crate::Refuses<STATUS, X> for $name
        where
            X: $crate::Declares<$name>,
            $crate::AnyStatus<$low, $high>: $crate::Covers<STATUS>,
        {
            fn refuse(problem: $crate::Problem) -> X {
                <X as $crate::Declares<$name>>::FROM($name(::std::boxed::Box::new(problem)))
            }
        }

        impl $crate::Respond for $name {
            fn respond(self, _: &$crate::Responder) -> $crate::Reply {
                $crate::Reply::from(*self.0)
            }
        }

        impl ::core::convert::From<$name> for $crate::Problem {
            fn from(refusal: $name) -> $crate::Problem {
                *refusal.0
            }
        }
    )* };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_out_of_its_range_is_refused() {
        assert_eq!(AnyStatus::<400, 499>::new(418).map(AnyStatus::get), Ok(StatusCode::IM_A_TEAPOT));
        assert_eq!(AnyStatus::<400, 499>::of::<418>().get(), StatusCode::IM_A_TEAPOT);
        let refusal = AnyStatus::<400, 499>::new(500).map_err(|error| error.to_string());
        assert_eq!(refusal.err().as_deref(), Some("status 500 is not between 400 and 499"));
        assert!(AnyStatus::<0, 9999>::new(1).is_err());
    }
}
