//! Bodies of several parts (RFC 7578, RFC 2046 § 5.1), handed to the handler as they arrive.

mod file;
mod form;
mod intake;
mod rule;

use std::fmt;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};

use crate::body::{Payload, is_length_limit};
use crate::json::{Reader, TextValue};
use crate::media::MediaType;
use crate::operation::Place;
use crate::problem::Problem;
use crate::slot::Slot;

pub use file::{FilePart, FileStream};
pub use form::{FormPart, Held, Parts};
pub(crate) use intake::Intake;
pub use rule::{FormRule, PartHeader, PartKind, PartRule};

/// The parts of a body, in the order in which the caller sends them.
///
/// A file is never held as a whole: its chunks are read by [`Part::chunk`] while they arrive. The
/// operation's limit holds for the body in all.
#[derive(Debug)]
pub struct Multipart {
    parts: Source,
    refusal: Slot,
}

#[derive(Debug)]
enum Source {
    Arriving(multer::Multipart<'static>),
    /// To be sent.
    #[cfg(feature = "client")]
    Made(Vec<(String, FileStream)>),
}

/// One part of a body.
#[derive(Debug)]
pub struct Part {
    field: multer::Field<'static>,
    refusal: Slot,
}

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
    fn new() -> MultipartError {
        MultipartError(())
    }
}

impl Multipart {
    pub(crate) fn new(headers: &HeaderMap, payload: Payload, refusal: &Slot) -> Result<Multipart, &'static str> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = content_type
            .and_then(MediaType::parse)
            .and_then(|media| media.parameter("boundary").filter(|text| !text.is_empty()).map(str::to_owned))
            .ok_or("must be multipart/form-data with a boundary");
        let parts = match payload {
            Payload::Absent => return Err("a body is required"),
            Payload::Bytes(bytes) => {
                multer::Multipart::new(stream::iter([Ok::<_, std::convert::Infallible>(bytes)]), boundary?)
            }
            Payload::Stream(body) => multer::Multipart::new(body.into_data_stream(), boundary?),
        };
        Ok(Multipart { parts: Source::Arriving(parts), refusal: refusal.clone() })
    }

    /// Parts to send, each with its name. They are not read again at the end that sends them.
    #[cfg(feature = "client")]
    pub fn of(parts: impl IntoIterator<Item = (String, FileStream)>) -> Multipart {
        Multipart { parts: Source::Made(parts.into_iter().collect()), refusal: Slot::default() }
    }

    #[cfg(feature = "client")]
    pub(crate) fn into_made(self) -> Option<Vec<(String, FileStream)>> {
        match self.parts {
            Source::Made(parts) => Some(parts),
            Source::Arriving(_) => None,
        }
    }

    /// The next part; what was left unread of the one before is skipped.
    pub async fn next(&mut self) -> Result<Option<Part>, MultipartError> {
        let next = match &mut self.parts {
            Source::Arriving(parts) => parts.next_field().await,
            #[cfg(feature = "client")]
            Source::Made(_) => return Err(MultipartError::new()),
        };
        match next {
            Ok(field) => Ok(field.map(|field| Part { field, refusal: self.refusal.clone() })),
            Err(error) => Err(refuse(&self.refusal, error)),
        }
    }
}

impl Part {
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
            Reader::json_at(&bytes, Place::Body, &name)
        } else {
            Reader::text(TextValue::Scalar(text), Place::Body, &name)
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
                Err(MultipartError(()))
            }
        }
    }
}

fn refuse(refusal: &Slot, error: multer::Error) -> MultipartError {
    let mut problem = if is_length_limit(&error) {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than this operation takes")
    } else {
        Problem::new(StatusCode::BAD_REQUEST, "the multipart body cannot be read")
    };
    problem.cause = Some(Box::new(error));
    refusal.put(problem);
    MultipartError(())
}
