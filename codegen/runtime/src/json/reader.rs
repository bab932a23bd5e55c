//! One reader over JSON bytes and over the text of parameters, so that a schema is read by one function.

use std::fmt;

use super::scan::Scan;
#[cfg(feature = "client")]
use super::sparse_fieldset::SparseObjects;
use super::text::{TextCursor, TextValue};
use super::token::{Fault, Kind};
use super::violations::{DEEPEST, ViolationSink};
use crate::validate::violation::InputLocation;
use crate::validate::violation::Violations;

/// Reads one value and collects everything that is wrong with it.
///
/// Every reading method takes exactly one value, fits it to its rule, and returns `None` when it
/// recorded a violation; the reader stands behind the value either way. Where the bytes are not
/// JSON, reading ends: that is recorded once and every later call returns `None` in silence.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) violations: ViolationSink<'a>,
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
        Reader::json_at(bytes, InputLocation::Body, "")
    }

    /// Reads the JSON text of a parameter; `name` begins the path of every violation.
    pub fn json_at(bytes: &'a [u8], location: InputLocation, name: &'a str) -> Reader<'a> {
        let text = std::str::from_utf8(bytes);
        let data = text.unwrap_or_default();
        let mut reader = Reader {
            source: Source::Json(Scan::new(data)),
            violations: ViolationSink::new(data, location, name),
            data,
            spent: 0,
        };
        if let Err(error) = text {
            reader.end(format_args!("is not UTF-8 at byte {}", error.valid_up_to()));
        }
        reader
    }

    /// Reads a parameter or a form; `name` begins the path of every violation.
    pub fn text(value: TextValue<'a>, location: InputLocation, name: &'a str) -> Reader<'a> {
        Reader {
            source: Source::Text(TextCursor::new(value)),
            violations: ViolationSink::new("", location, name),
            data: "",
            spent: 0,
        }
    }

    /// Lets these objects miss required fields, for a response that is limited to a sparse fieldset:
    /// an object that misses one is read as `None`, and no violation is recorded.
    #[cfg(feature = "client")]
    pub(crate) fn allow_missing_fields(&mut self, objects: SparseObjects) {
        self.violations.allow_missing_fields(objects);
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
        self.violations.into_violations()
    }

    /// The same where the reader is used no more but cannot be given away.
    pub(crate) fn take_violations(&mut self) -> Violations {
        self.violations.take_violations()
    }

    /// Records a violation of the value that was just read, for constraints that no rule expresses.
    pub fn violate(&mut self, message: fmt::Arguments<'_>) {
        self.violations.record(message);
    }

    /// How many violations were met so far: two equal numbers mean that nothing was wrong between.
    pub fn met(&self) -> usize {
        self.violations.met()
    }

    /// The text of any value, which is read over. Of a parameter's text there is none.
    pub fn raw(&mut self) -> Option<&'a [u8]> {
        match &mut self.source {
            Source::Json(scan) => match scan.skip(self.violations.room()) {
                Ok(text) => return Some(text.as_bytes()),
                Err(fault) => self.broken(fault),
            },
            Source::Text(text) => {
                text.current = None;
                self.violations.record(format_args!("must be JSON"));
            }
        }
        None
    }

    /// Reads over any value.
    pub fn skip(&mut self) {
        match &mut self.source {
            Source::Json(scan) => {
                if let Err(fault) = scan.skip(self.violations.room()) {
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
        self.violations.record(format_args!("must be {expected}, not {}", found.with_article()));
    }

    /// Whether one more array or object may be entered; too deep a value ends reading.
    pub(crate) fn may_enter(&mut self) -> bool {
        if self.violations.room() > 0 {
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
        if self.violations.is_malformed() {
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

    /// Ends reading: what follows finds nothing, and says nothing since the violations is malformed.
    #[cold]
    fn end(&mut self, message: fmt::Arguments<'_>) {
        self.violations.record_malformed(message);
        self.source = match self.source {
            Source::Json(_) => Source::Json(Scan::new("")),
            Source::Text(_) => Source::Text(TextCursor::new(TextValue::List(Vec::new()))),
        };
    }
}
