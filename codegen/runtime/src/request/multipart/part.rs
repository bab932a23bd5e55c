//! One part of a multipart body while it arrives.

use bytes::Bytes;
use http::StatusCode;

use super::error::{MultipartError, refuse};
use crate::http::media::MediaType;
use crate::json::{Reader, TextValue};
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::problem::Problem;
use crate::validate::violation::InputLocation;

/// One part of a body.
#[derive(Debug)]
pub struct Part {
    field: multer::Field<'static>,
    refusal: DeferredRefusal,
}

impl Part {
    pub(super) fn new(field: multer::Field<'static>, refusal: DeferredRefusal) -> Part {
        Part { field, refusal }
    }

    /// The name of the form's field.
    pub fn name(&self) -> Option<&str> {
        self.field.name()
    }

    /// The name of the file, as the caller tells it. It is no safe path.
    pub fn file_name(&self) -> Option<&str> {
        self.field.file_name()
    }

    /// The media type, as the caller tells it.
    pub fn content_type(&self) -> Option<&str> {
        self.field.content_type().map(AsRef::as_ref)
    }

    /// A header of the part, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.field.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// The next bytes, `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        self.field.chunk().await.map_err(|error| refuse(&self.refusal, error))
    }

    /// All of its bytes.
    pub async fn bytes(self) -> Result<Bytes, MultipartError> {
        let Part { field, refusal } = self;
        field.bytes().await.map_err(|error| refuse(&refusal, error))
    }

    /// Reads the part as a value of the contract: JSON where its media type says so, else text.
    /// What is wrong with it is told under the part's name.
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
