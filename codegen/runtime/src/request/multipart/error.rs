//! The error that ends a multipart body, and the refusal that is kept beside it.

use std::fmt;

use http::StatusCode;

use crate::request::body::is_length_limit;
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::problem::Problem;

/// The body cannot be read on.
///
/// What exactly was wrong is remembered beside it: a handler returns this by `?`, and the caller
/// is answered 400 or 413 with the reason, not 500.
#[derive(Debug)]
pub struct MultipartError(());

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the multipart body cannot be read on")
    }
}

impl std::error::Error for MultipartError {}

impl MultipartError {
    pub(super) fn new() -> MultipartError {
        MultipartError(())
    }
}

/// Keeps the refusal of a body that cannot be read on.
pub(super) fn refuse(refusal: &DeferredRefusal, error: multer::Error) -> MultipartError {
    let mut problem = if is_length_limit(&error) {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than this operation takes")
    } else {
        Problem::new(StatusCode::BAD_REQUEST, "the multipart body cannot be read")
    };
    problem.cause = Some(Box::new(error));
    refusal.put(problem);
    MultipartError::new()
}
