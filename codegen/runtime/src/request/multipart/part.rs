//! A part of a multipart request body that the handler receives.

use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};

use super::arriving::Arriving;
use super::error::{MultipartError, refuse};
use super::head::PartHead;
use crate::http::media::MediaType;
use crate::json::{Reader, TextValue};
use crate::request::deferred_refusal::DeferredRefusal;
use crate::response::problem::Problem;
use crate::validate::violation::{InputLocation, Violation};

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
    head: PartHead,
    /// The number of the part in the body, from 1.
    number: usize,
    body: Arriving,
    /// The first bytes of the part, if they were read to find whether it is empty.
    first: Option<Bytes>,
    refusal: DeferredRefusal,
}

impl Part {
    pub(super) fn new(head: PartHead, number: usize, body: Arriving, refusal: DeferredRefusal) -> Part {
        Part { head, number, body, first: None, refusal }
    }

    /// Returns the name of the form field that the part contains.
    pub fn name(&self) -> Option<&str> {
        self.head.disposition.name.as_deref()
    }

    /// Returns the file name of the part, as the caller sent it. It is not a safe path.
    pub fn file_name(&self) -> Option<&str> {
        self.head.disposition.file_name.as_deref()
    }

    /// Returns the media type of the part, as the caller sent it.
    pub fn content_type(&self) -> Option<&str> {
        self.header(header::CONTENT_TYPE.as_str())
    }

    /// Returns a header of the part, or `None` if the header is absent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// Returns the parsed media type of the part, or `None` if the part has none.
    pub(super) fn media(&self) -> Option<MediaType> {
        self.content_type().and_then(MediaType::parse)
    }

    /// Returns true if a browser sent the part for a file input without a file: the file name and the content are
    /// empty (WHATWG HTML § 4.10.22.4, "constructing the entry list").
    pub(super) async fn is_empty_file_input(&mut self) -> Result<bool, MultipartError> {
        if self.file_name() != Some("") {
            return Ok(false);
        }
        self.first = self.chunk().await?;
        Ok(self.first.is_none())
    }

    /// Returns the next chunk of the part's bytes, or `None` at the end of the part.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed or incomplete, or larger than the limit of the operation.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.body.chunk(self.number).await.map_err(|fault| refuse(&self.refusal, fault)),
        }
    }

    /// Returns all bytes of the part, in memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed or incomplete, or larger than the limit of the operation.
    pub async fn bytes(mut self) -> Result<Bytes, MultipartError> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Reads the part as a typed value: as JSON if its media type is JSON, otherwise as text.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not valid, and the caller receives the violations under the name of the part.
    /// Returns an error if the body is malformed or incomplete, or larger than the limit of the operation.
    pub async fn read<T>(self, read: fn(&mut Reader<'_>) -> Option<T>) -> Result<T, MultipartError> {
        let name = self.name().unwrap_or_default().to_owned();
        let media = self.media();
        let is_json = media.as_ref().is_some_and(MediaType::is_json);
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
        let mut violations = reader.into_violations();
        if let Some(message) = media.and_then(|media| media.foreign_charset()) {
            violations.list = vec![Violation::body(name, message)];
        }
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
