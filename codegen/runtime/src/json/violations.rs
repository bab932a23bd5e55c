//! The violations that a reader has recorded, and the reader's path to the current value.
//!
//! The path is only converted to a string when a violation is recorded.

use std::borrow::Cow;
use std::fmt;

use super::scan::Scan;
use super::sparse_fieldset::SparseObjects;
use crate::validate::violation::InputLocation;
use crate::validate::violation::{MOST_VIOLATIONS, Violation, Violations};

/// The maximum nesting depth of arrays and objects that a reader accepts in its input.
pub(crate) const DEEPEST: usize = 64;

/// The maximum length, in code points, of an object key in the path of a violation, if the caller chose the
/// key.
const LONGEST_NAME: usize = 100;

/// The violations that a reader has found, and the reader's path to the current value: a segment for each open
/// array or object.
#[derive(Debug)]
pub(crate) struct ViolationSink<'a> {
    data: &'a str,
    location: InputLocation,
    root: &'a str,
    segments: Vec<Segment>,
    violations: Violations,
    /// The number of all violations that the reader has found, including those that were not recorded.
    met: usize,
    muted: u32,
    /// The objects that may miss required fields, when a client reads a response with a sparse fieldset.
    sparse: Option<SparseObjects>,
}

/// A segment of the reader's path to the current value: a field or an element.
#[derive(Debug)]
pub(crate) enum Segment {
    /// A path segment for a field of an object, by the name that the contract declares.
    Field(&'static str),
    /// A path segment for an element of an array, by its index.
    Index(usize),
    /// A path segment for a field of a JSON object that the contract does not name, by the offset of the key's
    /// opening quote in the JSON text. The key is decoded only for a violation.
    Key(usize),
    /// A path segment for a field that the contract does not name, by its key as a string.
    Owned(String),
}

impl<'a> ViolationSink<'a> {
    pub(crate) fn new(data: &'a str, location: InputLocation, root: &'a str) -> ViolationSink<'a> {
        ViolationSink {
            data,
            location,
            root,
            segments: Vec::new(),
            violations: Violations::default(),
            met: 0,
            muted: 0,
            sparse: None,
        }
    }

    /// Allows the given objects of a response to miss required fields, since the caller requested a sparse
    /// fieldset.
    #[cfg(feature = "client")]
    pub(crate) fn allow_missing_fields(&mut self, objects: SparseObjects) {
        self.sparse = Some(objects);
    }

    /// Returns true if the object that is being read may miss required fields because of a sparse fieldset.
    #[cold]
    pub(crate) fn may_miss_fields(&self) -> bool {
        self.sparse.is_some_and(|objects| match (objects, self.segments.as_slice()) {
            (SparseObjects::Outermost, []) | (SparseObjects::List, [Segment::Index(_)]) => true,
            (SparseObjects::Page(list), [Segment::Field(field), Segment::Index(_)]) => list == *field,
            _ => false,
        })
    }

    /// Returns true if the current value is the outermost value of a body.
    pub(super) fn is_outermost(&self) -> bool {
        self.location == InputLocation::Body && self.segments.is_empty()
    }

    /// Returns true if the current value of a body is one whose fields a sparse fieldset limits: the outermost object,
    /// or an element of the outermost array or of the list of a page.
    pub(super) fn is_limited(&self, page_list: Option<&str>) -> bool {
        self.location == InputLocation::Body
            && match self.segments.as_slice() {
                [] => page_list.is_none(),
                [Segment::Index(_)] => true,
                [Segment::Field(field), Segment::Index(_)] => page_list == Some(*field),
                _ => false,
            }
    }

    /// Changes the location of the next violations, and returns the previous one.
    pub(super) fn relocate(&mut self, location: InputLocation) -> InputLocation {
        std::mem::replace(&mut self.location, location)
    }

    /// Adds a segment to the reader's path, for an array or object that the reader enters.
    pub(crate) fn enter(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    /// Moves the reader's path to the next element or field of the innermost array or object.
    #[inline]
    pub(crate) fn step(&mut self, segment: Segment) {
        if let Some(last) = self.segments.last_mut() {
            *last = segment;
        }
    }

    /// Removes the segment of the innermost array or object from the reader's path.
    pub(crate) fn leave(&mut self) {
        self.segments.pop();
    }

    /// Returns the number of arrays and objects that the reader may still enter before the input is nested too
    /// deep.
    pub(crate) fn room(&self) -> usize {
        DEEPEST.saturating_sub(self.segments.len())
    }

    /// Returns the number of violations in the input so far, including those that were not recorded.
    pub(crate) fn met(&self) -> usize {
        self.met
    }

    /// Sets the number of violations back to `met`, to discard those of a union's alternative that was only tried.
    pub(crate) fn reset_met(&mut self, met: usize) {
        if !self.is_malformed() {
            self.met = met;
        }
    }

    /// Returns true if the input is malformed: not valid JSON, not UTF-8, nested too deep or too complex.
    pub(crate) fn is_malformed(&self) -> bool {
        self.violations.malformed
    }

    /// Starts to count violations without recording them, while the reader tries an alternative of a union.
    pub(crate) fn mute(&mut self) {
        self.muted += 1;
    }

    /// Ends one call of [`ViolationSink::mute`]. Violations are recorded again once each such call has ended.
    pub(crate) fn unmute(&mut self) {
        self.muted = self.muted.saturating_sub(1);
    }

    pub(crate) fn is_muted(&self) -> bool {
        self.muted > 0
    }

    /// Records a violation of the value at the reader's current path.
    #[cold]
    pub(crate) fn record(&mut self, message: fmt::Arguments<'_>) {
        self.record_in(None, message);
    }

    /// Records a violation of a field of the object at the reader's current path. The field may be missing.
    #[cold]
    pub(crate) fn record_in(&mut self, field: Option<&str>, message: fmt::Arguments<'_>) {
        self.record_at(message, |path| field.into_iter().for_each(|field| push_name(path, field)));
    }

    /// Records a violation of a value below the reader's current path, at the keys and indices in `steps`.
    #[cold]
    #[cfg_attr(not(feature = "jsonschema"), allow(dead_code, reason = "recorded by the interpreter only"))]
    pub(crate) fn record_below(&mut self, steps: &[String], message: fmt::Arguments<'_>) {
        self.record_at(message, |path| {
            for step in steps {
                match !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
                    true => path.push_str(&format!("[{step}]")),
                    false => push_foreign_name(path, step),
                }
            }
        });
    }

