//! The files of a contract: their text, and the conversion of byte offsets to lines and columns.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file_id::FileId;
use super::span::Span;

/// The text of every file of a contract, in the order of reading, with the settings file and the command line.
/// Cloning is cheap.
///
/// The first file is the entry of the contract, [`FileId::ENTRY`]. The settings file and the command line are
/// kept apart, as [`FileId::SETTINGS`] and [`FileId::COMMAND_LINE`].
///
/// ```
/// use std::path::PathBuf;
/// use writ_contract::source::{FileId, Sources, Span};
///
/// let mut sources = Sources::default();
/// let text = "openapi: 3.0.3\ninfo: {}\n".to_owned();
/// let file = sources.add("spec/openapi.yaml".to_owned(), PathBuf::from("/srv/spec/openapi.yaml"), text);
/// assert_eq!(file, FileId::ENTRY);
///
/// let span = Span::new(file, 15, 19);
/// assert_eq!(sources.slice(span), "info");
/// assert_eq!(sources.location(span), (2, 1));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
    /// The notes about the origin of copied nodes, by the view of a file that their spans belong to.
    copies: HashMap<FileId, Arc<str>>,
    settings: Option<Arc<SourceFile>>,
    command_line: Option<Arc<SourceFile>>,
}

/// A source file of a contract, and the index of its lines for the conversion of byte offsets.
#[derive(Debug)]
struct SourceFile {
    display_path: String,
    path: PathBuf,
    text: String,
    /// True if the text of the source file is ASCII. Columns then need no counting of characters, which is slow
    /// in lines of several megabytes.
    ascii: bool,
    line_starts: Vec<u32>,
    /// The notes about the origin of parts of the source file, in the order of the parts.
    origins: Vec<(Span, String)>,
}

impl Sources {
    /// Adds a source file of the contract and returns its identifier.
    ///
    /// `display_path` is the path by which diagnostics name the file, with `/` between its components.
    pub fn add(&mut self, display_path: String, path: PathBuf, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Arc::new(SourceFile::new(display_path, path, text)));
        id
    }

    /// Adds another identifier of a source file, for the spans of nodes that are copied from it. `origin` is a note about
    /// the copy for its diagnostics.
    pub(crate) fn add_view(&mut self, file: FileId, origin: Option<&str>) -> FileId {
        let id = FileId(offset(self.files.len()));
        let origin = origin.map(Arc::from).or_else(|| self.copies.get(&file).cloned());
        self.copies.extend(origin.map(|origin| (id, origin)));
        let view = self.files.get(file.0 as usize).cloned();
        self.files
            .push(view.unwrap_or_else(|| Arc::new(SourceFile::new(String::new(), PathBuf::new(), String::new()))));
        id
    }

    /// Sets the notes about the origin of parts of a source file. The parts are in the order of the file.
    pub(crate) fn set_origins(&mut self, file: FileId, origins: Vec<(Span, String)>) {
        if let Some(file) = self.files.get_mut(file.0 as usize).and_then(Arc::get_mut) {
            file.origins = origins;
        }
    }

    /// Returns a note about the origin of a span that is not text of the contract: the action of an overlay.
    pub fn origin(&self, span: Span) -> Option<&str> {
        if let Some(origin) = self.copies.get(&span.file) {
            return Some(origin);
        }
        let origins = &self.file(span.file)?.origins;
        let after = origins.partition_point(|(part, _)| part.start <= span.start);
        let (part, origin) = origins.get(after.checked_sub(1)?)?;
        (span.start < part.end.max(part.start + 1)).then_some(origin)
    }

    /// Sets the settings file, which is kept apart from the files of the contract.
    pub fn set_settings(&mut self, display_path: String, path: PathBuf, text: String) {
        self.settings = Some(Arc::new(SourceFile::new(display_path, path, text)));
    }

    /// Sets the text of the command line, into which diagnostics can point.
    pub fn set_command_line(&mut self, text: String) {
        self.command_line = Some(Arc::new(SourceFile::new("command line".to_owned(), PathBuf::new(), text)));
    }

    /// Copies the settings file and the command line from another collection of sources.
    pub fn copy_settings(&mut self, other: &Sources) {
        self.settings.clone_from(&other.settings);
        self.command_line.clone_from(&other.command_line);
    }

    /// Returns the path by which diagnostics name a file.
    pub fn display_path(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| file.display_path.as_str())
    }

    /// Returns the path of a source file on the disk.
    pub fn path(&self, file: FileId) -> &Path {
        self.file(file).map_or(Path::new(""), |file| file.path.as_path())
    }

    /// Returns the text of a source file; empty if the file could not be read.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| file.text.as_str())
    }

    /// Returns the source text of a span; empty if the span lies outside its file.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Returns the part of a source span before its first line break.
    pub fn first_line(&self, span: Span) -> Span {
        let written = self.slice(span);
        let length = written.find(['\n', '\r']).unwrap_or(written.len());
        Span::new(span.file, span.start as usize, span.start as usize + length)
    }

    /// Returns the span of a string in a source file without the quotes around the string.
    ///
    /// A suggestion that replaces the returned span keeps the quotes of the source.
    pub fn inside_quotes(&self, span: Span) -> Span {
        let written = self.slice(span);
        match written.len() > 1 && written.starts_with(['"', '\'']) {
            true => Span { start: span.start + 1, end: span.end - 1, ..span },
            false => span,
        }
    }

    /// Returns the line and the column of the first byte of a source span.
    ///
    /// Both count from 1; the column counts characters, not bytes.
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
        // Every byte that is not a continuation byte of UTF-8 starts a character.
        let column = before.iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
        (line, column)
    }

    /// Returns the byte range of the source line in which a span starts, without the line break.
    pub fn line(&self, span: Span) -> Range<usize> {
        let Some(file) = self.file(span.file) else { return 0..0 };
        let next = file.line_starts.partition_point(|start| *start <= span.start);
        let start = file.line_starts.get(next.saturating_sub(1)).map_or(0, |start| *start as usize);
        let end = file.line_starts.get(next).map_or(file.text.len(), |start| *start as usize);
        let text = file.text.get(start..end).unwrap_or_default();
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    /// Returns the identifiers of all files of the contract, in the order of reading.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..offset(self.files.len())).map(FileId)
    }

    /// Returns the number of files of the contract.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Returns true if no file was read.
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
        SourceFile { display_path, path, text, ascii, line_starts, origins: Vec::new() }
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
