//! The reader's methods for JSON objects with known fields.
//!
//! Each key is first compared with the field that is next in the contract, since most clients send the fields
//! in that order.

use std::collections::BTreeSet;

use super::check::Count;
use super::reader::{Reader, Source};
use super::scan::{Scan, quote_after};
use super::token::{Fault, Kind};
use super::violations::Segment;
use crate::validate::rules::{ObjectRule, Unknown};

/// The state of reading a JSON object with known fields: the fields that were read and the one expected next.
/// Generated code uses it; a service needs it only to implement [`Read`](crate::Read) by hand.
#[derive(Debug)]
pub struct Object {
    rule: &'static ObjectRule,
    /// The set of known fields that were read. Bit `n` stands for field `n`; the fields from 64 on are in
    /// `seen_more`.
    seen: u64,
    seen_more: Vec<u64>,
    /// The number of different known fields of the object that were read.
    known: usize,
    /// The number of all fields of the object that were read, including unknown and repeated ones.
    count: usize,
    /// The index of the known field that is likely to come next in the JSON text.
    expected: usize,
    key: String,
    /// The names of the unknown fields that the object contains, to detect repeated ones.
    unknown: BTreeSet<String>,
}

/// The result of looking up an object's key among the known fields: known or unknown, for the first time or
/// again.
enum Found {
    Field(usize),
    Again(usize),
    Unknown,
    UnknownAgain,
    /// The field is declared for the other direction only, so it is skipped.
    Ignored,
}

impl Object {
    fn new(rule: &'static ObjectRule) -> Object {
        Object {
            rule,
            seen: 0,
            seen_more: Vec::new(),
            known: 0,
            count: 0,
            expected: 0,
            key: String::new(),
            unknown: BTreeSet::new(),
        }
    }

    /// Returns the key of the unknown field that [`Reader::next_field`] returned last.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns true if the JSON object contained the known field at `index` in `ObjectRule::fields`.
    pub fn has(&self, index: usize) -> bool {
        let bit = 1 << (index % 64);
        match index / 64 {
            0 => self.seen & bit != 0,
            word => self.seen_more.get(word - 1).is_some_and(|seen| seen & bit != 0),
        }
    }

    #[inline]
    fn look_up(&mut self, key: &str) -> Found {
        self.count += 1;
        let fields = self.rule.fields;
        let index = match fields.get(self.expected) {
            Some(field) if *field == key => Some(self.expected),
            _ => fields.iter().position(|field| *field == key),
        };
        match index {
            Some(index) => {
                self.expected = index + 1;
                if self.mark(index) { Found::Field(index) } else { Found::Again(index) }
            }
            None => self.look_up_unknown(key),
        }
    }

    /// Marks a known field as read. Returns false if it was marked before, so that the object contains it
    /// twice.
    #[inline]
    fn mark(&mut self, index: usize) -> bool {
        let bit = 1u64 << (index % 64);
        let word = match index / 64 {
            0 => &mut self.seen,
            word => {
                if self.seen_more.len() < word {
                    self.seen_more.resize(word, 0);
                }
                &mut self.seen_more[word - 1]
            }
        };
        let new = *word & bit == 0;
        *word |= bit;
        self.known += usize::from(new);
        new
    }

    #[cold]
    fn look_up_unknown(&mut self, key: &str) -> Found {
        self.key.clear();
        self.key.push_str(key);
        match self.unknown.insert(key.to_owned()) {
            false => Found::UnknownAgain,
            true if self.rule.ignored.contains(&key) => Found::Ignored,
            true => Found::Unknown,
        }
    }

    /// Returns the names of the required fields that the object does not contain.
    fn missing(&self) -> impl Iterator<Item = &'static str> {
        let required = if self.known == self.rule.fields.len() { &[] } else { self.rule.required };
        let mut next = 0;
        required.iter().copied().filter(move |name| {
            let fields = self.rule.fields;
            // The lists of required and of known fields have the same order, so most names follow the last one
            // that was found.
            let later = fields.iter().skip(next).position(|field| field == name);
            let index = later.map(|index| next + index).or_else(|| fields.iter().position(|field| field == name));
            next = index.map_or(next, |index| index + 1);
            !index.is_some_and(|index| self.has(index))
        })
    }
}

