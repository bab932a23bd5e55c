//! The files of a contract: their text, and where a byte lies in lines and columns.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file_id::FileId;
use super::span::Span;

/// Every file that was read, in the order of reading: the entry is the first. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
    settings: Option<Arc<SourceFile>>,
    command_line: Option<Arc<SourceFile>>,
}

/// One file.
#[derive(Debug)]
struct SourceFile {
    display_path: String,
    path: PathBuf,
    text: String,
    /// Whether each byte is a character: lines of megabytes need not be counted then.
    ascii: bool,
    line_starts: Vec<u32>,
}

impl Sources {
    /// Takes a file in. `display_path` is the path that messages name it by, with `/` between its parts.
    pub fn add(&mut self, display_path: String, path: PathBuf, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Arc::new(SourceFile::new(display_path, path, text)));
        id
    }

    /// Adds the settings file, which stands apart from the files of the contract.
    pub fn set_settings(&mut self, display_path: String, path: PathBuf, text: String) {
        self.settings = Some(Arc::new(SourceFile::new(display_path, path, text)));
    }

    /// Adds the text of the command line.
    pub fn set_command_line(&mut self, text: String) {
        self.command_line = Some(Arc::new(SourceFile::new("command line".to_owned(), PathBuf::new(), text)));
    }

    /// Copies the settings file and the command line from other sources.
    pub fn copy_settings(&mut self, other: &Sources) {
        self.settings.clone_from(&other.settings);
        self.command_line.clone_from(&other.command_line);
    }

    /// Returns the path by which messages name a file.
    pub fn display_path(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| file.display_path.as_str())
    }

    /// Where a file lies.
    pub fn path(&self, file: FileId) -> &Path {
        self.file(file).map_or(Path::new(""), |file| file.path.as_path())
    }

    /// What a file holds; nothing where it could not be read.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| file.text.as_str())
    }

    /// What was written in a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Returns the part of a span that is on its first line.
    pub fn first_line(&self, span: Span) -> Span {
        let written = self.slice(span);
        let length = written.find(['\n', '\r']).unwrap_or(written.len());
        Span::new(span.file, span.start as usize, span.start as usize + length)
    }

    /// A span without the quotes that its text stands in: what to replace, so that they stay.
    pub fn inside_quotes(&self, span: Span) -> Span {
        let written = self.slice(span);
        match written.len() > 1 && written.starts_with(['"', '\'']) {
            true => Span { start: span.start + 1, end: span.end - 1, ..span },
            false => span,
        }
    }

    /// Line and column of the first byte of a span, from 1; the column counts characters.
    pub fn location(&self, span: Span) -> (usize, usize) {
        let Some(file) = self.file(span.file) else {
            return (1, 1);
        };
        let line = file.line_starts.partition_point(|start| *start <= span.start).max(1);
        let start = file.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (span.start as usize).min(file.text.len());
        let before = file.text.as_bytes().get(start..end).unwrap_or(&[]);
        if file.ascii {
            return (line, before.len() + 1);
        }
        // Bytes that do not continue a character begin one.
        let column = before.iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
        (line, column)
    }

    /// The bytes of the line in which a span begins, without its end.
    pub fn line(&self, span: Span) -> Range<usize> {
        let Some(file) = self.file(span.file) else { return 0..0 };
        let next = file.line_starts.partition_point(|start| *start <= span.start);
        let start = file.line_starts.get(next.saturating_sub(1)).map_or(0, |start| *start as usize);
        let end = file.line_starts.get(next).map_or(file.text.len(), |start| *start as usize);
        let text = file.text.get(start..end).unwrap_or_default();
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    /// Every file, in the order of reading.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..offset(self.files.len())).map(FileId)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether no file was read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn file(&self, file: FileId) -> Option<&SourceFile> {
        match file {
            FileId::SETTINGS => self.settings.as_deref(),
            FileId::COMMAND_LINE => self.command_line.as_deref(),
            FileId(at) => self.files.get(at as usize).map(Arc::as_ref),
        }
    }
}

impl SourceFile {
    fn new(display_path: String, path: PathBuf, text: String) -> SourceFile {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(breaks.map(|(at, _)| offset(at + 1))).collect();
        let ascii = text.is_ascii();
        SourceFile { display_path, path, text, ascii, line_starts }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
