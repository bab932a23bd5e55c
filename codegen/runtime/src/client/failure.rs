//! The errors of a client call, and the responses that they contain.

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use super::transport::TransportError;
use crate::validate::violation::Violation;

/// The error of a client call: the reason why it returned no success that the contract declares.
///
/// # Examples
///
/// ```
/// use writ_runtime::client::Failure;
///
/// /// The generated error type of an operation.
/// #[derive(Debug)]
/// enum GetUserError {
///     NotFound,
/// }
///
/// fn explain(failure: &Failure<GetUserError>) -> String {
///     match failure {
///         Failure::Refused(GetUserError::NotFound, _) => "there is no such user".to_owned(),
///         Failure::Unexpected(response) => format!("the contract does not declare status {}", response.status),
///         Failure::Invalid(_, violations) => format!("the response has {} violations", violations.len()),
///         Failure::Unsent(reason) => format!("the request was not sent: {reason}"),
///         Failure::Transport(cause) => format!("the service is unreachable: {cause}"),
///     }
/// }
///
/// let failure: Failure<GetUserError> = Failure::Unsent("a header is not valid".to_owned());
/// assert_eq!(explain(&failure), "the request was not sent: a header is not valid");
/// assert!(failure.status().is_none());
/// ```
#[derive(Debug)]
pub enum Failure<E> {
    /// The service refused the request with an error that the contract declares. Contains that error and the
    /// raw response.
    Refused(E, Box<Received>),
    /// The service responded with a status code that the contract does not declare. Contains the raw response.
    Unexpected(Box<Received>),
    /// The response does not match the contract. Contains the raw response and its violations.
    Invalid(Box<Received>, Vec<Violation>),
    /// The client cannot encode the request, for example because a header cannot contain its value. Nothing was sent.
    Unsent(String),
    /// The client received no response, or only a part of it.
    Transport(TransportError),
}

/// A response that a client received: status code, headers and body.
///
/// # Examples
///
/// ```
/// use writ_runtime::client::Failure;
///
/// /// Returns the time in seconds after which a refused call can be sent again.
/// fn retry_after<E>(failure: &Failure<E>) -> Option<u64> {
///     failure.received()?.header("retry-after")?.parse().ok()
/// }
/// # let received = writ_runtime::client::Received {
/// #     status: http::StatusCode::TOO_MANY_REQUESTS,
/// #     headers: [(http::header::RETRY_AFTER, http::HeaderValue::from_static("30"))].into_iter().collect(),
/// #     body: writ_runtime::Bytes::new(),
/// # };
/// # assert_eq!(retry_after(&Failure::<()>::Unexpected(Box::new(received))), Some(30));
/// ```
#[derive(Clone)]
pub struct Received {
    /// The status code of the received response.
    pub status: StatusCode,
    /// The headers of the received response.
    pub headers: HeaderMap,
    /// The bytes of the response body that the client has read. They are empty if the body was not needed or
    /// was streamed.
    pub body: Bytes,
}

/// Prints the body of an error response. The body of another response can contain secrets, such as a token, and so can
/// its cookies.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut headers = self.headers.clone();
        if let header::Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) {
            cookies.iter_mut().for_each(|cookie| cookie.set_sensitive(true));
        }
        let mut received = f.debug_struct("Received");
        received.field("status", &self.status).field("headers", &headers);
        match self.status.is_client_error() || self.status.is_server_error() {
            true => received.field("body", &self.body).finish(),
            false => received.field("body", &format_args!("{} bytes", self.body.len())).finish(),
        }
    }
}

/// The error of a response whose body exceeds the size limit of the client connection.
#[derive(Debug)]
pub(super) struct TooLong(pub(super) usize);

/// The error of a response that did not arrive within the time limit of the client.
#[derive(Debug)]
pub(super) struct TimedOut;

impl<E> Failure<E> {
    /// Returns the declared error of the operation, if the service refused the request with one.
    pub fn refusal(&self) -> Option<&E> {
        match self {
            Failure::Refused(refusal, _) => Some(refusal),
            _ => None,
        }
    }

    /// Converts the failure of a call into the declared error of the operation.
    ///
    /// # Errors
    ///
    /// Returns the failure unchanged if it is not a declared refusal.
    pub fn into_refusal(self) -> Result<E, Failure<E>> {
        match self {
            Failure::Refused(refusal, _) => Ok(refusal),
            other => Err(other),
        }
    }

    /// Returns the raw response of the failed call, or `None` if the client received none.
    pub fn received(&self) -> Option<&Received> {
        match self {
            Failure::Refused(_, received) | Failure::Unexpected(received) | Failure::Invalid(received, _) => {
                Some(received)
            }
            Failure::Unsent(_) | Failure::Transport(_) => None,
        }
    }

    /// Returns the status code of the failed call's response, or `None` if the client received none.
    pub fn status(&self) -> Option<StatusCode> {
        self.received().map(|received| received.status)
    }
}

impl Received {
    /// Returns a header of the response, or `None` if it is absent or is not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the response body as text. Bytes that are not UTF-8 are replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// The maximum number of characters of a response body that an error message shows.
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
            Failure::Unexpected(received) => write!(f, "the contract does not declare the response {received}"),
            Failure::Invalid(received, violations) => {
                write!(f, "the response {} does not match the contract", received.status)?;
                for (at, violation) in violations.iter().enumerate() {
                    let field = if violation.field.is_empty() { "the body" } else { &violation.field };
                    write!(f, "{}{field} {}", if at == 0 { ": " } else { "; " }, violation.message)?;
                }
                Ok(())
            }
            Failure::Unsent(message) => write!(f, "the request cannot be sent: {message}"),
            Failure::Transport(_) => f.write_str("no complete response was received"),
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
        write!(f, "the response has more than {} bytes", self.0)
    }
}

impl Error for TooLong {}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no response was received in time")
    }
}

impl Error for TimedOut {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_body_of_an_error_is_printed_and_no_cookie() {
        let received = |status: u16| {
            let headers = [(header::SET_COOKIE, http::HeaderValue::from_static("session=sesame"))];
            let body = Bytes::from_static(b"the text");
            Received { status: StatusCode::from_u16(status).unwrap(), headers: headers.into_iter().collect(), body }
        };
        let (success, error) = (format!("{:?}", received(200)), format!("{:?}", received(409)));
        assert!(success.contains("8 bytes") && !success.contains("the text"), "{success}");
        assert!(error.contains("the text") && !error.contains("sesame"), "{error}");
    }

    #[test]
    fn a_failure_names_its_cause() {
        assert_eq!(TooLong(5).to_string(), "the response has more than 5 bytes");
        assert_eq!(TimedOut.to_string(), "no response was received in time");
        let failure: Failure<()> = Failure::Transport(Box::new(TooLong(5)));
        assert_eq!(failure.to_string(), "no complete response was received");
        assert_eq!(failure.source().map(ToString::to_string).as_deref(), Some("the response has more than 5 bytes"));
        assert!(Failure::<()>::Unsent("no host".to_owned()).source().is_none());
    }

    #[test]
    fn a_header_that_is_absent_or_no_text_is_none() {
        let values = [("etag", &b"\"1\""[..]), ("server", &b"\xff"[..])];
        let headers = values
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_bytes(value).unwrap()));
        let received =
            Received { status: StatusCode::OK, headers: headers.into_iter().collect(), body: Bytes::from_static(b"") };
        let all = ["ETag", "server", "date"].map(|name| received.header(name));
        assert_eq!(all, [Some("\"1\""), None, None]);
    }
}
