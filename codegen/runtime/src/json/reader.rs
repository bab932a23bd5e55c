//! The reader of JSON, parameters and forms, by which generated code parses and validates a value.

use std::fmt;

use super::scan::Scan;
#[cfg(feature = "client")]
use super::sparse_fieldset::SparseObjects;
use super::text::{TextCursor, TextValue};
use super::token::{Fault, Kind};
use super::violations::{DEEPEST, ViolationSink};
use crate::validate::violation::InputLocation;
use crate::validate::violation::Violations;

/// A reader of one value from JSON, a parameter or a form. It validates the value and collects all violations.
///
/// Each method reads exactly one value and checks it against a rule. It returns `None` if it recorded a
/// violation. The reader moves past the value in either case. If the input is not valid JSON, that is
/// recorded once, and all later calls return `None`.
///
/// Generated code calls a reader as follows:
///
/// ```
/// use writ_runtime::{ArrayRule, IntegerRule, Reader};
///
/// let mut reader = Reader::json(b"[20, 500]");
/// let rule = IntegerRule { max: Some(100), ..IntegerRule::NONE };
/// let list = reader.array(&ArrayRule::NONE, |r| r.int32(&rule));
/// reader.finish();
///
/// assert_eq!(list, None);
/// let violation = &reader.into_violations().list[0];
/// assert_eq!(violation.field, "[1]");
/// assert_eq!(violation.message, "must be at most 100");
/// ```
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) violations: ViolationSink<'a>,
    /// The JSON text that is read, or an empty string if the input is a parameter or form.
    pub(crate) data: &'a str,
    /// The number of bytes that the reader has read again to try alternatives of unions, see [`Reader::spend`].
    spent: usize,
    /// The number of unknown fields that were ignored so far. A union prefers the alternative that ignores fewest.
    pub(crate) ignored: usize,
}

/// The input of a reader: JSON, or a parameter or form.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    Json(Scan<'a>),
    Text(TextCursor<'a>),
}

impl<'a> Reader<'a> {
    /// Creates a reader of a JSON body, which must be UTF-8 (RFC 8259 § 8.1).
    pub fn json(bytes: &'a [u8]) -> Reader<'a> {
        Reader::json_at(bytes, InputLocation::Body, "")
    }

    /// Creates a reader of JSON in a parameter, a header or a part of a multipart body. The path of every
    /// violation begins with `name`.
    pub fn json_at(bytes: &'a [u8], location: InputLocation, name: &'a str) -> Reader<'a> {
        let text = std::str::from_utf8(bytes);
        let data = text.unwrap_or_default();
        let mut reader = Reader {
            source: Source::Json(Scan::new(data)),
            violations: ViolationSink::new(data, location, name),
            data,
            spent: 0,
            ignored: 0,
        };
        if let Err(error) = text {
            reader.end(format_args!("is not valid UTF-8 at byte {}", error.valid_up_to()));
        }
        reader
    }