impl<'a> Reader<'a> {
    /// Begins to read a JSON object with known fields. Returns `None` for a value of another type, which is
    /// skipped and recorded as a violation.
    pub fn object(&mut self, rule: &'static ObjectRule) -> Option<Object> {
        self.open_object().then(|| Object::new(rule))
    }

    /// Moves to the value of the object's next field and returns the index of the field. The caller must read
    /// the value.
    ///
    /// The rule of the object decides the treatment of unknown fields. If the rule keeps them, their index is
    /// `fields.len()` and their name is [`Object::key`]. Returns `None` at the end of the object.
    pub fn next_field(&mut self, object: &mut Object) -> Option<usize> {
        loop {
            let first = object.count == 0;
            let (found, key_from) = match &mut self.source {
                Source::Json(scan) => {
                    let from = scan.offset();
                    match next_key(scan, first) {
                        Ok(Some(key)) => (object.look_up(key), from),
                        Ok(None) => return None,
                        Err(fault) => {
                            self.broken(fault);
                            return None;
                        }
                    }
                }
                Source::Text(text) => (object.look_up(&text.next_entry()?), 0),
            };
            match found {
                Found::Field(index) => {
                    self.violations.step(Segment::Field(object.rule.fields[index]));
                    return Some(index);
                }
                Found::Unknown if object.rule.unknown == Unknown::Keep => {
                    self.step_into(key_from, &object.key);
                    return Some(object.rule.fields.len());
                }
                other => self.refuse_field(&other, object),
            }
        }
    }

    /// Ends reading an object, and records a violation for each missing required field and for a wrong number
    /// of fields.
    pub fn end_object(&mut self, object: Object) {
        self.violations.leave();
        let rule = object.rule;
        if object.count < rule.min && !self.violations.may_miss_fields() {
            self.violations.record(format_args!("must have at least {}", Count(rule.min, "field")));
        }
        if rule.max.is_some_and(|max| object.count > max) {
            self.violations.record(format_args!("must have at most {}", Count(rule.max.unwrap_or_default(), "field")));
        }
        for name in object.missing() {
            if !self.violations.may_miss_fields() {
                self.violations.record_in(Some(name), format_args!("is required"));
            }
        }
    }

    /// Begins to read a JSON object with any fields. Returns false and records a violation if the value is not an
    /// object.
    pub(crate) fn open_object(&mut self) -> bool {
        match &mut self.source {
            Source::Json(scan) => match scan.peek() {
                Ok(Kind::Object) => {}
                Ok(found) => {
                    self.wrong_kind("an object", found);
                    return false;
                }
                Err(fault) => {
                    self.broken(fault);
                    return false;
                }
            },
            Source::Text(text) => {
                if !text.open_map() {
                    self.violations.record(format_args!("must be an object"));
                    return false;
                }
            }
        }
        if !self.may_enter() {
            return false;
        }
        self.violations.enter(Segment::Field(""));
        true
    }

    /// Moves the reader's path to an unknown field, for the violations of its value. In JSON, `key_from` is an
    /// offset before the key.
    pub(crate) fn step_into(&mut self, key_from: usize, key: &str) {
        self.violations.step(match self.source {
            Source::Json(_) => Segment::Key(quote_after(self.data, key_from)),
            Source::Text(_) => Segment::Owned(key.to_owned()),
        });
    }

    #[cold]
    fn refuse_field(&mut self, found: &Found, object: &Object) {
        self.skip();
        match *found {
            Found::Field(index) | Found::Again(index) => {
                self.violations.step(Segment::Field(object.rule.fields[index]));
                self.violations.record(format_args!("must appear only once"));
            }
            Found::UnknownAgain => {
                self.violations.step(Segment::Owned(object.key.clone()));
                self.violations.record(format_args!("must appear only once"));
            }
            Found::Unknown if object.rule.unknown == Unknown::Deny => {
                self.violations.step(Segment::Owned(object.key.clone()));
                self.violations.record(format_args!("is not a known field"));
            }
            Found::Unknown => self.ignored += 1,
            Found::Ignored => {}
        }
    }
}

#[inline]
pub(crate) fn next_key<'s>(scan: &'s mut Scan<'_>, first: bool) -> Result<Option<&'s str>, Fault> {
    if first { scan.object_first() } else { scan.object_step() }
}
