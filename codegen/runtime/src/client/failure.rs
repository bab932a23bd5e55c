//! How a call can fail.

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::transport::TransportError;
use crate::validate::violation::Violation;

/// Why a call yielded no response of the contract.
#[derive(Debug)]
pub enum Failure<E> {
    /// The service refused, in a way that the contract declares; with the answer as it came.
    Refused(E, Box<Received>),
    /// The contract does not declare the answer's status.
    Unexpected(Box<Received>),
    /// The answer is not what the contract says, and this is wrong with it.
    Invalid(Box<Received>, Vec<Violation>),
    /// The request cannot be written: a header cannot hold its value, for example. Nothing was sent.
    Unsent(String),
    /// No answer came, or not all of it.
    Transport(TransportError),
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as far as it was read.
    pub body: Bytes,
}

/// An answer was longer than the connection's limit.
#[derive(Debug)]
pub(super) struct TooLong(pub(super) usize);

/// No answer came in time.
#[derive(Debug)]
pub(super) struct TimedOut;

impl<E> Failure<E> {
    /// What the contract calls it, where it is a refusal that the contract declares.
    pub fn refusal(&self) -> Option<&E> {
        match self {
            Failure::Refused(refusal, _) => Some(refusal),
            _ => None,
        }
    }

    /// The same, or else the failure again.
    ///
    /// # Errors
    /// The failure, where it is not a refusal that the contract declares.
    pub fn into_refusal(self) -> Result<E, Failure<E>> {
        match self {
            Failure::Refused(refusal, _) => Ok(refusal),
            other => Err(other),
        }
    }

    /// The answer, where one came.
    pub fn received(&self) -> Option<&Received> {
        match self {
            Failure::Refused(_, received) | Failure::Unexpected(received) | Failure::Invalid(received, _) => {
                Some(received)
            }
            Failure::Unsent(_) | Failure::Transport(_) => None,
        }
    }

    /// The answer's status, where one came.
    pub fn status(&self) -> Option<StatusCode> {
        self.received().map(|received| received.status)
    }
}

impl Received {
    /// A header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// How much of a body a message shows.
const SHOWN: usize = 512;

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        let shown: String = text.chars().take(SHOWN).collect();
        let rest = if shown.len() < text.len() { "…" } else { "" };
        match shown.is_empty() {
            true => write!(f, "{}", self.status),
            false => write!(f, "{}: {shown}{rest}", self.status),
        }
    }
}

impl<E> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(_, received) => write!(f, "the service refused with {received}"),
            Failure::Unexpected(received) => write!(f, "the contract does not declare the answer {received}"),
            Failure::Invalid(received, violations) => {
                write!(f, "the answer {} is not what the contract says", received.status)?;
                for (at, violation) in violations.iter().enumerate() {
                    let field = if violation.field.is_empty() { "the body" } else { &violation.field };
                    write!(f, "{}{field} {}", if at == 0 { ": " } else { "; " }, violation.message)?;
                }
                Ok(())
            }
            Failure::Unsent(message) => write!(f, "the request cannot be sent: {message}"),
            Failure::Transport(_) => f.write_str("no answer came"),
        }
    }
}

impl<E: fmt::Debug> Error for Failure<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Failure::Transport(cause) => Some(&**cause),
            _ => None,
        }
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer has more than {} bytes", self.0)
    }
}

impl Error for TooLong {}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no answer came in time")
    }
}

impl Error for TimedOut {}
