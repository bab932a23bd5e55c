//! The files of a form: as a stream while they arrive or are sent, and held as a whole.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::BodyExt;

use super::error::MultipartError;
use super::part::Part;

/// A file while it arrives, or one that is to be sent. What is left unread of it is skipped.
#[derive(Debug)]
pub struct FileStream(Box<Source>);

#[derive(Debug)]
enum Source {
    Arriving(Part),
    Made(Made),
}

/// A file that is to be sent.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

/// A file that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilePart {
    /// Its name as the caller tells it. It is no safe path.
    pub file_name: Option<String>,
    /// Its media type as the caller tells it.
    pub content_type: Option<String>,
    /// Its content.
    pub bytes: Bytes,
}

impl FileStream {
    pub(super) fn new(part: Part) -> FileStream {
        FileStream(Box::new(Source::Arriving(part)))
    }

    /// A file to send: bytes, or a body that is read while it is sent.
    pub fn of(content: impl Into<Body>) -> FileStream {
        FileStream(Box::new(Source::Made(Made { body: content.into(), ..Made::default() })))
    }

    /// The same with a name.
    pub fn named(self, file_name: impl Into<String>) -> FileStream {
        self.with(|made| made.file_name = Some(file_name.into()))
    }

    /// The same with a media type.
    pub fn typed(self, content_type: impl Into<String>) -> FileStream {
        self.with(|made| made.content_type = Some(content_type.into()))
    }

    /// The same with a header of its part.
    pub fn with_header(self, name: impl Into<String>, value: impl Into<String>) -> FileStream {
        self.with(|made| made.headers.push((name.into(), value.into())))
    }

    /// What has arrived is as it came.
    fn with(mut self, change: impl FnOnce(&mut Made)) -> FileStream {
        if let Source::Made(made) = &mut *self.0 {
            change(made);
        }
        self
    }

    /// A file to send, or else the bytes that arrive as they are.
    #[cfg(feature = "client")]
    pub(crate) fn into_made(self) -> Result<Made, Body> {
        match *self.0 {
            Source::Made(made) => Ok(made),
            Source::Arriving(part) => Err(Body::from_stream(futures_util::stream::unfold(part, |mut part| async {
                part.chunk().await.transpose().map(|chunk| (chunk, part))
            }))),
        }
    }

    /// The name of the file as the caller tells it. It is no safe path.
    pub fn file_name(&self) -> Option<&str> {
        match &*self.0 {
            Source::Arriving(part) => part.file_name(),
            Source::Made(made) => made.file_name.as_deref(),
        }
    }

    /// The media type as the caller tells it; one that the contract names, where it names some.
    pub fn content_type(&self) -> Option<&str> {
        match &*self.0 {
            Source::Arriving(part) => part.content_type(),
            Source::Made(made) => made.content_type.as_deref(),
        }
    }

    /// A header of the part, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        match &*self.0 {
            Source::Arriving(part) => part.header(name),
            Source::Made(made) => {
                let named = |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
                made.headers.iter().find(named).map(|(_, value)| value.as_str())
            }
        }
    }

    /// The next bytes, `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        match &mut *self.0 {
            Source::Arriving(part) => part.chunk().await,
            Source::Made(made) => match made.body.frame().await {
                Some(frame) => {
                    frame.map(|frame| Some(frame.into_data().unwrap_or_default())).map_err(|_| MultipartError::new())
                }
                None => Ok(None),
            },
        }
    }

    /// All of its bytes.
    pub async fn bytes(self) -> Result<Bytes, MultipartError> {
        match *self.0 {
            Source::Arriving(part) => part.bytes().await,
            Source::Made(made) => match made.body.collect().await {
                Ok(whole) => Ok(whole.to_bytes()),
                Err(_) => Err(MultipartError::new()),
            },
        }
    }

    /// The file as a whole, in memory.
    pub async fn collect(self) -> Result<FilePart, MultipartError> {
        let file_name = self.file_name().map(str::to_owned);
        let content_type = self.content_type().map(str::to_owned);
        Ok(FilePart { file_name, content_type, bytes: self.bytes().await? })
    }
}

impl From<FilePart> for FileStream {
    fn from(file: FilePart) -> FileStream {
        let FilePart { file_name, content_type, bytes } = file;
        FileStream(Box::new(Source::Made(Made {
            file_name,
            content_type,
            headers: Vec::new(),
            body: Body::from(bytes),
        })))
    }
}
