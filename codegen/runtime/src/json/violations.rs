//! The path of a reader into a value, and the sink of the violations that it found on the way.
//!
//! The path is spelled out for a violation only.

use std::borrow::Cow;
use std::fmt;

use super::scan::Scan;
use super::sparse_fieldset::SparseObjects;
use crate::validate::violation::InputLocation;
use crate::validate::violation::{MOST_VIOLATIONS, Violation, Violations};

/// How deep arrays and objects may nest.
pub(crate) const DEEPEST: usize = 64;

/// How many code points of a caller's own name a path shows.
const LONGEST_NAME: usize = 100;

/// The path into a value, one segment for each open array or object, and the violations so far.
#[derive(Debug)]
pub(crate) struct ViolationSink<'a> {
    data: &'a str,
    location: InputLocation,
    root: &'a str,
    segments: Vec<Segment>,
    violations: Violations,
    /// Violations met, also those beyond the most that are kept and those met while muted.
    met: usize,
    muted: u32,
    /// The objects that may miss required fields.
    sparse: Option<SparseObjects>,
}

/// One step into an array or object.
#[derive(Debug)]
pub(crate) enum Segment {
    /// A field that the contract names.
    Field(&'static str),
    /// An element.
    Index(usize),
    /// A key of the JSON input, by the offset of its opening quote; it is decoded when needed.
    Key(usize),
    /// A key of a text.
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

    /// Lets these objects miss required fields from here on.
    #[cfg(feature = "client")]
    pub(crate) fn allow_missing_fields(&mut self, objects: SparseObjects) {
        self.sparse = Some(objects);
    }

    /// Returns true if the object where the reader stands may miss required fields.
    #[cold]
    pub(crate) fn may_miss_fields(&self) -> bool {
        self.sparse.is_some_and(|objects| match (objects, self.segments.as_slice()) {
            (SparseObjects::Outermost, []) | (SparseObjects::List, [Segment::Index(_)]) => true,
            (SparseObjects::Page(list), [Segment::Field(field), Segment::Index(_)]) => list == *field,
            _ => false,
        })
    }

    /// Goes into an array or object.
    pub(crate) fn enter(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    /// Goes on to the next element or field of the innermost array or object.
    #[inline]
    pub(crate) fn step(&mut self, segment: Segment) {
        if let Some(last) = self.segments.last_mut() {
            *last = segment;
        }
    }

    /// Leaves the innermost array or object.
    pub(crate) fn leave(&mut self) {
        self.segments.pop();
    }

    /// How many more arrays and objects may be entered.
    pub(crate) fn room(&self) -> usize {
        DEEPEST.saturating_sub(self.segments.len())
    }

    /// How many violations were met so far: it grows with each, kept or not.
    pub(crate) fn met(&self) -> usize {
        self.met
    }

    /// Takes back to `met` the count of violations that only a try met.
    pub(crate) fn forget(&mut self, met: usize) {
        if !self.is_malformed() {
            self.met = met;
        }
    }

    /// Whether the input turned out to be unreadable.
    pub(crate) fn is_malformed(&self) -> bool {
        self.violations.malformed
    }

    /// From here on violations are counted, not kept.
    pub(crate) fn mute(&mut self) {
        self.muted += 1;
    }

    /// Takes one [`ViolationSink::mute`] back.
    pub(crate) fn unmute(&mut self) {
        self.muted = self.muted.saturating_sub(1);
    }

    pub(crate) fn is_muted(&self) -> bool {
        self.muted > 0
    }

    /// Records a violation of the value where the reader stands.
    #[cold]
    pub(crate) fn record(&mut self, message: fmt::Arguments<'_>) {
        self.record_in(None, message);
    }

    /// Records a violation of a field that the value where the reader stands has or misses.
    #[cold]
    pub(crate) fn record_in(&mut self, field: Option<&str>, message: fmt::Arguments<'_>) {
        self.record_at(message, |path| field.into_iter().for_each(|field| push_name(path, field)));
    }

    /// Records a violation of what stands these steps below the value where the reader stands.
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

    /// Records that the input cannot be read; nothing is recorded after it.
    #[cold]
    pub(crate) fn record_malformed(&mut self, message: fmt::Arguments<'_>) {
        if self.is_malformed() {
            return;
        }
        self.met += 1;
        self.violations.malformed = true;
        let violation = Violation { location: self.location, field: self.root.to_owned(), message: text_of(message) };
        // It explains why nothing after it was looked at, so it is kept in any case.
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

/// Adds a name behind a dot; one with other signs than those of a name in brackets: `a["b.c"]`.
fn push_name(path: &mut String, name: &str) {
    if name.is_empty() || name.contains(['.', '[', ']', '"']) {
        path.push_str(&format!("[{name:?}]"));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// Adds a name that the caller made up, shortened where it is so long that 100 violations with it
/// would fill the memory.
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
