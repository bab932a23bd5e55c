//! The markers: types for the error status codes of a contract, such as `NotFound`, which handlers return as errors.

use std::borrow::Cow;
use std::fmt;

use http::{HeaderName, HeaderValue, StatusCode};

use crate::response::problem::Problem;
use crate::validate::violation::Violation;

/// Defines a marker type for each error status code of a contract, in the crate that calls the macro.
///
/// Generated code calls it once for each contract, beside the error types of the operations. The markers do
/// not implement [`std::error::Error`] on purpose, so that an error type can implement both `From<NotFound>`
/// and `From<E: Error>`.
///
/// # Examples
///
/// ```
/// writ_runtime::statuses! { NotFound = 404, Conflict = 409 }
///
/// let problem = writ_runtime::Problem::from(NotFound::new("user"));
/// assert_eq!(problem.message, "user not found");
///
/// let conflict = Conflict::new("this email address is taken")
///     .code("EMAIL_TAKEN")
///     .detail("email", "is taken");
/// assert_eq!(conflict.problem().code, "EMAIL_TAKEN");
/// ```
#[macro_export]
macro_rules! statuses {
    () => {};
    ($first:ident = $status:literal $(, $name:ident = $other:literal)* $(,)?) => {
        $crate::statuses! { @types $first = $status, $($name = $other,)* }
        $crate::statuses! { @refusals $first: $first = $status, $($name = $other,)* }
    };
    // One marker of the contract creates the refusals of the runtime, by whichever marker has their status.
    (@refusals $carrier:ident: ) => {};
    (@refusals $carrier:ident: $name:ident = $status:literal, $($rest:tt)*) => {
        impl $crate::Marker for $name {
            type Refusals = $carrier;
            const COVERS_CLIENT_ERRORS: bool = false;
        }

        impl<X: $crate::Declares<$name>> $crate::Refuses<$status, X> for $carrier {
            fn refuse(problem: $crate::Problem) -> X {
                <X as $crate::Declares<$name>>::FROM($name(::std::boxed::Box::new(problem)))
            }
        }

        $crate::statuses! { @refusals $carrier: $($rest)* }
    };
    (@types $($name:ident = $status:literal,)*) => { $(
        #[doc = ::core::concat!("A refusal with status ", $status, ".")]
        #[derive(Debug)]
        pub struct $name(::std::boxed::Box<$crate::Problem>);

        impl $name {
            #[doc = ::core::concat!("Creates a refusal with status ", $status, " and this message.")]
            ///
            /// If the status code of this refusal is 404, `message` is only the name of the missing resource, such
            /// as `user`. The function appends ` not found`.
            pub fn new(message: impl ::core::convert::Into<::std::borrow::Cow<'static, str>>) -> $name {
                $name($crate::status::refusal($status, message.into()))
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

            /// Adds a header to the error response. A name or value that is not valid in a header is ignored.
            pub fn header(mut self, name: &str, value: impl ::core::fmt::Display) -> $name {
                $crate::status::add_header(&mut self.0, name, &value);
                self
            }

            /// Returns the problem that this refusal sends: status code, error code, message, violations and headers.
            pub fn problem(&self) -> &$crate::Problem {
                &self.0
            }

            /// Creates the refusal that a client received, from the problem in the error response. Only generated
            /// clients call it.
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

/// Creates the problem of a marker type such as `NotFound`. Only the types of [`statuses!`] call it.
#[doc(hidden)]
pub fn refusal(status: u16, message: Cow<'static, str>) -> Box<Problem> {
    let message = if status == 404 { Cow::Owned(format!("{message} not found")) } else { message };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Box::new(Problem::new(status, message))
}

/// Adds a violation of the request body to a problem. Only the types of [`statuses!`] call it.
#[doc(hidden)]
pub fn add_detail(problem: &mut Problem, field: String, message: Cow<'static, str>) {
    problem.violations.push(Violation::body(field, message));
}

/// Adds a response header to a problem. Only the types of [`statuses!`] call it.
#[doc(hidden)]
pub fn add_header(problem: &mut Problem, name: &str, value: &dyn fmt::Display) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value.to_string())) {
        problem.headers.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::reply::{ReplyBody, Respond, Responder};

    statuses! { NotFound = 404, Conflict = 409 }

    #[test]
    fn a_404_names_the_missing_resource() {
        let problem = Problem::from(NotFound::new("user"));
        assert_eq!((problem.status.as_u16(), &*problem.code, &*problem.message), (404, "NOT_FOUND", "user not found"));
    }

    #[test]
    fn a_marker_sends_code_details_and_headers() {
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
}
