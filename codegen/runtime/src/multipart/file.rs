//! The files of a form: as a stream while they arrive, and held as a whole.

use bytes::Bytes;

use super::{MultipartError, Part};

/// A file while it arrives. What is left unread of it is skipped.
#[derive(Debug)]
pub struct FileStream(Part);

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
        FileStream(part)
    }

    /// The name of the file as the caller tells it. It is no safe path.
    pub fn file_name(&self) -> Option<&str> {
        self.0.file_name()
    }

    /// The media type as the caller tells it; one that the contract names, where it names some.
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type()
    }

    /// A header of the part, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.header(name)
    }

    /// The next bytes, `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        self.0.chunk().await
    }

    /// All of its bytes.
    pub async fn bytes(self) -> Result<Bytes, MultipartError> {
        self.0.bytes().await
    }

    /// The file as a whole, in memory.
    pub async fn collect(self) -> Result<FilePart, MultipartError> {
        let file_name = self.file_name().map(str::to_owned);
        let content_type = self.content_type().map(str::to_owned);
        Ok(FilePart { file_name, content_type, bytes: self.bytes().await? })
    }
}
