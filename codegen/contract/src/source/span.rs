//! Byte ranges in source files, and values that keep the range that they were read from.

use super::file_id::FileId;

/// A range of bytes in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source file that contains the range.
    pub file: FileId,
    /// The offset of the first byte of the range in the file.
    pub start: u32,
    /// The offset one past the last byte of the range in the file.
    pub end: u32,
}

/// A value together with the source span that it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spanned<T> {
    /// The value that was read from the source file.
    pub value: T,
    /// The span in the source file that the value was read from.
    pub span: Span,
}

impl Span {
    /// Creates the span `start..end` of `file`.
    ///
    /// An offset above `u32::MAX` is clamped; files are limited to 64 MiB.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file, start: clamp(start), end: clamp(end) }
    }

    /// Returns the empty span at the beginning of a file, for diagnostics about the complete file.
    pub fn start_of(file: FileId) -> Span {
        Span { file, start: 0, end: 0 }
    }
}
