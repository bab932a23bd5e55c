//! A response that a client reads with generated code: status code, headers, body and violations.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use super::failure::TooLong;
use super::transport::TransportError;
use crate::http::any_media::AnyMedia;
use crate::http::media::MediaType;
use crate::http::timeout::Deadline;
use crate::json::{Reader, SparseObjects, TextValue};
use crate::operation::{Operation, Parameter};
use crate::response::error_body;
use crate::response::error_envelope::ErrorEnvelope;
use crate::response::event_source::{self, LastEvent};
use crate::response::events::{EventStream, JsonLines};
use crate::response::internal::Internal;
use crate::response::lines;
use crate::response::problem::Problem;
use crate::response::status_range::AnyStatus;
use crate::response::stream::ByteStream;
use crate::style::coding::Coding;
use crate::style::parse::{Found, parse_list};
use crate::validate::violation::InputLocation;
use crate::validate::violation::{Violation, Violations};

type Read<T> = fn(&mut Reader<'_>) -> Option<T>;

/// A response that a client reads with generated code: status code, headers, body and violations.
/// [`FromResponse`](super::FromResponse) has an example.
///
/// Each method returns `None` after it recorded a violation, or if the body is needed and has not arrived
/// yet. In the second case the client collects the body and reads the response again.
pub struct Incoming {
    pub(super) code: StatusCode,
    pub(super) headers: HeaderMap,
    body: Content,
    /// The bodies of the error responses, for the operation that the client called.
    errors: (&'static ErrorEnvelope, &'static Operation),
    limit: usize,
    pub(super) deadline: Deadline,
    violations: Violations,
    undeclared: bool,
    body_needed: bool,
    /// The objects of the JSON response body that may lack required fields because of a sparse fieldset; `None` if no
    /// object may.
    sparse: Option<SparseObjects>,
}

enum Content {
    Arriving(Body),
    Complete(Bytes),
    Taken,
}

/// An internal error of the called service, as its error response describes it.
#[derive(Debug)]
struct RemoteError(Problem);

impl Incoming {
    pub(super) fn new(
        code: StatusCode,
        headers: HeaderMap,
        body: Body,
        errors: (&'static ErrorEnvelope, &'static Operation),
        limit: usize,
        deadline: Deadline,
    ) -> Incoming {
        Incoming {
            code,
            headers,
            body: Content::Arriving(body),
            errors,
            limit,
            deadline,
            violations: Violations::default(),
            undeclared: false,
            body_needed: false,
            sparse: None,
        }
    }

    /// Returns the status code of the received response.
    pub fn status(&self) -> u16 {
        self.code.as_u16()
    }

    /// Returns the status code of the response if it is in the range `LOW` to `HIGH`, and otherwise records
    /// that it is undeclared.
    pub fn any_status<const LOW: u16, const HIGH: u16>(&mut self) -> Option<AnyStatus<LOW, HIGH>> {
        AnyStatus::new(self.status()).ok().or_else(|| self.undeclared())
    }

    /// Records that the generated type does not declare the status code of the response, and returns `None`.
    pub fn undeclared<T>(&mut self) -> Option<T> {
        self.undeclared = true;
        None
    }

    /// Reads a required header of the response. A missing header is a violation.
    pub fn required<T>(&mut self, parameter: &Parameter, read: Read<T>) -> Option<T> {
        match self.find(parameter) {
            Found::Absent => {
                self.violate(parameter, "is required");
                None
            }
            found => self.header(parameter, found, read),
        }
    }

    /// Reads an optional header of the response. Returns `None` if it is absent.
    pub fn optional<T>(&mut self, parameter: &Parameter, read: Read<T>) -> Option<T> {
        match self.find(parameter) {
            Found::Absent => None,
            found => self.header(parameter, found, read),
        }
    }

    /// Returns all values of a response header that cannot be combined into a list, such as `Set-Cookie`.
    pub fn all(&self, name: &str) -> Vec<String> {
        let values = self.headers.get_all(name).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
    }

    /// Returns the index of the response's media type in `declared`. A missing `Content-Type` counts as the
    /// first one. Any other media type is a violation.
    pub fn media(&mut self, declared: &[&str]) -> Option<usize> {
        let Some(value) = self.headers.get(header::CONTENT_TYPE) else { return Some(0) };
        let content_type = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let sent = MediaType::parse(&content_type);
        let matching =
            |(index, declared): (usize, &&str)| Some((MediaType::parse(declared)?.covers(sent.as_ref()?)?, index));
        let found = declared.iter().enumerate().filter_map(matching).min().map(|(_, index)| index);
        if found.is_none() {
            let message = format!("must be {}, not {content_type}", declared.join(" or "));
            self.violations.push(Violation {
                location: InputLocation::Header,
                field: "content-type".into(),
                message: message.into(),
            });
        }
        found
    }

    /// Reads a JSON response body that has one of the `declared` media types.
    pub fn json<T>(&mut self, declared: &[&str], read: Read<T>) -> Option<T> {
        self.media(declared)?;
        let bytes = self.complete_body()?;
        let mut reader = Reader::json(&bytes);
        self.sparse.into_iter().for_each(|objects| reader.allow_missing_fields(objects));
        let value = read(&mut reader);
        self.close(reader).and(value)
    }

    /// Reads the response with `read`, and permits that the objects of its body lack fields because of a sparse
    /// fieldset.
    pub(super) fn sparse_fieldset<T>(&mut self, objects: SparseObjects, read: impl FnOnce(&mut Self) -> T) -> T {
        self.sparse = Some(objects);
        let read = read(self);
        self.sparse = None;
        read
    }

    /// Returns the response body as UTF-8 text.
    pub fn text(&mut self, declared: &[&str]) -> Option<String> {
        self.media(declared)?;
        let bytes = self.complete_body()?;
        let text = String::from_utf8(bytes.into()).ok();
        if text.is_none() {
            self.violations.push(Violation::body("", "must be UTF-8"));
        }
        text
    }

    /// Reads a text response body as a value of the schema that the contract declares for it, such as a number.
    pub fn shown<T>(&mut self, declared: &[&str], read: Read<T>) -> Option<T> {
        let text = self.text(declared)?;
        let mut reader = Reader::text(TextValue::Scalar(text.into()), InputLocation::Body, "");
        let value = read(&mut reader);
        self.close(reader).and(value)
    }

    /// Returns the raw bytes of the response body.
    pub fn bytes(&mut self, declared: &[&str]) -> Option<Bytes> {
        self.media(declared)?;
        self.complete_body()
    }

    /// Returns the response body as a stream of bytes.
    pub fn stream(&mut self, declared: &[&str]) -> Option<ByteStream> {
        self.media(declared)?;
        self.arriving().map(ByteStream::arriving)
    }

    /// Returns the response body as a stream of server-sent events.
    pub fn events<T: 'static>(&mut self, declared: &[&str], read: Read<T>) -> Option<EventStream<T>> {
        self.media(declared)?;
        let limit = self.limit;
        self.arriving()
            .map(|body| EventStream::new(event_source::events(body, limit, (LastEvent::Discarded, false), read)))
    }

    /// Returns the response body as server-sent events whose schema describes complete events, with `data` as a field.
    pub fn described_events<T: 'static>(&mut self, declared: &[&str], read: Read<T>) -> Option<EventStream<T>> {
        self.media(declared)?;
        let limit = self.limit;
        self.arriving()
            .map(|body| EventStream::new(event_source::events(body, limit, (LastEvent::Discarded, true), read)))
    }

    /// Returns the response body as a stream of JSON values.
    pub fn lines<T: 'static>(&mut self, declared: &[&str], read: Read<T>) -> Option<JsonLines<T>> {
        let media = self.media(declared)?;
        let framing = lines::Framing::of(declared.get(media).copied().unwrap_or_default());
        let limit = self.limit;
        self.arriving().map(|body| JsonLines::new(lines::values(body, limit, framing, read)))
    }

    /// Returns the raw bytes of the response body with their concrete media type.
    pub fn any_media_bytes(&mut self, declared: &[&str]) -> Option<AnyMedia<Bytes>> {
        let body = self.bytes(declared)?;
        Some(AnyMedia::new(self.content_type(), body))
    }

    /// Returns the response body as UTF-8 text with its concrete media type.
    pub fn any_media_text(&mut self, declared: &[&str]) -> Option<AnyMedia<String>> {
        let body = self.text(declared)?;
        Some(AnyMedia::new(self.content_type(), body))
    }

    /// Reads a JSON response body with its concrete media type.
    pub fn any_media_json<T>(&mut self, declared: &[&str], read: Read<T>) -> Option<AnyMedia<T>> {
        let body = self.json(declared, read)?;
        Some(AnyMedia::new(self.content_type(), body))
    }

    /// Returns the problem that a received error response describes.
    pub fn problem(&mut self) -> Option<Problem> {
        let body = self.complete_body()?;
        let (envelope, operation) = self.errors;
        Some(error_body::read(envelope.body(operation, self.status()), self.code, &self.headers, &body))
    }

    /// Returns the problem that a received error response describes, as an internal error.
    pub fn internal(&mut self) -> Option<Internal> {
        Some(Internal(Box::new(RemoteError(self.problem()?))))
    }

    fn content_type(&self) -> String {
        self.all("content-type").into_iter().next().unwrap_or_default()
    }

    fn complete_body(&mut self) -> Option<Bytes> {
        match &self.body {
            Content::Complete(bytes) => Some(bytes.clone()),
            Content::Arriving(_) => {
                self.body_needed = true;
                None
            }
            Content::Taken => Some(Bytes::new()),
        }
    }

    fn arriving(&mut self) -> Option<Body> {
        match std::mem::replace(&mut self.body, Content::Taken) {
            Content::Arriving(body) => Some(body),
            Content::Complete(bytes) => Some(Body::from(bytes)),
            Content::Taken => None,
        }
    }

    fn find(&self, parameter: &Parameter) -> Found<'static> {
        let values = self.all(parameter.name);
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        match parse_list(parameter, &values, Coding::Header) {
            Ok(Found::Text(value)) => Found::Text(value.into_owned()),
            Ok(Found::Json(text)) => Found::Json(text.into_owned().into()),
            Ok(Found::Absent) => Found::Absent,
            Ok(Found::Wrong(message) | Found::WrongField(_, message)) | Err(message) => Found::Wrong(message),
        }
    }

    fn header<T>(&mut self, parameter: &Parameter, found: Found<'static>, read: Read<T>) -> Option<T> {
        let name = parameter.name;
        match found {
            Found::Text(value) => {
                let mut reader = Reader::text(value, InputLocation::Header, name);
                let value = read(&mut reader);
                self.close(reader).and(value)
            }
            Found::Json(text) => {
                let mut reader = Reader::json_at(text.as_bytes(), InputLocation::Header, name);
                let value = read(&mut reader);
                self.close(reader).and(value)
            }
            Found::Wrong(message) | Found::WrongField(_, message) => {
                self.violate(parameter, message);
                None
            }
            Found::Absent => None,
        }
    }

    fn violate(&mut self, parameter: &Parameter, message: &'static str) {
        let field = parameter.name.to_owned();
        self.violations.push(Violation { location: InputLocation::Header, field, message: message.into() });
    }

    fn close(&mut self, mut reader: Reader<'_>) -> Option<()> {
        reader.finish();
        let violations = reader.into_violations();
        let sound = violations.is_empty();
        self.violations.extend(violations);
        sound.then_some(())
    }

    pub(super) fn is_sound(&self) -> bool {
        self.violations.is_empty() && !self.body_needed
    }

    pub(super) fn is_undeclared(&self) -> bool {
        self.undeclared
    }

    pub(super) fn needs_body(&self) -> bool {
        self.body_needed
    }

    pub(super) fn restart(&mut self) {
        (self.undeclared, self.body_needed) = (false, false);
        self.violations = Violations::default();
    }

    pub(super) fn violations(&mut self) -> Vec<Violation> {
        std::mem::take(&mut self.violations).list
    }

    pub(super) fn bytes_so_far(&self) -> Bytes {
        match &self.body {
            Content::Complete(bytes) => bytes.clone(),
            Content::Arriving(_) | Content::Taken => Bytes::new(),
        }
    }

    /// Receives the complete body of the response, up to the size limit of the connection.
    pub(super) async fn collect(&mut self) -> Result<(), TransportError> {
        let Content::Arriving(body) = &mut self.body else { return Ok(()) };
        let mut collected = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let data = frame?.into_data().unwrap_or_default();
            if data.len() > self.limit - collected.len() {
                return Err(Box::new(TooLong(self.limit)));
            }
            collected.extend_from_slice(&data);
        }
        self.body = Content::Complete(collected.freeze());
        Ok(())
    }
}

impl std::fmt::Display for RemoteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the service responded with {} {}: {}", self.0.status, self.0.code, self.0.message)
    }
}

impl std::error::Error for RemoteError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_another_service_shows_its_status_its_code_and_its_message() {
        let problem = Problem::new(http::StatusCode::CONFLICT, "the name is taken").with_code("NAME_TAKEN");
        let shown = RemoteError(problem).to_string();
        assert_eq!(shown, "the service responded with 409 Conflict NAME_TAKEN: the name is taken");
    }
}
