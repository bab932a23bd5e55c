//! The list of a contract's remote documents, `remote.lock`: a line for each URL.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

/// The name of the file that lists the remote documents of a contract.
pub const LOCK: &str = "remote.lock";

/// The first lines of the file.
const HEADER: &str = "\
# Copies of the remote documents of a contract, written by `cargo writ fetch`. Do not edit.
# SHA-256, file, media type, URL, and the URL after redirects if it differs";

/// The list of a contract's remote documents, by URL.
///
/// ```
/// use writ_contract::document::{Lock, LockedDocument};
///
/// let document = LockedDocument {
///     sha256: "0".repeat(64),
///     file: "example.com_pet.yaml".to_owned(),
///     media_type: "application/yaml".to_owned(),
///     base: None,
/// };
/// let lock = Lock { documents: [("https://example.com/pet.yaml".to_owned(), document)].into() };
/// assert_eq!(Lock::parse(&lock.to_string()), Ok(lock));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The entry of each remote document, by its absolute URL without a fragment.
    pub documents: BTreeMap<String, LockedDocument>,
}

/// The entry of a remote document in `remote.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedDocument {
    /// The SHA-256 hash of the document's text, as [`hash`] returns it.
    pub sha256: String,
    /// The name of the copy in the folder of `remote.lock`.
    pub file: String,
    /// The media type with which the document was sent; `-` if there was none.
    pub media_type: String,
    /// The URL that redirects led to, if it differs from the URL of the entry.
    pub base: Option<String>,
}

/// An invalid line of `remote.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError {
    /// The range of bytes of the invalid line in `remote.lock`.
    pub line: std::ops::Range<usize>,
    /// The reason why the line is not valid.
    pub reason: &'static str,
}

impl fmt::Display for LockError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "invalid line in `{LOCK}`: {}", self.reason)
    }
}

impl std::error::Error for LockError {}

impl Lock {
    /// Parses the text of `remote.lock`.
    ///
    /// # Errors
    ///
    /// Returns the first line that is not an entry, or that names a file outside the folder of `remote.lock`.
    pub fn parse(text: &str) -> Result<Lock, LockError> {
        let mut lock = Lock::default();
        let mut start = 0;
        for whole in text.split_inclusive('\n') {
            let line = whole.trim_end();
            let error = |reason| LockError { line: start..start + line.len(), reason };
            if !line.is_empty() && !line.starts_with('#') {
                let (url, document) = entry(line).map_err(error)?;
                if lock.documents.insert(url, document).is_some() {
                    return Err(error("the URL is listed twice"));
                }
            }
            start += whole.len();
        }
        Ok(lock)
    }
}

fn entry(line: &str) -> Result<(String, LockedDocument), &'static str> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let (sha256, file, media_type, url, base) = match words.as_slice() {
        [sha256, file, media_type, url] => (sha256, file, media_type, url, None),
        [sha256, file, media_type, url, base] => (sha256, file, media_type, url, Some((*base).to_owned())),
        _ => return Err("expected hash, file, media type and URL"),
    };
    if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("the first word is not a SHA-256 hash");
    }
    if !is_plain(file) {
        return Err("the second word is not the plain name of a file");
    }
    let (sha256, file, media_type) = ((*sha256).to_owned(), (*file).to_owned(), (*media_type).to_owned());
    Ok(((*url).to_owned(), LockedDocument { sha256, file, media_type, base }))
}

/// Returns true if a name cannot lead to another folder.
fn is_plain(file: &str) -> bool {
    !file.starts_with('.') && !file.contains(['/', '\\', ':']) && file != LOCK
}

impl fmt::Display for Lock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{HEADER}")?;
        for (url, LockedDocument { sha256, file, media_type, base }) in &self.documents {
            write!(formatter, "{sha256} {file} {media_type} {url}")?;
            base.iter().try_for_each(|base| write!(formatter, " {base}"))?;
            writeln!(formatter)?;
        }
        Ok(())
    }
}

/// Returns the SHA-256 hash of a remote document in hexadecimal digits. Line endings count as line feeds, since version
/// control may convert them.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.replace("\r\n", "\n")).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(line: &str) -> Option<&'static str> {
        Lock::parse(&format!("# a comment\n\n{line}\n")).err().map(|error| error.reason)
    }

    #[test]
    fn a_file_outside_the_folder_is_not_accepted() {
        let hash = "a".repeat(64);
        for file in ["../x.yaml", "/etc/passwd", "a/b.yaml", "..", ".hidden", "C:x", "a\\b", "remote.lock"] {
            let found = reason(&format!("{hash} {file} text/yaml https://a.example/x"));
            assert_eq!(found, Some("the second word is not the plain name of a file"), "{file}");
        }
        assert_eq!(reason(&format!("{hash} x.yaml text/yaml https://a.example/x")), None);
    }

    #[test]
    fn a_damaged_line_is_located() {
        let text = "# a comment\nnot an entry\n";
        let error = Lock::parse(text).expect_err("the line has no URL");
        assert_eq!(&text[error.line], "not an entry");
        assert_eq!(reason("x x.yaml text/yaml https://a.example/x"), Some("the first word is not a SHA-256 hash"));
        let line = format!("{} x.yaml text/yaml https://a.example/x", "a".repeat(64));
        assert_eq!(reason(&format!("{line}\n{line}")), Some("the URL is listed twice"));
    }

    #[test]
    fn line_endings_do_not_change_the_hash() {
        assert_eq!(hash("a\r\nb\r\n"), hash("a\nb\n"));
        assert_ne!(hash("a\nb\n"), hash("a\nb"));
    }
}
