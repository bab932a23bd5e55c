//! Decoding the body by its media type.

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

/// Where the text of a body is read from.
enum Source {
    Json(Bytes),
    Form(String),
    Text(String),
}

impl Decoder<'_> {
    /// The index of the body's media type in the operation's list.
    pub fn media(&self) -> usize {
        self.media
    }

    /// Whether a body was sent.
    pub fn has_body(&self) -> bool {
        !matches!(self.payload, Payload::Absent)
    }

    /// Reads the body, JSON, form or text as its media type says; its absence is a violation.
    pub fn body<T>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        let source = self.source(true)?;
        self.read_body(&source, read)
    }

    /// Reads the body where one was sent.
    pub fn optional_body<T>(&mut self, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        let source = self.source(false)?;
        self.read_body(&source, read)
    }

    /// The same as [`Decoder::body`]; the fields of a form are written as `fields` say, those that are
    /// not among them as `name=value`, repeated or with brackets.
    pub fn encoded_body<T>(
        &mut self,
        fields: &'static [Parameter],
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let source = self.source(true)?;
        self.read_encoded(&source, fields, read)
    }

    /// The same where one was sent.
    pub fn optional_encoded_body<T>(
        &mut self,
        fields: &'static [Parameter],
        read: fn(&mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let source = self.source(false)?;
        self.read_encoded(&source, fields, read)
    }

    /// The body as UTF-8 text. An absent one is empty where the contract does not require it.
    pub fn text_body(&mut self) -> Option<String> {
        let bytes = self.bytes_body()?;
        self.utf8(bytes)
    }

    /// The body as it came. An absent one is empty where the contract does not require it.
    pub fn bytes_body(&mut self) -> Option<Bytes> {
        match std::mem::replace(&mut self.payload, Payload::Absent) {
            Payload::Bytes(bytes) => Some(bytes),
            _ if self.head.call.operation.body.as_ref().is_some_and(|body| body.required) => {
                self.malformed("a body is required");
                None
            }
            _ => Some(Bytes::new()),
        }
    }

    /// The body as it came, with its media type, where the contract leaves that open (`image/*`).
    pub fn any_media_bytes(&mut self) -> Option<AnyMedia<Bytes>> {
        let bytes = self.bytes_body()?;
        Some(AnyMedia::new(self.content_type(), bytes))
    }

    /// The same as UTF-8 text.
    pub fn any_media_text(&mut self) -> Option<AnyMedia<String>> {
        let text = self.text_body()?;
        Some(AnyMedia::new(self.content_type(), text))
    }

    fn content_type(&self) -> String {
        let value = self.head.parts.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    }

    /// The parts of a `multipart/form-data` body, to be read by the handler as they arrive.
    #[cfg(feature = "multipart")]
    pub fn multipart(&mut self) -> Option<Multipart> {
        let payload = std::mem::replace(&mut self.payload, Payload::Absent);
        let outcome = Multipart::new(&self.head.parts.headers, payload, &self.refusal);
        if let Err(message) = &outcome {
            self.malformed(message);
        }
        outcome.ok()
    }

    /// The parts of a form that the contract describes, to be read by the handler as they arrive.
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

    fn read_body<T>(&mut self, source: &Source, read: fn(&mut Reader<'_>) -> Option<T>) -> Option<T> {
        self.read_encoded(source, &[], read)
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
                    wrong.into_iter().for_each(|violation| self.violations.push(violation));
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
