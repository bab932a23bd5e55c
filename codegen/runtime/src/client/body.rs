//! The request bodies that a generated client sends, by media type: JSON, forms, text and bytes.

use axum::body::Body;
use bytes::Bytes;

use super::outgoing::Outgoing;
use crate::http::any_media::AnyMedia;
use crate::http::media::MediaType;
use crate::json::Write;
use crate::operation::{MediaKind, Parameter};
use crate::response::events::{EventStream, JsonLines};
use crate::style::form::write_form;
use crate::style::value::{json, scalar, text_value};

impl Outgoing {
    /// Sets the request body that a client sends: JSON, a form or text. `media` is the index of the body's media type
    /// among those of the operation.
    pub fn body(&mut self, media: usize, value: &dyn Write) {
        self.encoded_body(media, &[], value);
    }

    /// Sets a request body like [`Outgoing::body`], with explicit styles for the fields of a form.
    pub fn encoded_body(&mut self, media: usize, fields: &[Parameter], value: &dyn Write) {
        let bytes = match json(value) {
            Ok(bytes) => bytes,
            Err(error) => return self.fail(format!("the body cannot be written: {error}")),
        };
        match self.kind(media) {
            Some(MediaKind::Form) => match write_form(&bytes, fields) {
                Ok(text) => self.send(media, text.into()),
                Err(message) => self.fail(message),
            },
            Some(MediaKind::Json) => self.send(media, bytes.into()),
            _ => match text_value(&bytes).as_ref().and_then(scalar) {
                Some(text) => self.text_body(media, text),
                None => self.fail("the body is not a string, number or boolean".to_owned()),
            },
        }
    }

    /// Sets text as the request body that a client sends. An empty string is not sent if the contract declares an
    /// optional body with no other media type, since it means that there is no body.
    pub fn text_body(&mut self, media: usize, text: &str) {
        self.bytes_body(media, &Bytes::copy_from_slice(text.as_bytes()));
    }

    /// Sets bytes as the request body that a client sends. Empty bytes are not sent if the contract declares an
    /// optional body with no other media type, since they mean that there is no body.
    pub fn bytes_body(&mut self, media: usize, bytes: &Bytes) {
        let is_value = self.operation.body.as_ref().is_some_and(|body| body.required || body.media.len() > 1);
        if is_value || !bytes.is_empty() {
            self.send(media, bytes.clone());
        }
    }

    /// Sets a request body of streamed JSON values, framed as its media type requires.
    pub fn lines<T: Write + 'static>(&mut self, media: usize, items: JsonLines<T>) {
        let media_type = self.essence(media);
        self.stream(media_type, items.into_body(media_type));
    }

    /// Sets a request body of server-sent events.
    pub fn events<T: Write + 'static>(&mut self, media: usize, items: EventStream<T>) {
        self.stream(self.essence(media), items.into_body(false));
    }

    /// Sets a request body of server-sent events whose schema describes complete events, with `data` as a field.
    pub fn described_events<T: Write + 'static>(&mut self, media: usize, items: EventStream<T>) {
        self.stream(self.essence(media), items.into_body(true));
    }

    fn stream(&mut self, media_type: &str, body: Body) {
        self.body = Some(body);
        self.set_media_type(media_type);
    }

    /// Sets a request body whose media type the caller chose within a media range of the contract, such as `image/*`.
    pub fn any_media_body(&mut self, media: usize, body: &AnyMedia<impl Into<Bytes> + Clone>) {
        let range = self.essence(media);
        if let Err(message) = body.check(range) {
            return self.fail(message);
        }
        let media_type = body.media_type.clone();
        let bytes: Bytes = body.body.clone().into();
        self.written = Some(bytes.clone());
        self.body = Some(Body::from(bytes));
        self.set_media_type(&media_type);
    }

    fn send(&mut self, media: usize, bytes: Bytes) {
        let media_type = media_within(self.essence(media), self.kind(media));
        self.written = Some(bytes.clone());
        self.body = Some(Body::from(bytes));
        self.set_media_type(&media_type);
    }

    fn kind(&self, media: usize) -> Option<MediaKind> {
        self.operation.body.as_ref().and_then(|body| body.media.get(media)).map(|media| media.kind)
    }

    pub(super) fn essence(&self, media: usize) -> &'static str {
        let media = self.operation.body.as_ref().and_then(|body| body.media.get(media));
        media.map_or("application/octet-stream", |media| media.essence)
    }
}

/// Returns a concrete media type to send for a media range of the contract, such as `text/plain` for `text/*`.
fn media_within(essence: &'static str, kind: Option<MediaKind>) -> String {
    let range = MediaType::parse(essence).is_some_and(|media| media.is_range());
    match (range, kind) {
        (false, _) => essence.to_owned(),
        (true, Some(MediaKind::Json)) if essence.contains("*+") => essence.replacen("*+", "x+", 1),
        (true, Some(MediaKind::Json)) => "application/json".to_owned(),
        (true, Some(MediaKind::Text)) => "text/plain".to_owned(),
        (true, _) => "application/octet-stream".to_owned(),
    }
}
