//! The files of a multipart form: as a stream, and in memory.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;

use super::error::MultipartError;
use super::part::Part;

/// A file of a multipart form as a stream of bytes: a file that is received, or a file that a client sends.
///
/// The unread rest of a received file is skipped when the next part is read.
///
/// # Examples
///
/// A handler reads a received file chunk by chunk:
///
/// ```
/// use writ_runtime::{FileStream, MultipartError};
///
/// async fn count(mut file: FileStream) -> Result<usize, MultipartError> {
///     let mut size = 0;
///     while let Some(chunk) = file.chunk().await? {
///         size += chunk.len();
///     }
///     Ok(size)
/// }
/// ```
///
/// A client creates a file to send:
///
/// ```
/// use writ_runtime::FileStream;
///
/// let file = FileStream::of("a,b\n1,2\n").named("table.csv").typed("text/csv");
///
/// assert_eq!(file.file_name(), Some("table.csv"));
/// assert_eq!(file.content_type(), Some("text/csv"));
/// ```
#[derive(Debug)]
pub struct FileStream(Box<Source>);

#[derive(Debug)]
enum Source {
    Arriving(Part),
    Outgoing(OutgoingFile),
}

/// A file of a multipart form that a generated client is about to send.
#[derive(Debug, Default)]
pub(crate) struct OutgoingFile {
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

/// A file of a multipart form that is held in memory.
///
/// # Examples
///
/// ```
/// use writ_runtime::{Bytes, FilePart, FileStream};
///
/// let file = FilePart {
///     file_name: Some("hello.txt".to_owned()),
///     content_type: Some("text/plain".to_owned()),
///     bytes: Bytes::from_static(b"hello"),
/// };
/// let to_send = FileStream::from(file);
///
/// assert_eq!(to_send.file_name(), Some("hello.txt"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilePart {
    /// The name of an uploaded file, as the caller sent it. It is not a safe path.
    pub file_name: Option<String>,
    /// The media type of an uploaded file, as the caller sent it.
    pub content_type: Option<String>,
    /// The complete content of an uploaded file.
    pub bytes: Bytes,
}

impl FileStream {
    pub(super) fn new(part: Part) -> FileStream {
        FileStream(Box::new(Source::Arriving(part)))
    }

    /// Creates a file to send, from bytes or from a body that is read while it is sent.
    pub fn of(content: impl Into<Body>) -> FileStream {
        FileStream(Box::new(Source::Outgoing(OutgoingFile { body: content.into(), ..OutgoingFile::default() })))
    }

    /// Sets the file name of a file to send.
    pub fn named(self, file_name: impl Into<String>) -> FileStream {
        self.with(|file| file.file_name = Some(file_name.into()))
    }

    /// Sets the media type of a file to send. It becomes the `Content-Type` of the file's multipart part.
    pub fn typed(self, content_type: impl Into<String>) -> FileStream {
        self.with(|file| file.content_type = Some(content_type.into()))
    }

    /// Adds a header to the multipart part of a file to send.
    pub fn with_header(self, name: impl Into<String>, value: impl Into<String>) -> FileStream {
        self.with(|file| file.headers.push((name.into(), value.into())))
    }

    /// Applies `change` to a file that a client is about to send. A received file is returned unchanged.
    fn with(mut self, change: impl FnOnce(&mut OutgoingFile)) -> FileStream {
        if let Source::Outgoing(file) = &mut *self.0 {
            change(file);
        }
        self
    }

    /// Converts the file for sending: returns a file that was created to be sent, or a received file as a body
    /// that forwards it.
    #[cfg(feature = "client")]
    pub(crate) fn into_outgoing(self) -> Result<OutgoingFile, Body> {
        match *self.0 {
            Source::Outgoing(file) => Ok(file),
            Source::Arriving(part) => Err(Body::from_stream(futures_util::stream::unfold(part, |mut part| async {
                part.chunk().await.transpose().map(|chunk| (chunk, part))
            }))),
        }
    }

    /// Returns the name of the uploaded file, as the caller sent it. It is not a safe path.
    pub fn file_name(&self) -> Option<&str> {
        match &*self.0 {
            Source::Arriving(part) => part.file_name(),
            Source::Outgoing(file) => file.file_name.as_deref(),
        }
    }

    /// Returns the media type of the uploaded file, as the caller sent it. If the contract lists media types
    /// for the file, the returned media type matches one of them.
    pub fn content_type(&self) -> Option<&str> {
        match &*self.0 {
            Source::Arriving(part) => part.content_type(),
            Source::Outgoing(file) => file.content_type.as_deref(),
        }
    }

    /// Returns a header of the file's multipart part, or `None` if the header is absent or is not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        match &*self.0 {
            Source::Arriving(part) => part.header(name),
            Source::Outgoing(file) => {
                let has_name = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
                file.headers.iter().find(has_name).map(|(_, value)| value.as_str())
            }
        }
    }

    /// Returns the next chunk of the file's bytes, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// Returns an error if the received body is malformed or incomplete, or larger than the limit of the operation,
    /// or if the content of a file to send cannot be read.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        match &mut *self.0 {
            Source::Arriving(part) => part.chunk().await,
            Source::Outgoing(file) => match file.body.frame().await {
                Some(frame) => {
                    frame.map(|frame| Some(frame.into_data().unwrap_or_default())).map_err(|_| MultipartError::new())
                }
                None => Ok(None),
            },
        }
    }

    /// Returns all bytes of the file, in memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the received body is malformed or incomplete, or larger than the limit of the operation,
    /// or if the content of a file to send cannot be read.
    pub async fn bytes(self) -> Result<Bytes, MultipartError> {
        match *self.0 {
            Source::Arriving(part) => part.bytes().await,
            Source::Outgoing(file) => match file.body.collect().await {
                Ok(collected) => Ok(collected.to_bytes()),
                Err(_) => Err(MultipartError::new()),
            },
        }
    }

    /// Reads the complete file into memory, with its file name and media type.
    ///
    /// # Errors
    ///
    /// Returns an error if the received body is malformed or incomplete, or larger than the limit of the operation,
    /// or if the content of a file to send cannot be read.
    pub async fn collect(self) -> Result<FilePart, MultipartError> {
        let file_name = self.file_name().map(str::to_owned);
        let content_type = self.content_type().map(str::to_owned);
        Ok(FilePart { file_name, content_type, bytes: self.bytes().await? })
    }
}

impl From<FilePart> for FileStream {
    fn from(file: FilePart) -> FileStream {
        let FilePart { file_name, content_type, bytes } = file;
        FileStream(Box::new(Source::Outgoing(OutgoingFile {
            file_name,
            content_type,
            headers: Vec::new(),
            body: Body::from(bytes),
        })))
    }
}
