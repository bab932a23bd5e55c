//! One reader over JSON bytes and over the text of parameters, so that a schema is read by one function.

use std::fmt;

use super::scan::{Fault, Kind, Scan};
use super::text::{TextCursor, TextValue};
use super::trail::{DEEPEST, Trail};
#[cfg(feature = "client")]
use super::trim::Within;
use crate::operation::Place;
use crate::patch::Patch;
use crate::violation::Violations;

/// Reads one value and collects everything that is wrong with it.
///
/// Every reading method takes exactly one value, fits it to its rule, and returns `None` when it
/// recorded a violation; the reader stands behind the value either way. Where the bytes are not
/// JSON, reading ends: that is recorded once and every later call returns `None` in silence.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) trail: Trail<'a>,
    /// The JSON source, empty for a text.
    pub(crate) data: &'a str,
    /// Bytes that unions read more than once, see [`Reader::spend`].
    spent: usize,
}

/// What is read from.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    Json(Scan<'a>),
    Text(TextCursor<'a>),
}

impl<'a> Reader<'a> {
    /// Reads a JSON body. It must be UTF-8 (RFC 8259 § 8.1).
    pub fn json(bytes: &'a [u8]) -> Reader<'a> {
        Reader::json_at(bytes, Place::Body, "")
    }

    /// Reads the JSON text of a parameter; `name` begins the path of every violation.
    pub fn json_at(bytes: &'a [u8], place: Place, name: &'a str) -> Reader<'a> {
        let text = std::str::from_utf8(bytes);
        let data = text.unwrap_or_default();
        let mut reader =
            Reader { source: Source::Json(Scan::new(data)), trail: Trail::new(data, place, name), data, spent: 0 };
        if let Err(error) = text {
            reader.end(format_args!("is not UTF-8 at byte {}", error.valid_up_to()));
        }
        reader
    }

    /// Reads a parameter or a form; `name` begins the path of every violation.
    pub fn text(value: TextValue<'a>, place: Place, name: &'a str) -> Reader<'a> {
        Reader { source: Source::Text(TextCursor::new(value)), trail: Trail::new("", place, name), data: "", spent: 0 }
    }

    /// Goes on as if nothing were required of these objects, which a caller had trimmed: what reads one
    /// that misses something gives `None`, and no violation is recorded of it.
    #[cfg(feature = "client")]
    pub(crate) fn spare(&mut self, within: Within) {
        self.trail.spare(within);
    }

    /// Refuses what stands behind the value. To be called once, after reading.
    pub fn finish(&mut self) {
        if let Source::Json(scan) = &mut self.source
            && let Err(fault) = scan.finish()
        {
            self.broken(fault);
        }
    }

    /// What was wrong.
    pub fn into_violations(self) -> Violations {
        self.trail.into_violations()
    }

    /// The same where the reader is used no more but cannot be given away.
    pub(crate) fn take_violations(&mut self) -> Violations {
        self.trail.take_violations()
    }

    /// Records a violation of the value that was just read, for constraints that no rule expresses.
    pub fn violate(&mut self, message: fmt::Arguments<'_>) {
        self.trail.record(message);
    }

    /// How many violations were met so far: two equal numbers mean that nothing was wrong between.
    pub fn met(&self) -> usize {
        self.trail.met()
    }

    /// The text of any value, which is read over. Of a parameter's text there is none.
    pub fn raw(&mut self) -> Option<&'a [u8]> {
        match &mut self.source {
            Source::Json(scan) => match scan.skip(self.trail.room()) {
                Ok(text) => return Some(text.as_bytes()),
                Err(fault) => self.broken(fault),
            },
            Source::Text(text) => {
                text.current = None;
                self.trail.record(format_args!("must be JSON"));
            }
        }
        None
    }

    /// Reads over any value.
    pub fn skip(&mut self) {
        match &mut self.source {
            Source::Json(scan) => {
                if let Err(fault) = scan.skip(self.trail.room()) {
                    self.broken(fault);
                }
            }
            Source::Text(text) => text.current = None,
        }
    }

    /// Null, or what `read` makes of another value. An empty text is null.
    pub fn nullable<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.take_null() { Some(None) } else { read(self).map(Some) }
    }

    /// The same for a field that may also be absent, which the caller sees by not calling.
    pub fn patch<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Patch<T>> {
        if self.take_null() { Some(Patch::Null) } else { read(self).map(Patch::Value) }
    }

    /// Reads null if it comes next.
    pub(crate) fn take_null(&mut self) -> bool {
        match &mut self.source {
            Source::Json(scan) => match scan.peek() {
                Ok(Kind::Null) => match scan.null() {
                    Ok(()) => return true,
                    Err(fault) => self.broken(fault),
                },
                Ok(_) => {}
                Err(fault) => self.broken(fault),
            },
            Source::Text(text) => {
                if matches!(&text.current, Some(TextValue::Scalar(scalar)) if scalar.is_empty()) {
                    text.current = None;
                    return true;
                }
            }
        }
        false
    }

    /// Reads over a value of the wrong kind and says so.
    #[cold]
    pub(crate) fn wrong_kind(&mut self, expected: &str, found: Kind) {
        self.skip();
        self.trail.record(format_args!("must be {expected}, not {}", found.with_article()));
    }

    /// Whether one more array or object may be entered; too deep a value ends reading.
    pub(crate) fn may_enter(&mut self) -> bool {
        if self.trail.room() > 0 {
            return true;
        }
        self.too_deep();
        false
    }

    /// Accounts for bytes that a union reads again. Unions within unions could multiply the work
    /// without bound, so beyond a generous share of the input's length reading ends.
    pub(crate) fn spend(&mut self, bytes: usize) -> bool {
        self.spent = self.spent.saturating_add(bytes);
        if self.spent <= self.data.len().saturating_mul(64).saturating_add(1 << 20) {
            return true;
        }
        self.end(format_args!("could mean too many different things"));
        false
    }

    /// Records that the bytes are not JSON, and ends reading.
    #[cold]
    pub(crate) fn broken(&mut self, fault: Fault) {
        let Source::Json(scan) = &self.source else { return };
        if self.trail.is_malformed() {
            return;
        }
        if fault == Fault::TooDeep {
            return self.too_deep();
        }
        let at = scan.offset();
        let before = self.data.get(..at).unwrap_or(self.data);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        let what = fault.what();
        self.end(format_args!("is not JSON: {what} at line {line}, column {column} (byte {at})"));
    }

    #[cold]
    fn too_deep(&mut self) {
        self.end(format_args!("nests more than {DEEPEST} levels deep"));
    }

    /// Ends reading: what follows finds nothing, and says nothing since the trail is malformed.
    #[cold]
    fn end(&mut self, message: fmt::Arguments<'_>) {
        self.trail.record_malformed(message);
        self.source = match self.source {
            Source::Json(_) => Source::Json(Scan::new("")),
            Source::Text(_) => Source::Text(TextCursor::new(TextValue::List(Vec::new()))),
        };
    }
}