    /// Creates a reader of the value of a parameter or form. The path of every violation begins with `name`.
    pub fn text(value: TextValue<'a>, location: InputLocation, name: &'a str) -> Reader<'a> {
        Reader {
            source: Source::Text(TextCursor::new(value)),
            violations: ViolationSink::new("", location, name),
            data: "",
            spent: 0,
            ignored: 0,
        }
    }

    /// Allows the given objects of a response to miss required fields, since the caller requested a sparse
    /// fieldset.
    ///
    /// An object that misses a field is read as `None` without a violation.
    #[cfg(feature = "client")]
    pub(crate) fn allow_missing_fields(&mut self, objects: SparseObjects) {
        self.violations.allow_missing_fields(objects);
    }

    /// Ends reading: records a violation if JSON input continues after the value.
    pub fn finish(&mut self) {
        if let Source::Json(scan) = &mut self.source
            && let Err(fault) = scan.finish()
        {
            self.broken(fault);
        }
    }

    /// Returns true if the last value was the text of a number, in a parameter or form.
    #[cfg(feature = "multipart")]
    pub(crate) fn was_number(&self) -> bool {
        matches!(&self.source, Source::Text(text) if text.was_number)
    }

    /// Returns the violations that the reader recorded.
    pub fn into_violations(self) -> Violations {
        self.violations.into_violations()
    }

    /// Returns the violations that the reader recorded, and leaves the reader without any.
    pub(crate) fn take_violations(&mut self) -> Violations {
        self.violations.take_violations()
    }

    /// Records a violation of the value that was read last, for a constraint that no rule of the runtime
    /// expresses.
    pub fn violate(&mut self, message: fmt::Arguments<'_>) {
        self.violations.record(message);
    }

    /// Returns the number of violations so far. If two calls return equal numbers, the input read between them
    /// is valid.
    pub fn met(&self) -> usize {
        self.violations.met()
    }

    /// Skips a value of any type and returns its JSON text. A value of a parameter or form is a violation
    /// instead.
    pub fn raw(&mut self) -> Option<&'a [u8]> {
        match &mut self.source {
            Source::Json(scan) => match scan.skip(self.violations.room()) {
                Ok(text) => return Some(text.as_bytes()),
                Err(fault) => self.broken(fault),
            },
            Source::Text(text) => {
                text.current = None;
                self.violations.record(format_args!("must be valid JSON"));
            }
        }
        None
    }

    /// Skips the next value, of any type, without checking it.
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

    /// Reads a nullable value: null, or another value by `read`. In a parameter or form, an empty string that `read`
    /// rejects is null.
    pub fn nullable<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.take_empty_text() {
            let mut text = Reader::text(TextValue::Scalar("".into()), InputLocation::Body, "");
            let value = read(&mut text);
            return Some(value.filter(|_| text.met() == 0));
        }
        if self.take_null() { Some(None) } else { read(self).map(Some) }
    }

    /// Reads the next value only if it is an empty string of a parameter or form. Returns true if it was.
    fn take_empty_text(&mut self) -> bool {
        match &mut self.source {
            Source::Text(text) if matches!(&text.current, Some(TextValue::Scalar(scalar)) if scalar.is_empty()) => {
                text.current = None;
                true
            }
            _ => false,
        }
    }

    /// Reads the next value only if it is null. Returns true if it was.
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
                if matches!(&text.current, Some(TextValue::Null)) {
                    text.current = None;
                    return true;
                }
            }
        }
        self.take_empty_text()
    }

    /// Skips a value of the wrong JSON type and records a violation, which names the expected type.
    #[cold]
    pub(crate) fn wrong_kind(&mut self, expected: &str, found: Kind) {
        self.skip();
        self.violations.record(format_args!("must be {expected}, not {}", found.with_article()));
    }

    /// Returns true if the reader may enter another array or object. Otherwise the input is nested too deep, and
    /// reading ends with a violation.
    pub(crate) fn may_enter(&mut self) -> bool {
        if self.violations.room() > 0 {
            return true;
        }
        self.too_deep();
        false
    }

    /// Counts the bytes that the reader reads again to try alternatives of a union. Returns false and ends reading
    /// if there are too many.
    ///
    /// Without a limit, nested unions could multiply the work without bound. The limit is 1 MiB plus 64 times
    /// the length of the input.
    pub(crate) fn spend(&mut self, bytes: usize) -> bool {
        self.spent = self.spent.saturating_add(bytes);
        if self.spent <= self.most_spent() {
            return true;
        }
        self.end(format_args!("is too complex to be validated"));
        false
    }

    /// Returns true if less than half of the bytes that may be read again are read, so that reading a value again is
    /// affordable although it is not needed for validation.
    pub(crate) fn can_afford(&self, bytes: usize) -> bool {
        self.spent.saturating_add(bytes) <= self.most_spent() / 2
    }

    fn most_spent(&self) -> usize {
        self.data.len().saturating_mul(64).saturating_add(1 << 20)
    }

    /// Records the violation that the input is not valid JSON, with the position of the fault, and ends
    /// reading.
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
        let reason = fault.reason();
        self.end(format_args!("is not valid JSON: {reason} at line {line}, column {column} (byte {at})"));
    }

    #[cold]
    fn too_deep(&mut self) {
        self.end(format_args!("is nested more than {DEEPEST} levels deep"));
    }

    /// Records that the reader's input is malformed, and ends reading. Later calls of the reader find no input and
    /// record nothing.
    #[cold]
    fn end(&mut self, message: fmt::Arguments<'_>) {
        self.violations.record_malformed(message);
        self.source = match self.source {
            Source::Json(_) => Source::Json(Scan::new("")),
            Source::Text(_) => Source::Text(TextCursor::new(TextValue::List(Vec::new()))),
        };
    }
}
