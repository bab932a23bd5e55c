//! The splitting of a multipart body at its boundaries (RFC 2046 § 5.1.1). The body arrives in chunks that can end
//! anywhere.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem::{self, Finder};

use super::error::Fault;
use super::head::PartHead;

/// The maximum size of the header block of a part, in bytes.
const MAX_HEAD_BYTES: usize = 16 << 10;

/// The longest boundary that RFC 2046 § 5.1.1 allows, in bytes.
const MAX_BOUNDARY_BYTES: usize = 70;

/// The splitter of a multipart body. It buffers at most the latest chunk, one header block, and the beginning of a
/// possible boundary.
#[derive(Debug)]
pub(super) struct Scanner {
    /// The boundary with the line break and the two hyphens before it. All of them separate two parts.
    delimiter: Finder<'static>,
    buffer: BytesMut,
    /// The number of bytes at the start of the buffer that contain no end of a header block.
    searched: usize,
    stage: Stage,
}

/// The section of a multipart body that begins at the start of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The text before the first boundary, which is ignored.
    Preamble,
    /// The rest of the line of a boundary. `padded` is true after a space.
    Boundary { padded: bool },
    /// The line break after a boundary, and the header block of a part.
    Head,
    /// The blank line between the headers of a part and its content. If the part has no content, this line break
    /// can also belong to the next boundary.
    BlankLine,
    /// The content of a part.
    Content,
    /// The text after the last boundary, which is ignored.
    Epilogue,
}

/// The next piece of a multipart body.
#[derive(Debug)]
pub(super) enum Piece {
    /// The scanner needs another chunk of the body.
    Pending,
    /// The headers of the next part. Its content follows.
    Head(PartHead),
    /// Some bytes of the content of the current part.
    Content(Bytes),
    /// The content of the current part is complete.
    PartEnd,
    /// The multipart body is complete.
    End,
}

impl Scanner {
    /// Creates a scanner for the boundary of a multipart body. Returns `None` for a boundary that RFC 2046 forbids.
    pub(super) fn new(boundary: &str) -> Option<Scanner> {
        if boundary.is_empty() || boundary.len() > MAX_BOUNDARY_BYTES {
            return None;
        }
        let delimiter = Finder::new(&format!("\r\n--{boundary}")).into_owned();
        // The first boundary can be at the very start of the body, without a line break before it.
        let buffer = BytesMut::from(&b"\r\n"[..]);
        Some(Scanner { delimiter, buffer, searched: 0, stage: Stage::Preamble })
    }

    /// Adds a chunk of the body.
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        if self.stage != Stage::Epilogue {
            self.buffer.extend_from_slice(chunk);
        }
    }

    /// Returns the number of bytes that the scanner holds.
    #[cfg(test)]
    pub(super) fn buffered(&self) -> usize {
        self.buffer.len()
    }

    /// Returns the fault of a body that ends here, although the scanner needs another chunk.
    pub(super) fn ended(&self) -> Fault {
        Fault::Incomplete(match self.stage {
            Stage::Preamble => "it does not contain the boundary",
            Stage::Boundary { .. } | Stage::Epilogue => "it ends within a boundary",
            Stage::Head => "it ends within the headers of a part",
            Stage::BlankLine | Stage::Content => "it ends before the last boundary",
        })
    }

    /// Returns the next piece of the body.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed.
    pub(super) fn next(&mut self) -> Result<Piece, Fault> {
        loop {
            match self.stage {
                Stage::Preamble => match self.delimiter.find(&self.buffer) {
                    Some(at) => self.enter_boundary(at),
                    None => {
                        self.buffer.advance(self.settled());
                        return Ok(Piece::Pending);
                    }
                },
                Stage::Boundary { padded } => match *self.buffer {
                    [b' ' | b'\t', ..] => {
                        self.buffer.advance(1);
                        self.stage = Stage::Boundary { padded: true };
                    }
                    [b'-', b'-', ..] if !padded => {
                        self.buffer.clear();
                        self.stage = Stage::Epilogue;
                    }
                    [b'\r', b'\n', ..] => {
                        self.searched = 0;
                        self.stage = Stage::Head;
                    }
                    [] | [b'\r'] => return Ok(Piece::Pending),
                    [b'-'] if !padded => return Ok(Piece::Pending),
                    _ => return Err(Fault::Malformed("a boundary is followed by other text")),
                },
                Stage::Head => return self.head(),
                Stage::BlankLine if self.buffer.starts_with(self.delimiter.needle()) => self.stage = Stage::Content,
                Stage::BlankLine if self.delimiter.needle().starts_with(&self.buffer) => return Ok(Piece::Pending),
                Stage::BlankLine => {
                    self.buffer.advance(2);
                    self.stage = Stage::Content;
                }
                Stage::Content => {
                    let end = self.delimiter.find(&self.buffer);
                    if end == Some(0) {
                        self.enter_boundary(0);
                        return Ok(Piece::PartEnd);
                    }
                    let content = self.buffer.split_to(end.unwrap_or_else(|| self.settled()));
                    return Ok(match content.is_empty() {
                        true => Piece::Pending,
                        false => Piece::Content(content.freeze()),
                    });
                }
                Stage::Epilogue => return Ok(Piece::End),
            }
        }
    }

    fn head(&mut self) -> Result<Piece, Fault> {
        const END: &[u8] = b"\r\n\r\n";
        const TOO_LARGE: Fault = Fault::Malformed("the headers of a part are too large");
        let from = self.searched.saturating_sub(END.len() - 1);
        let Some(at) = memmem::find(&self.buffer[from..], END) else {
            self.searched = self.buffer.len();
            return if self.searched > MAX_HEAD_BYTES { Err(TOO_LARGE) } else { Ok(Piece::Pending) };
        };
        // The block begins with the line break of the boundary, and has no other if the part has no headers.
        let block = self.buffer.split_to(from + at + 2);
        if block.len() > MAX_HEAD_BYTES {
            return Err(TOO_LARGE);
        }
        self.stage = Stage::BlankLine;
        Ok(Piece::Head(PartHead::parse(&block[2..]).map_err(Fault::Malformed)?))
    }

    fn enter_boundary(&mut self, at: usize) {
        self.buffer.advance(at + self.delimiter.needle().len());
        self.stage = Stage::Boundary { padded: false };
    }

    /// Returns the number of bytes at the start of the buffer that cannot belong to a boundary, if the buffer
    /// contains no complete one.
    fn settled(&self) -> usize {
        let delimiter = self.delimiter.needle();
        let tail = self.buffer.len().saturating_sub(delimiter.len() - 1);
        let mut starts = memchr::memchr_iter(b'\r', &self.buffer[tail..]).map(|at| tail + at);
        starts.find(|at| delimiter.starts_with(&self.buffer[*at..])).unwrap_or(self.buffer.len())
    }
}
