//! The methods of the request decoder that read the request body by its media type.

use bytes::Bytes;

use super::Decoder;
use crate::http::any_media::AnyMedia;
use crate::json::{Reader, TextValue};
use crate::operation::{MediaKind, Parameter};
use crate::request::body::Payload;
#[cfg(feature = "multipart")]
use crate::request::multipart::{FormPart, Intake, Multipart, Parts};
use crate::style::form;
use crate::validate::violation::InputLocation;
use crate::validate::violation::Violation;

/// A request body that is not decoded yet, with a variant for each encoding: JSON, form or text.
enum Source {
    Json(Bytes),
    Form(String),
    Text(String),
}

impl Source {
    fn is_empty(&self) -> bool {
        match self {
            Source::Json(bytes) => bytes.is_empty(),
            Source::Form(text) | Source::Text(text) => text.is_empty(),
        }
    }
}

impl Decoder<'_> {
    /// Returns the index of the request body's media type among those that the operation declares.
    pub fn media(&self) -> usize {
        self.media
    }

    /// Returns true if the request has a body that the operation declares.
    pub fn has_body(&self) -> bool {
        !matches!(self.payload, Payload::Absent)
    }

    /// Reads a required request body as JSON, a form or text, depending on its media type.
    ///
    /// Returns `None` and records a violation if the body is absent or not valid.
    pub fn body<T>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        self.encoded_body(&[], read)
    }

    /// Reads an optional request body as JSON, a form or text, depending on its media type.
    ///
    /// Returns `None` if the body is absent, or if it has no bytes and its schema has no such value. Any other body
    /// that is not valid is a violation.
    pub fn optional_body<T>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        self.optional_encoded_body(&[], read)
    }

    /// Reads a required request body like [`Decoder::body`], with explicit styles for the fields of a form.
    ///
    /// `fields` are the form fields whose style the contract declares. Any other field is read as `name=value`: once,
    /// repeated for a list, or with brackets after the name.
    pub fn encoded_body<T>(
        &mut self,
        fields: &'static [Parameter],
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let source = self.source(true)?;
        self.read_encoded(&source, fields, read)
    }

    /// Reads an optional request body like [`Decoder::optional_body`], with explicit styles for the fields of a form.
    pub fn optional_encoded_body<T>(
        &mut self,
        fields: &'static [Parameter],
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let source = self.source(false)?;
        if source.is_empty() {
            let mut reader = self.open_body(&source, fields)?;
            return read(&mut reader).filter(|_| reader.into_violations().is_empty());
        }
        self.read_encoded(&source, fields, read)
    }

    /// Returns the request body as UTF-8 text. An absent body is an empty string.
    pub fn text_body(&mut self) -> Option<String> {
        let bytes = self.bytes_body()?;
        self.utf8(bytes)
    }

    /// Returns the raw bytes of the request body. An absent body is empty.
    pub fn bytes_body(&mut self) -> Option<Bytes> {
        match std::mem::replace(&mut self.payload, Payload::Absent) {
            Payload::Bytes(bytes) => Some(bytes),
            // The media type has no value of zero bytes, or the body has already been taken.
            _ if self.head.call.operation.body.as_ref().is_some_and(|body| body.required) => {
                self.malformed("a body is required");
                None
            }
            _ => Some(Bytes::new()),
        }
    }

    /// Returns the raw bytes and the media type of a request body for which the contract declares a media range, such
    /// as `image/*`.
    pub fn any_media_bytes(&mut self) -> Option<AnyMedia<Bytes>> {
        let bytes = self.bytes_body()?;
        Some(AnyMedia::new(self.content_type(), bytes))
    }

    /// Returns the UTF-8 text and the media type of a request body for which the contract declares a media range, such
    /// as `text/*`.
    pub fn any_media_text(&mut self) -> Option<AnyMedia<String>> {
        let text = self.text_body()?;
        Some(AnyMedia::new(self.content_type(), text))
    }

    pub(super) fn content_type(&self) -> String {
        let value = self.head.parts.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }

    /// Returns the parts of a `multipart/form-data` request body as a stream that the handler reads.
    #[cfg(feature = "multipart")]
    pub fn multipart(&mut self) -> Option<Multipart> {
        let payload = std::mem::replace(&mut self.payload, Payload::Absent);
        let outcome = Multipart::new(&self.head.parts.headers, payload, &self.refusal);
        if let Err(message) = &outcome {
            self.malformed(message);
        }
        outcome.ok()
    }

    /// Returns the parts of a `multipart/form-data` request body as typed values, which the handler reads while
    /// they arrive. The contract describes the parts.
    #[cfg(feature = "multipart")]
    pub fn parts<T: FormPart>(&mut self) -> Option<Parts<T>> {
        let parts = self.multipart()?;
        Some(Parts::new(Intake::new(parts, self.head.call.operation, self.refusal.clone())))
    }

    fn source(&mut self, required: bool) -> Option<Source> {
        let Payload::Bytes(bytes) = std::mem::replace(&mut self.payload, Payload::Absent) else {
            if required {
                self.malformed("a body is required");
            }
            return None;
        };
        let media = self.head.call.operation.body.as_ref().and_then(|body| body.media.get(self.media));
        match media.map(|media| media.kind) {
            Some(MediaKind::Form) => self.utf8(bytes).map(Source::Form),
            Some(MediaKind::Json) => Some(Source::Json(bytes)),
            _ => self.utf8(bytes).map(Source::Text),
        }
    }

    fn read_encoded<T>(
        &mut self,
        source: &Source,
        fields: &'static [Parameter],
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut reader = self.open_body(source, fields)?;
        let value = read(&mut reader);
        self.close(&mut reader, false);
        value
    }

    fn open_body<'s>(&mut self, source: &'s Source, fields: &'static [Parameter]) -> Option<Reader<'s>> {
        match source {
            Source::Json(bytes) => Some(Reader::json(bytes)),
            Source::Text(text) => Some(Reader::text(TextValue::Scalar(text.as_str().into()), InputLocation::Body, "")),
            Source::Form(text) => match form::parse_form(text, fields) {
                Ok((value, wrong)) => {
                    wrong.into_iter().for_each(|(field, why)| self.violations.push(Violation::body(field, why)));
                    Some(Reader::text(value, InputLocation::Body, ""))
                }
                Err(message) => {
                    self.malformed(message);
                    None
                }
            },
        }
    }

    fn utf8(&mut self, bytes: Bytes) -> Option<String> {
        let text = String::from_utf8(bytes.into()).ok();
        if text.is_none() {
            self.malformed("must be UTF-8");
        }
        text
    }

    fn malformed(&mut self, message: &'static str) {
        self.violations.push(Violation::body("", message));
        self.violations.malformed = true;
    }
}
