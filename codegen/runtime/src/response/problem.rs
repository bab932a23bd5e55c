//! A refusal before it has a shape: what the contract's own error envelope is filled from.

use std::borrow::Cow;
use std::error::Error;

use http::{HeaderName, HeaderValue, StatusCode};

use crate::json::Writer;
use crate::validate::violation::Violation;

/// A refusal of any origin: status, code, message, violations and headers.
///
/// It is not a [`std::error::Error`] on purpose: it must never become a 500 by conversion.
#[derive(Debug)]
pub struct Problem {
    /// The status that is sent.
    pub status: StatusCode,
    /// A stable code for programs, for example `NOT_FOUND`.
    pub code: Cow<'static, str>,
    /// One sentence for people. Never holds a cause from inside.
    pub message: Cow<'static, str>,
    /// What was wrong with the input, each with its field.
    pub violations: Vec<Violation>,
    /// Headers to send beside the envelope.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What happened inside. It goes to the log and nowhere else.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A refusal with the code that is usual for `status`.
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

    /// A 500 whose cause is logged and whose message tells nothing.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Problem {
        let mut problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "an internal error happened");
        problem.cause = Some(cause.into());
        problem
    }

    /// The same with another code.
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Problem {
        self.code = code.into();
        self
    }

    /// The same with one more violation.
    pub fn with_violation(mut self, violation: Violation) -> Problem {
        self.violations.push(violation);
        self
    }

    /// The same with a header; one that is not a legal value is left out.
    pub fn with_header(mut self, name: HeaderName, value: impl TryInto<HeaderValue>) -> Problem {
        if let Ok(value) = value.try_into() {
            self.headers.push((name, value));
        }
        self
    }

    /// A header of it, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(known, _): &&(HeaderName, HeaderValue)| known.as_str().eq_ignore_ascii_case(name);
        self.headers.iter().find(named).and_then(|(_, value)| value.to_str().ok())
    }

    /// Writes the violations as an array of objects with these two names, empty where there are none.
    pub fn write_details(&self, w: &mut Writer, field: &str, message: &str) {
        w.begin_array();
        for violation in &self.violations {
            w.begin_object();
            w.key(field);
            w.string(&violation.field);
            w.key(message);
            w.string(&violation.message);
            w.end_object();
        }
        w.end_array();
    }
}

/// The usual code of a status: its reason phrase in capitals, and a few better words.
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
