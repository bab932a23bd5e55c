//! Statuses within a range of the contract: `default` and `4XX`.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::StatusCode;

use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// A status between `LOW` and `HIGH`, both included: what a `default` or `4XX` answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyStatus<const LOW: u16, const HIGH: u16>(StatusCode);

/// A status that is not in the range that the contract gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusOutOfRange {
    /// The status.
    pub status: u16,
    /// The least that is allowed.
    pub low: u16,
    /// The greatest that is allowed.
    pub high: u16,
}

impl<const LOW: u16, const HIGH: u16> AnyStatus<LOW, HIGH> {
    /// A status that is known when the code is compiled; one out of range does not compile.
    pub fn of<const STATUS: u16>() -> AnyStatus<LOW, HIGH> {
        const {
            assert!(
                LOW <= STATUS && STATUS <= HIGH && 100 <= STATUS && STATUS <= 999,
                "the contract does not allow this status here"
            );
        }
        AnyStatus(StatusCode::from_u16(STATUS).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// A status that is known only when the code runs.
    pub fn new(status: u16) -> Result<AnyStatus<LOW, HIGH>, StatusOutOfRange> {
        match StatusCode::from_u16(status) {
            Ok(code) if (LOW..=HIGH).contains(&status) => Ok(AnyStatus(code)),
            _ => Err(StatusOutOfRange { status, low: LOW, high: HIGH }),
        }
    }

    /// The status.
    pub fn get(self) -> StatusCode {
        self.0
    }

    /// An answer of this status without a body.
    pub fn reply(self) -> Reply {
        Reply::new(self.0)
    }

    /// A refusal of this status.
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

/// Defines a type for each range of statuses, in the crate that calls it: what a `4XX` or `default`
/// response of the contract is refused with.
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
            /// A status that is known when the code is compiled; one out of range does not compile.
            pub fn of<const STATUS: u16>(message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                $name(::std::boxed::Box::new($crate::AnyStatus::<$low, $high>::of::<STATUS>().problem(message)))
            }

            /// A status that is known only when the code runs.
            pub fn new(
                status: u16,
                message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>,
            ) -> ::core::result::Result<$name, $crate::StatusOutOfRange> {
                let status = $crate::AnyStatus::<$low, $high>::new(status)?;
                ::core::result::Result::Ok($name(::std::boxed::Box::new(status.problem(message))))
            }

            /// The same with another code.
            pub fn code(mut self, code: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                self.0.code = code.into();
                self
            }

            /// The same with one more thing that is wrong in the body.
            pub fn detail(
                mut self,
                field: impl ::core::convert::Into<::std::string::String>,
                message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>,
            ) -> $name {
                $crate::status::add_detail(&mut self.0, field.into(), message.into());
                self
            }

            /// What it says.
            pub fn problem(&self) -> &$crate::Problem {
                &self.0
            }

            /// One that was received; called by generated clients only.
            #[doc(hidden)]
            pub fn received(mut problem: $crate::Problem) -> ::core::option::Option<$name> {
                problem.status = $crate::AnyStatus::<$low, $high>::new(problem.status.as_u16()).ok()?.get();
                ::core::option::Option::Some($name(::std::boxed::Box::new(problem)))
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