    fn record_at(&mut self, message: fmt::Arguments<'_>, push: impl FnOnce(&mut String)) {
        if self.is_malformed() {
            return;
        }
        self.met += 1;
        if self.is_muted() || self.violations.list.len() >= MOST_VIOLATIONS {
            return;
        }
        let mut path = self.path();
        push(&mut path);
        self.violations.push(Violation { location: self.location, field: path, message: text_of(message) });
    }

    /// Records the violation that the input is malformed. Later violations are not recorded.
    #[cold]
    pub(crate) fn record_malformed(&mut self, message: fmt::Arguments<'_>) {
        if self.is_malformed() {
            return;
        }
        self.met += 1;
        self.violations.malformed = true;
        let violation = Violation { location: self.location, field: self.root.to_owned(), message: text_of(message) };
        // This violation explains why the rest of the input was not checked, so it replaces another one if the
        // list is full.
        self.violations.list.truncate(MOST_VIOLATIONS - 1);
        self.violations.list.push(violation);
    }

    pub(crate) fn take_violations(&mut self) -> Violations {
        std::mem::take(&mut self.violations)
    }

    pub(crate) fn into_violations(self) -> Violations {
        self.violations
    }

    fn path(&self) -> String {
        let mut path = self.root.to_owned();
        for segment in &self.segments {
            match segment {
                Segment::Field(name) => push_name(&mut path, name),
                Segment::Owned(name) => push_foreign_name(&mut path, name),
                Segment::Key(offset) => push_foreign_name(&mut path, &key_at(self.data, *offset)),
                Segment::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
            }
        }
        path
    }
}

/// Appends a field name to the path of a violation: after a dot, or in brackets (`a["b.c"]`) if it contains
/// special characters.
pub(super) fn push_name(path: &mut String, name: &str) {
    if name.is_empty() || name.contains(['.', '[', ']', '"']) {
        path.push_str(&format!("[{name:?}]"));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// Appends a field name that the caller chose to the path of a violation. It is shortened, so that 100
/// violations with a long name stay small.
fn push_foreign_name(path: &mut String, name: &str) {
    match name.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => {
            push_name(path, name.get(..end).unwrap_or_default());
            path.push('…');
        }
        None => push_name(path, name),
    }
}

fn key_at(data: &str, offset: usize) -> String {
    let mut scan = Scan::new(data.get(offset..).unwrap_or_default());
    scan.string().map(str::to_owned).unwrap_or_default()
}

fn text_of(message: fmt::Arguments<'_>) -> Cow<'static, str> {
    match message.as_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(message.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_violation_counts_and_those_behind_a_malformed_input_do_not() {
        let mut sink = ViolationSink::new("", InputLocation::Body, "");
        sink.mute();
        sink.record(format_args!("is odd"));
        sink.unmute();
        assert_eq!((sink.met(), sink.is_malformed()), (1, false));
        for _ in 0..2 * MOST_VIOLATIONS {
            sink.record(format_args!("is wrong"));
        }
        assert_eq!(sink.met(), 1 + 2 * MOST_VIOLATIONS);
        for _ in 0..2 {
            sink.record_malformed(format_args!("is not valid JSON"));
            sink.record(format_args!("is late"));
            assert_eq!((sink.met(), sink.is_malformed()), (2 + 2 * MOST_VIOLATIONS, true));
        }
        let Violations { list, .. } = sink.into_violations();
        assert_eq!((list.len(), &*list[0].message), (MOST_VIOLATIONS, "is wrong"));
        assert_eq!(list.iter().filter(|violation| violation.message == "is not valid JSON").count(), 1);
    }

    #[test]
    fn a_malformed_input_is_met_also_without_other_violations() {
        let mut sink = ViolationSink::new("", InputLocation::Body, "");
        assert_eq!(sink.met(), 0);
        sink.record_malformed(format_args!("is not valid JSON"));
        assert_eq!(sink.met(), 1);
    }
}
