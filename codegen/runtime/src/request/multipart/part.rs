//! A part of a multipart request body that the handler receives.

use bytes::Bytes;
use http::StatusCode;

use super::error::{MultipartError, refuse};
use crate::http::media::MediaType;
use crate::json::{Reader, TextValue};
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::problem::Problem;
use crate::validate::violation::InputLocation;

/// A part of a multipart request body, which the handler reads while it arrives.
///
/// # Examples
///
/// ```
/// use writ_runtime::{MultipartError, Part, Read};
///
/// /// Reads a part as an integer. A part that is not an integer is refused with 400.
/// async fn quantity(part: Part) -> Result<i64, MultipartError> {
///     part.read(i64::read).await
/// }
/// ```
#[derive(Debug)]
pub struct Part {
    field: multer::Field<'static>,
    refusal: DeferredRefusal,
}

impl Part {
    pub(super) fn new(field: multer::Field<'static>, refusal: DeferredRefusal) -> Part {
        Part { field, refusal }
    }

    /// Returns the name of the form field that the part contains.
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// Returns the file name of the part, as the caller sent it. It is not a safe path.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// Returns the media type of the part, as the caller sent it.
    pub fn content_type(&self) -> Option<&str> {
        self.field.content_type().map(AsRef::as_ref)
    }

    /// Returns a header of the part, or `None` if the header is absent or is not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.field.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the next chunk of the part's bytes, or `None` at the end of the part.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed or incomplete, or larger than the limit of the operation.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        self.field.chunk().await.map_err(|error| refuse(&self.refusal, error))
    }

    /// Returns all bytes of the part, in memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed or incomplete, or larger than the limit of the operation.
    pub async fn bytes(self) -> Result<Bytes, MultipartError> {
        let Part { field, refusal } = self;
        field.bytes().await.map_err(|error| refuse(&refusal, error))
    }

    /// Reads the part as a typed value: as JSON if its media type is JSON, otherwise as text.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not valid, and the caller receives the violations under the name of the part.
    /// Returns an error if the body is malformed or incomplete, or larger than the limit of the operation.
    pub async fn read<T>(self, read: fn(&mut Reader<'_>) -> Option<T>) -> Result<T, MultipartError> {
        let name = self.name().unwrap_or_default().to_owned();
        let is_json = self.content_type().and_then(MediaType::parse).is_some_and(|media| media.is_json());
        let refusal = self.refusal.clone();
        let bytes = self.bytes().await?;
        let text = String::from_utf8_lossy(&bytes);
        let mut reader = if is_json {
            Reader::json_at(&bytes, InputLocation::Body, &name)
        } else {
            Reader::text(TextValue::Scalar(text), InputLocation::Body, &name)
        };
        let value = read(&mut reader);
        reader.finish();
        let violations = reader.into_violations();
        match value.filter(|_| violations.is_empty()) {
            Some(value) => Ok(value),
            None => {
                let mut problem = Problem::new(StatusCode::BAD_REQUEST, "the body is not valid");
                problem.code = "VALIDATION_ERROR".into();
                problem.violations = violations.list;
                refusal.put(problem);
                Err(MultipartError::new())
            }
        }
    }
}
