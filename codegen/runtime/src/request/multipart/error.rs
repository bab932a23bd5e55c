//! The error of a handler that reads a multipart body, and the refusal that the caller receives instead of a 500.

use std::fmt;

use http::StatusCode;

use crate::request::body::is_length_limit;
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::problem::Problem;

/// The error of a multipart request body that is malformed, incomplete, too large or not valid.
///
/// The exact reason is stored for the pipeline. If a handler returns this error with `?`, the caller receives
/// 400, 413 or 422 with that reason, and not 500.
///
/// # Examples
///
/// ```
/// use writ_runtime::{FilePart, FileStream, Internal};
///
/// async fn store(avatar: FileStream) -> Result<FilePart, Internal> {
///     // A body over the size limit becomes a 413, although the error type is `Internal`.
///     Ok(avatar.collect().await?)
/// }
/// ```
#[derive(Debug)]
pub struct MultipartError(());

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the multipart body cannot be read further")
    }
}

impl std::error::Error for MultipartError {}

impl MultipartError {
    pub(super) fn new() -> MultipartError {
        MultipartError(())
    }
}

/// The reason why a multipart body cannot be read further.
#[derive(Debug)]
pub(super) enum Fault {
    /// The body is not a multipart body, with the rule that it breaks.
    Malformed(&'static str),
    /// The body ends too early, with the place.
    Incomplete(&'static str),
    /// The connection is broken, or the body exceeds its size limit.
    Body(axum::Error),
    /// The handler reads a part after it asked for the next one.
    Skipped,
}

/// Stores the refusal for a multipart body that cannot be read further, and returns the error for the handler.
pub(super) fn refuse(refusal: &DeferredRefusal, fault: Fault) -> MultipartError {
    let bad_request = |message: String| Problem::new(StatusCode::BAD_REQUEST, message);
    refusal.put(match fault {
        Fault::Malformed(rule) => bad_request(format!("the multipart body is malformed: {rule}")),
        Fault::Incomplete(place) => bad_request(format!("the multipart body is incomplete: {place}")),
        Fault::Body(error) if is_length_limit(&error) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the request body is larger than the limit of this operation")
        }
        Fault::Body(error) => {
            let mut problem = bad_request("the request body is incomplete".to_owned());
            problem.cause = Some(Box::new(error));
            problem
        }
        Fault::Skipped => Problem::internal("the handler read a part after it asked for the next one"),
    });
    MultipartError::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_handler_keeps_the_reason_to_itself() {
        assert_eq!(MultipartError::new().to_string(), "the multipart body cannot be read further");
    }
}
