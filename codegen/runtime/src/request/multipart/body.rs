//! A multipart body whose parts the contract does not describe.

use axum::body::Body;
use http::{HeaderMap, header};

use super::arriving::Arriving;
use super::error::{MultipartError, refuse};
#[cfg(feature = "client")]
use super::file::FileStream;
use super::part::Part;
use super::scanner::Scanner;
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
    /// True if every part must have a name, because the media type is `multipart/form-data` (RFC 7578 § 4.2).
    pub(super) is_form: bool,
    refusal: DeferredRefusal,
}

#[derive(Debug)]
enum Source {
    Arriving(Arriving),
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
        const NO_BOUNDARY: &str = "must be multipart/form-data with a boundary";
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = content_type.and_then(MediaType::parse).ok_or(NO_BOUNDARY)?;
        let mut boundaries = media.parameters.iter().filter(|(name, _)| name == "boundary");
        let scanner = match (boundaries.next(), boundaries.next()) {
            (Some((_, boundary)), None) => Scanner::new(boundary).ok_or(NO_BOUNDARY)?,
            _ => return Err(NO_BOUNDARY),
        };
        let body = match payload {
            Payload::Absent => return Err("a body is required"),
            Payload::Bytes(bytes) => Body::from(bytes),
            Payload::Stream(body) => body,
        };
        let is_form = media.essence == "multipart/form-data";
        let parts = Source::Arriving(Arriving::new(body, scanner));
        Ok(Multipart { parts, is_form, refusal: refusal.clone() })
    }

    /// Creates a multipart body to send, from named parts. [`Multipart::next`] cannot read such a body.
    #[cfg(feature = "client")]
    pub fn of(parts: impl IntoIterator<Item = (String, FileStream)>) -> Multipart {
        let parts = Source::Outgoing(parts.into_iter().collect());
        Multipart { parts, is_form: true, refusal: DeferredRefusal::default() }
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
        let parts = match &self.parts {
            Source::Arriving(parts) => parts,
            #[cfg(feature = "client")]
            Source::Outgoing(_) => return Err(MultipartError::new()),
        };
        match parts.next_part().await {
            Ok(next) => Ok(next.map(|(number, head)| Part::new(head, number, parts.clone(), self.refusal.clone()))),
            Err(fault) => Err(refuse(&self.refusal, fault)),
        }
    }
}
