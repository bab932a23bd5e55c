//! The statuses of a contract as types: refusals that handlers make, and statuses within a range.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use http::{HeaderName, HeaderValue, StatusCode};

use crate::problem::Problem;
use crate::reply::{Reply, Respond, Responder};
use crate::unwritten::{self, NotWritten};
use crate::violation::Violation;

/// Defines a type for each status, in the crate that calls it.
///
/// They live beside the error enums of generated code and are no [`std::error::Error`] on
/// purpose: so both `From<NotFound>` and `From<E: Error>` can be implemented for such an enum.
///
/// ```
/// writ_runtime::statuses! { NotFound = 404, Conflict = 409 }
///
/// let problem = writ_runtime::Problem::from(NotFound::new("user"));
/// assert_eq!(problem.message, "user not found");
/// ```
#[macro_export]
macro_rules! statuses {
    ($($name:ident = $status:literal),* $(,)?) => { $(
        #[doc = ::core::concat!("A refusal with status ", $status, ".")]
        #[derive(Debug)]
        pub struct $name(::std::boxed::Box<$crate::Problem>);

        impl $name {
            #[doc = ::core::concat!("A ", $status, " with this message; for a 404 what was not found: `user`.")]
            pub fn new(message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                $name($crate::status::refusal($status, message.into()))
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

            /// The same with a header; what no header can hold is left out.
            pub fn header(mut self, name: &str, value: impl ::core::fmt::Display) -> $name {
                $crate::status::add_header(&mut self.0, name, &value);
                self
            }

            /// What it says.
            pub fn problem(&self) -> &$crate::Problem {
                &self.0
            }

            /// One that was received; called by generated clients only.
            #[doc(hidden)]
            pub fn received(mut problem: $crate::Problem) -> $name {
                problem.status = $crate::AnyStatus::<$status, $status>::of::<$status>().get();
                $name(::std::boxed::Box::new(problem))
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

/// What the types of [`statuses!`] hold; called by them only.
#[doc(hidden)]
pub fn refusal(status: u16, message: Cow<'static, str>) -> Box<Problem> {
    let message = if status == 404 { Cow::Owned(format!("{message} not found")) } else { message };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Box::new(Problem::new(status, message))
}

/// Adds a violation of the body; called by the types of [`statuses!`] only.
#[doc(hidden)]
pub fn add_detail(problem: &mut Problem, field: String, message: Cow<'static, str>) {
    problem.violations.push(Violation::body(field, message));
}

/// Adds a header; called by the types of [`statuses!`] only.
#[doc(hidden)]
pub fn add_header(problem: &mut Problem, name: &str, value: &dyn fmt::Display) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value.to_string())) {
        problem.headers.push((name, value));
    }
}

/// Any error from inside: a 500, with the cause in the log and a general message outside.
#[derive(Debug)]
pub struct Internal(pub Box<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Internal {
    fn from(cause: E) -> Internal {
        Internal(cause.into())
    }
}

impl Respond for Internal {
    fn respond(self, _: &Responder) -> Reply {
        if self.0.is::<NotWritten>() {
            return Reply::from(unwritten::problem());
        }
        Reply::from(Problem::internal(self.0))
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::ReplyBody;

    statuses! { NotFound = 404, Conflict = 409 }

    #[test]
    fn a_404_says_what_was_not_found() {
        let problem = Problem::from(NotFound::new("user"));
        assert_eq!((problem.status.as_u16(), &*problem.code, &*problem.message), (404, "NOT_FOUND", "user not found"));
    }

    #[test]
    fn a_refusal_carries_code_details_and_headers() {
        let conflict = Conflict::new("taken")
            .code("EMAIL_TAKEN")
            .detail("email", "is taken")
            .header("retry-after", 3)
            .header("not a name", 1);
        let reply = conflict.respond(&Responder::default());
        assert_eq!(reply.status.as_u16(), 409);
        assert_eq!(reply.headers["retry-after"], "3");
        let ReplyBody::Problem(problem) = reply.body else { panic!("no problem") };
        assert_eq!(problem.code, "EMAIL_TAKEN");
        assert_eq!(problem.violations, [Violation::body("email", "is taken")]);
    }

    #[test]
    fn a_status_out_of_its_range_is_refused() {
        assert_eq!(AnyStatus::<400, 499>::new(418).map(AnyStatus::get), Ok(StatusCode::IM_A_TEAPOT));
        assert_eq!(AnyStatus::<400, 499>::of::<418>().get(), StatusCode::IM_A_TEAPOT);
        let refusal = AnyStatus::<400, 499>::new(500).map_err(|error| error.to_string());
        assert_eq!(refusal.err().as_deref(), Some("status 500 is not between 400 and 499"));
        assert!(AnyStatus::<0, 9999>::new(1).is_err());
    }

    #[test]
    fn a_cause_from_inside_goes_no_further_than_the_problem() {
        let reply = Internal::from(std::io::Error::other("disk")).respond(&Responder::default());
        let ReplyBody::Problem(problem) = reply.body else { panic!("no problem") };
        assert!(!problem.message.contains("disk"));
        assert!(problem.cause.is_some());
    }
}
