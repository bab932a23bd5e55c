//! The reader's methods for JSON arrays, and for objects with free keys, which become maps.

use std::collections::BTreeMap;

use super::check::{self, Count};
use super::equal::{Canonical, canonical, canonical_text, equal_pair};
use super::object::next_key;
use super::reader::{Reader, Source};
use super::scan::Scan;
use super::token::Kind;
use super::violations::{DEEPEST, Segment};
use crate::validate::rules::{ArrayRule, MapRule};

/// The state of reading a JSON array.
#[derive(Debug)]
struct Array<'a> {
    next: usize,
    met: usize,
    /// The elements of the array that were read so far, kept only if they must be unique (`uniqueItems`).
    elements: Option<Elements<'a>>,
}

/// The elements of an array that must have unique elements (`uniqueItems`), for comparison after reading.
#[derive(Debug)]
enum Elements<'a> {
    /// The position before the array in the JSON text, from which the elements are read again.
    Json(Scan<'a>),
    Text(Vec<Canonical>),
}

/// The state of reading a JSON object with free keys as a map.
#[derive(Debug)]
struct Map {
    count: usize,
    met: usize,
}

impl<'a> Reader<'a> {
    /// Reads an array, and each of its elements by `read`. In a parameter or form, a scalar counts as an array
    /// with one element.
    pub fn array<T>(&mut self, rule: &ArrayRule, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut array = self.open_array(rule)?;
        let mut elements = Vec::new();
        while self.next_element(&mut array) {
            if let Some(element) = read(self) {
                elements.push(element);
            }
        }
        self.end_array(array, rule).then_some(elements)
    }

    /// Reads an object with free keys as a map, and each value of the map by `read`.
    pub fn map<T>(
        &mut self,
        rule: &MapRule,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<BTreeMap<String, T>> {
        let mut map = self.open_map()?;
        let mut entries = BTreeMap::new();
        while let Some(key) = self.next_key(&mut map) {
            let met = self.violations.met();
            if entries.contains_key(&key) {
                self.violations.record(format_args!("must appear only once"));
            }
            if let Some(rule) = rule.key {
                check::string(&key, rule, &mut self.violations);
            }
            match read(self) {
                // Violations of the key count too, so an entry with an invalid key is omitted.
                Some(value) if met == self.violations.met() => drop(entries.insert(key, value)),
                _ => {}
            }
        }
        self.end_map(&map, rule).then_some(entries)
    }

    fn open_array(&mut self, rule: &ArrayRule) -> Option<Array<'a>> {
        let mut elements = None;
        match &mut self.source {
            Source::Json(scan) => match scan.peek() {
                Ok(Kind::Array) => elements = rule.unique.then(|| Elements::Json(scan.mark())),
                Ok(found) => {
                    self.wrong_kind("an array", found);
                    return None;
                }
                Err(fault) => {
                    self.broken(fault);
                    return None;
                }
            },
            Source::Text(text) => {
                if !text.open_list() {
                    self.violations.record(format_args!("must be an array"));
                    return None;
                }
                if rule.unique {
                    elements = Some(Elements::Text(Vec::new()));
                }
            }
        }
        if !self.may_enter() {
            return None;
        }
        self.violations.enter(Segment::Index(0));
        Some(Array { next: 0, met: self.violations.met(), elements })
    }

    fn next_element(&mut self, array: &mut Array<'a>) -> bool {
        let more = match &mut self.source {
            Source::Json(scan) => match if array.next == 0 { scan.array_first() } else { scan.array_step() } {
                Ok(more) => more,
                Err(fault) => {
                    self.broken(fault);
                    false
                }
            },
            Source::Text(text) => {
                if let Some(Elements::Text(elements)) = &mut array.elements
                    && text.was_number
                    && let Some(last) = elements.last_mut()
                {
                    // Numbers are compared by value: 1 and 1.0 are equal.
                    last.become_number();
                }
                let more = text.next_item();
                if let Some(Elements::Text(elements)) = &mut array.elements
                    && more
                {
                    elements.extend(text.current.as_ref().map(canonical_text));
                }
                more
            }
        };
        if more {
            self.violations.step(Segment::Index(array.next));
            array.next += 1;
        }
        more
    }

    /// Ends reading a JSON array and checks it against `rule`. Returns true if the array and its elements are
    /// valid.
    fn end_array(&mut self, array: Array<'a>, rule: &ArrayRule) -> bool {
        self.violations.leave();
        if array.next < rule.min {
            self.violations.record(format_args!("must have at least {}", Count(rule.min, "element")));
        }
        if let Some(max) = rule.max
            && array.next > max
        {
            self.violations.record(format_args!("must have at most {}", Count(max, "element")));
        }
        if let Some(elements) = array.elements
            && !self.violations.is_malformed()
            && let Some((first, second)) = equal_elements(elements)
        {
            self.violations
                .record(format_args!("must not have equal elements, but elements {first} and {second} are equal"));
        }
        self.violations.met() == array.met && !self.violations.is_malformed()
    }

    fn open_map(&mut self) -> Option<Map> {
        self.open_object().then(|| Map { count: 0, met: self.violations.met() })
    }

    fn next_key(&mut self, map: &mut Map) -> Option<String> {
        let (key, from) = match &mut self.source {
            Source::Json(scan) => {
                let from = scan.offset();
                match next_key(scan, map.count == 0) {
                    Ok(key) => (key?.to_owned(), from),
                    Err(fault) => {
                        self.broken(fault);
                        return None;
                    }
                }
            }
            Source::Text(text) => (text.next_entry()?.into_owned(), 0),
        };
        map.count += 1;
        self.step_into(from, &key);
        Some(key)
    }

    /// Ends reading a JSON object as a map and checks it against `rule`. Returns true if the map and its entries
    /// are valid.
    fn end_map(&mut self, map: &Map, rule: &MapRule) -> bool {
        self.violations.leave();
        if map.count < rule.min {
            self.violations.record(format_args!("must have at least {}", Count(rule.min, "field")));
        }
        if let Some(max) = rule.max
            && map.count > max
        {
            self.violations.record(format_args!("must have at most {}", Count(max, "field")));
        }
        self.violations.met() == map.met && !self.violations.is_malformed()
    }
}

/// Returns the indices of the first two elements of an array that are equal as JSON values, or `None` if all
/// differ.
fn equal_elements(elements: Elements<'_>) -> Option<(usize, usize)> {
    let mut values = Vec::new();
    match elements {
        Elements::Text(texts) => values = texts,
        Elements::Json(mut scan) => {
            scan.peek().ok()?;
            let mut more = scan.array_first().ok()?;
            while more {
                values.push(canonical(scan.skip(DEEPEST).ok()?)?);
                more = scan.array_step().ok()?;
            }
        }
    }
    equal_pair(&values)
}
