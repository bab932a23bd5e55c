//! A multipart body whose parts the contract does not describe.

use futures_util::stream;
use http::{HeaderMap, header};

use super::error::{MultipartError, refuse};
#[cfg(feature = "client")]
use super::file::FileStream;
use super::part::Part;
use crate::http::media::MediaType;
use crate::request::body::Payload;
use crate::request::deferred_refusal::DeferredRefusal;

/// The parts of a multipart body (RFC 7578) that the contract does not describe, in the order in which the caller
/// sends them.
///
/// A file is never held in memory: [`Part::chunk`] returns its bytes while they arrive. The size limit of the
/// operation applies to the complete body.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Multipart, MultipartError};
///
/// /// Returns the name and the size of each part.
/// async fn sizes(mut parts: Multipart) -> Result<Vec<(String, usize)>, MultipartError> {
///     let mut sizes = Vec::new();
///     while let Some(mut part) = parts.next().await? {
///         let name = part.name().unwrap_or_default().to_owned();
///         let mut size = 0;
///         while let Some(chunk) = part.chunk().await? {
///             size += chunk.len();
///         }
///         sizes.push((name, size));
///     }
///     Ok(sizes)
/// }
/// ```
#[derive(Debug)]
pub struct Multipart {
    parts: Source,
    refusal: DeferredRefusal,
}

#[derive(Debug)]
enum Source {
    Arriving(multer::Multipart<'static>),
    /// Multipart parts that a generated client is about to send.
    #[cfg(feature = "client")]
    Outgoing(Vec<(String, FileStream)>),
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

    /// Creates a multipart body to send, from named parts. [`Multipart::next`] cannot read such a body.
    #[cfg(feature = "client")]
    pub fn of(parts: impl IntoIterator<Item = (String, FileStream)>) -> Multipart {
        Multipart { parts: Source::Outgoing(parts.into_iter().collect()), refusal: DeferredRefusal::default() }
    }

    #[cfg(feature = "client")]
    pub(crate) fn into_outgoing(self) -> Option<Vec<(String, FileStream)>> {
        match self.parts {
            Source::Outgoing(parts) => Some(parts),
            Source::Arriving(_) => None,
        }
    }

    /// Returns the next part of the multipart body, or `None` at its end. The unread rest of the previous part
    /// is skipped.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed or exceeds the size limit, or if it was created with
    /// `Multipart::of` for sending.
    pub async fn next(&mut self) -> Result<Option<Part>, MultipartError> {
        let next = match &mut self.parts {
            Source::Arriving(parts) => parts.next_field().await,
            #[cfg(feature = "client")]
            Source::Outgoing(_) => return Err(MultipartError::new()),
        };
        match next {
            Ok(field) => Ok(field.map(|field| Part::new(field, self.refusal.clone()))),
            Err(error) => Err(refuse(&self.refusal, error)),
        }
    }
}
