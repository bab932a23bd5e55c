//! The copies of a contract's remote documents, as they are in the folder of `remote.lock`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::lock::{LOCK, Lock, LockError, LockedDocument, hash};

/// The largest size of a copy, in bytes. Larger files are rejected.
const MAX_SIZE: u64 = 64 << 20;

/// The copy of a remote document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteDocument {
    /// The name of the copy in its folder.
    pub file: String,
    /// The media type with which the document was sent; `-` if there was none.
    pub media_type: String,
    /// The URL against which the relative references of the document are resolved: the last one after redirects
    /// (RFC 3986 § 5.1.3).
    pub base: String,
    /// The text of the document.
    pub text: String,
}

/// The copies of a contract's remote documents, by URL.
#[derive(Debug, Clone, Default)]
pub struct RemoteDocuments {
    /// The copy of each remote document, or the reason why it cannot be used.
    documents: BTreeMap<String, Result<RemoteDocument, RemoteError>>,
}

/// The reason why a remote document is not available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteError {
    /// The URL is not of a kind that can be fetched: its scheme is neither `https` nor `http`, or it is not valid.
    Foreign,
    /// The document is not listed in `remote.lock`; contains its absolute URL.
    Unfetched(String),
    /// The copy differs from its hash in `remote.lock`, or cannot be read; contains the name of the file.
    Altered(String),
}

impl fmt::Display for RemoteError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RemoteError::Foreign => write!(formatter, "it is not a URL that can be fetched"),
            RemoteError::Unfetched(url) => write!(formatter, "`{url}` is not fetched"),
            RemoteError::Altered(file) => write!(formatter, "the copy `{file}` does not match `{LOCK}`"),
        }
    }
}

impl std::error::Error for RemoteError {}

impl RemoteDocuments {
    /// Reads `remote.lock` in a folder and the copies that it lists. A folder without the file has no copies.
    ///
    /// # Errors
    ///
    /// Returns the invalid line of `remote.lock` and the text of the file.
    pub fn read(folder: &Path) -> Result<RemoteDocuments, (LockError, String)> {
        let text = read_text(&folder.join(LOCK)).unwrap_or_default();
        let lock = match Lock::parse(&text) {
            Ok(lock) => lock,
            Err(error) => return Err((error, text)),
        };
        let documents = lock.documents.into_iter().map(|(url, entry)| {
            let document = locked(folder, &url, entry);
            (url, document)
        });
        Ok(RemoteDocuments { documents: documents.collect() })
    }

    /// Returns the copy of the document at an absolute URL.
    ///
    /// # Errors
    ///
    /// Returns the reason if there is no valid copy.
    pub fn get(&self, url: &str) -> Result<&RemoteDocument, RemoteError> {
        match self.documents.get(url) {
            Some(document) => document.as_ref().map_err(RemoteError::clone),
            None => Err(RemoteError::Unfetched(url.to_owned())),
        }
    }

    /// Adds the copy of the document at an absolute URL, or replaces it.
    pub fn insert(&mut self, url: String, document: RemoteDocument) {
        self.documents.insert(url, Ok(document));
    }

    /// Returns the copy of the document that a URL after redirects leads to.
    pub fn with_base(&self, base: &str) -> Option<&RemoteDocument> {
        self.documents.values().flatten().find(|document| document.base == base)
    }

    /// Iterates over the absolute URLs of the listed documents, with valid copies or not.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.documents.keys().map(String::as_str)
    }
}

fn locked(folder: &Path, url: &str, entry: LockedDocument) -> Result<RemoteDocument, RemoteError> {
    let LockedDocument { sha256, file, media_type, base } = entry;
    match read_text(&folder.join(&file)).filter(|text| hash(text) == sha256) {
        Some(text) => Ok(RemoteDocument { file, media_type, base: base.unwrap_or_else(|| url.to_owned()), text }),
        None => Err(RemoteError::Altered(file)),
    }
}

/// Returns the text of a regular file of limited size in UTF-8.
fn read_text(path: &Path) -> Option<String> {
    if !std::fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    File::open(path).ok()?.take(MAX_SIZE).read_to_string(&mut text).ok()?;
    Some(text)
}
