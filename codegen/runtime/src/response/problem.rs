//! Problems: refusals of requests before the error envelope of the contract gives them their JSON shape.

use std::borrow::Cow;
use std::error::Error;

use http::{HeaderName, HeaderValue, StatusCode};

use crate::validate::violation::Violation;

/// The refusal of a request by any part of a service: status code, error code, message, violations and headers.
///
/// The pipeline creates problems for requests that are not valid, and a gate returns them to refuse a
/// request. Handlers usually return a marker such as `NotFound` instead. A problem is not a
/// [`std::error::Error`] on purpose, so that it can never be converted into a 500.
///
/// # Examples
///
/// ```
/// use http::{StatusCode, header};
/// use writ_runtime::{Problem, Violation};
///
/// let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "the rate limit is exceeded")
///     .with_header(header::RETRY_AFTER, 30);
///
/// assert_eq!(problem.code, "RATE_LIMITED");
/// assert_eq!(problem.header("retry-after"), Some("30"));
///
/// let problem = Problem::new(StatusCode::CONFLICT, "this email address is taken")
///     .with_code("EMAIL_TAKEN")
///     .with_violation(Violation::body("email", "is taken"));
///
/// assert_eq!(problem.violations[0].field, "email");
/// ```
#[derive(Debug)]
pub struct Problem {
    /// The status code of the error response.
    pub status: StatusCode,
    /// The stable error code of the refusal for programs, for example `NOT_FOUND`.
    pub code: Cow<'static, str>,
    /// The message of the refusal: a sentence for people. It never contains an internal cause.
    pub message: Cow<'static, str>,
    /// The violations of the contract in the request, each with its field.
    pub violations: Vec<Violation>,
    /// Additional headers of the error response, such as `Retry-After`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The internal cause of the refusal. It is logged and never sent.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// Creates a problem with a message and the usual error code of `status`.
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Problem {
        Problem {
            status,
            code: Cow::Borrowed(code_of(status)),
            message: message.into(),
            violations: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }
    }

    /// Creates a problem with status 500 for an internal error. The cause is logged, and the message does not
    /// reveal it.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "an internal error occurred");
        problem.cause = Some(cause.into());
        problem
    }

    /// Replaces the error code of the problem, for example by `EMAIL_TAKEN`.
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Problem {
        self.code = code.into();
        self
    }

    /// Adds a violation of the contract to the problem.
    pub fn with_violation(mut self, violation: Violation) -> Problem {
        self.violations.push(violation);
        self
    }

    /// Adds a header to the error response of the problem. A value that is not valid in a header is ignored.
    pub fn with_header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Problem {
        if let Ok(value) = value.try_into() {
            self.headers.push((name, value));
        }
        self
    }

    /// Returns a response header of the problem, or `None` if it is absent or is not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let has_name = |(known, _): &&(HeaderName, HeaderValue)| known.as_str().eq_ignore_ascii_case(name);
        self.headers.iter().find(has_name).and_then(|(_, value)| value.to_str().ok())
    }
}

/// Returns the usual error code of an HTTP status code, for example `NOT_FOUND` for 404.
pub fn code_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED",
        402 => "PAYMENT_REQUIRED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        406 => "NOT_ACCEPTABLE",
        408 => "REQUEST_TIMEOUT",
        409 => "CONFLICT",
        410 => "GONE",
        412 => "PRECONDITION_FAILED",
        413 => "PAYLOAD_TOO_LARGE",
        422 => "VALIDATION_ERROR",
        415 => "UNSUPPORTED_MEDIA_TYPE",
        428 => "PRECONDITION_REQUIRED",
        429 => "RATE_LIMITED",
        500 => "INTERNAL_ERROR",
        501 => "NOT_IMPLEMENTED",
        502 => "BAD_GATEWAY",
        503 => "SERVICE_UNAVAILABLE",
        504 => "TIMEOUT",
        _ if status.is_client_error() => "CLIENT_ERROR",
        _ => "SERVER_ERROR",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_without_a_usual_error_code_has_that_of_its_class() {
        let code = |status| code_of(StatusCode::from_u16(status).unwrap());
        assert_eq!(
            [404, 418, 499, 503, 507].map(code),
            ["NOT_FOUND", "CLIENT_ERROR", "CLIENT_ERROR", "SERVICE_UNAVAILABLE", "SERVER_ERROR"]
        );
    }
}
