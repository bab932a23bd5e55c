//! A multipart body as the sequence of its parts.

use futures_util::stream;
use http::{HeaderMap, header};

use super::error::{MultipartError, refuse};
#[cfg(feature = "client")]
use super::file::FileStream;
use super::part::Part;
use crate::http::media::MediaType;
use crate::request::body::Payload;
use crate::request::deferred_refusal::DeferredRefusal;

/// The parts of a body, in the order in which the caller sends them.
///
/// A file is never held as a whole: its chunks are read by [`Part::chunk`] while they arrive. The
/// operation's limit holds for the body in all.
#[derive(Debug)]
pub struct Multipart {
    parts: Source,
    refusal: DeferredRefusal,
}

#[derive(Debug)]
enum Source {
    Arriving(multer::Multipart<'static>),
    /// To be sent.
    #[cfg(feature = "client")]
    Made(Vec<(String, FileStream)>),
}

impl Multipart {
    pub(crate) fn new(
        headers: &HeaderMap,
        payload: Payload,
        refusal: &DeferredRefusal,
    ) -> Result<Multipart, &'static str> {
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
        Multipart { parts: Source::Made(parts.into_iter().collect()), refusal: DeferredRefusal::default() }
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
            Ok(field) => Ok(field.map(|field| Part::new(field, self.refusal.clone()))),
            Err(error) => Err(refuse(&self.refusal, error)),
        }
    }
}
