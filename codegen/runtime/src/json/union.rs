//! The reader's methods for unions: `oneOf`, `anyOf` and discriminators.

use super::branch::Branch;
use super::mark::{Content, Mark};
use super::probe::{Candidates, Probe};
use super::reader::{Reader, Source};
use super::types::Types;
use crate::validate::rules::StringRule;

/// The results of trying the alternatives of a union with a value.
#[derive(Debug, Default)]
struct Tries {
    fitting: Vec<usize>,
    /// The alternative of a union with the fewest violations so far: its index, and the number of its violations.
    nearest: Option<(usize, usize)>,
}

impl<'a> Reader<'a> {
    /// Reads a value that must match exactly one alternative (`oneOf`). `read` reads the alternative with
    /// the given index.
    ///
    /// An alternative is not tried if the type of the value, a missing required field or a constant field
    /// already rules it out. If a single alternative remains, its violations are recorded as they are.
    ///
    /// ```
    /// use writ_runtime::{Branch, Read, Reader, Types};
    ///
    /// const BRANCHES: &[Branch] = &[
    ///     Branch { name: "Number", types: Types::INTEGER, ..Branch::NONE },
    ///     Branch { name: "Name", types: Types::STRING, ..Branch::NONE },
    /// ];
    /// let mut reader = Reader::json(br#""seven""#);
    /// let value = reader.one_of(BRANCHES, |r, branch| match branch {
    ///     0 => i64::read(r).map(|number| number.to_string()),
    ///     _ => String::read(r),
    /// });
    /// assert_eq!(value.as_deref(), Some("seven"));
    /// ```
    pub fn one_of<T>(&mut self, branches: &[Branch], read: impl FnMut(&mut Self, usize) -> Option<T>) -> Option<T> {
        self.union(branches, true, read)
    }

    /// Reads a value by an alternative that it matches (`anyOf`).
    ///
    /// If it matches several, the one that ignores the fewest fields of the value is chosen, and the first of equals.
    ///
    /// ```
    /// use writ_runtime::{Branch, ObjectRule, Read, Reader};
    ///
    /// const NAMED: ObjectRule = ObjectRule { fields: &["name"], ..ObjectRule::NONE };
    /// const AGED: ObjectRule = ObjectRule { fields: &["name", "age"], ..ObjectRule::NONE };
    /// let mut reader = Reader::json(br#"{"name":"Ada","age":36}"#);
    /// let chosen = reader.any_of(&[Branch::NONE, Branch::NONE], |r, branch| {
    ///     let mut object = r.object(if branch == 0 { &NAMED } else { &AGED })?;
    ///     while r.next_field(&mut object).is_some() {
    ///         r.any();
    ///     }
    ///     r.end_object(object);
    ///     Some(branch)
    /// });
    /// assert_eq!(chosen, Some(1));
    /// ```
    pub fn any_of<T>(&mut self, branches: &[Branch], read: impl FnMut(&mut Self, usize) -> Option<T>) -> Option<T> {
        self.union(branches, false, read)
    }

    /// Reads an object of a union by its discriminator: the string in the field `property`. `tags` lists the
    /// allowed strings, each with the index of an alternative, which `read` reads.
    ///
    /// ```
    /// use writ_runtime::{MapRule, Read, Reader};
    ///
    /// let mut reader = Reader::json(br#"{"kind":"cat","name":"Tom"}"#);
    /// let pet = reader.tagged("kind", &[("cat", 0), ("dog", 1)], |r, branch| {
    ///     let fields = r.map(&MapRule::NONE, String::read)?;
    ///     Some((branch, fields["name"].clone()))
    /// });
    /// assert_eq!(pet, Some((0, "Tom".to_owned())));
    /// ```
    pub fn tagged<T>(
        &mut self,
        property: &str,
        tags: &[(&str, usize)],
        read: impl FnOnce(&mut Self, usize) -> Option<T>,
    ) -> Option<T> {
        let index = self.tag(property, tags, None)?;
        read(self, index)
    }

    /// Reads an object of a union by its discriminator like [`Reader::tagged`]. If the field is absent, or its value is
    /// not among `tags`, `read` reads the alternative with the index `default` (`defaultMapping`).
    pub fn tagged_or<T>(
        &mut self,
        property: &str,
        tags: &[(&str, usize)],
        default: usize,
        read: impl FnOnce(&mut Self, usize) -> Option<T>,
    ) -> Option<T> {
        let index = self.tag(property, tags, Some(default))?;
        read(self, index)
    }

    fn union<T>(
        &mut self,
        branches: &[Branch],
        exclusive: bool,
        mut read: impl FnMut(&mut Self, usize) -> Option<T>,
    ) -> Option<T> {
        let probe =
            self.probe(branches.iter().any(|branch| !branch.required.is_empty() || !branch.consts.is_empty()))?;
        let mut candidates = probe.candidates(branches);
        let is_text = matches!(self.source, Source::Text(_));
        let untyped = exclusive && is_text;
        if is_text {
            // Every scalar of a parameter is also a string and a list, so the other types take precedence.
            candidates.possible.sort_by_key(|index| {
                let types = branches[*index].types;
                (types == Types::ARRAY, exclusive && types.meets(Types::STRING))
            });
        }
        if let [only] = candidates.possible[..] {
            self.go_to(&probe.start);
            return read(self, only);
        }
        let mut tries = Tries::default();
        let mut chosen: Option<(usize, T)> = None;
        for &index in &candidates.possible {
            let other_type = |fitting: &usize| !branches[*fitting].types.meets(branches[index].types);
            if untyped && tries.fitting.iter().any(other_type) {
                continue;
            }
            let met = self.begin_try(&probe)?;
            let before = self.ignored;
            let value = read(self, index).filter(|_| self.violations.met() == met);
            let fits = value.is_some();
            let lost = std::mem::replace(&mut self.ignored, before) - before;
            self.end_try(&probe, met, index, fits, &mut tries);
            if let Some(value) = value
                && chosen.as_ref().is_none_or(|(fewest, _)| !exclusive && lost < *fewest)
            {
                chosen = Some((lost, value));
            }
            // A further match matters if it excludes this one, or keeps more of the value.
            if !exclusive && (chosen.as_ref().is_some_and(|(lost, _)| *lost == 0 || !self.can_afford(probe.length))) {
                break;
            }
        }
        self.ignored += chosen.as_ref().map_or(0, |(lost, _)| *lost);
        let chosen = chosen.map(|(_, value)| value);
        if !exclusive && chosen.is_some() {
            self.go_to(&probe.end);
            return chosen;
        }
        if let Some(nearest) = self.judge(branches, &probe, &candidates, &tries) {
            self.go_to(&probe.start);
            read(self, nearest);
            self.go_to(&probe.end);
        }
        chosen.filter(|_| tries.fitting.len() == 1)
    }

    fn begin_try(&mut self, probe: &Probe<'a>) -> Option<usize> {
        if !self.spend(probe.length) {
            return None;
        }
        self.go_to(&probe.start);
        self.violations.mute();
        Some(self.violations.met())
    }

    fn end_try(&mut self, probe: &Probe<'a>, met: usize, index: usize, fits: bool, tries: &mut Tries) {
        self.violations.unmute();
        self.go_to(&probe.end);
        let wrong = self.violations.met() - met;
        if fits {
            tries.fitting.push(index);
        } else if tries.nearest.is_none_or(|(_, fewest)| wrong < fewest) {
            tries.nearest = Some((index, wrong));
        }
        self.violations.reset_met(met);
    }

    /// Records a violation if a value matches no alternative of a union, or several. Returns the index of the
    /// closest alternative if its violations are still to be recorded.
    fn judge(
        &mut self,
        branches: &[Branch],
        probe: &Probe<'a>,
        candidates: &Candidates,
        tries: &Tries,
    ) -> Option<usize> {
        self.go_to(&probe.end);
        match tries.fitting[..] {
            [] => {}
            [_] => return None,
            _ => {
                let names = names(branches, &tries.fitting);
                self.violations.record(format_args!("must match only one of the alternatives, but matches {names}"));
                return None;
            }
        }
        let all: Vec<usize> = (0..branches.len()).collect();
        let all = names(branches, &all);
        let Some(nearest) = tries.nearest.map(|(index, _)| index).or(candidates.nearest) else {
            self.violations.record(format_args!("must match one of the alternatives {all}"));
            return None;
        };
        let name = branches.get(nearest).map_or("", |branch| branch.name);
        self.violations.record(format_args!("must match one of the alternatives {all}; the closest is {name}"));
        // While a surrounding union tries an alternative, violations are not recorded, so a second reading is
        // useless.
        (!self.violations.is_muted()).then_some(nearest)
    }

    /// Reads the discriminator of an object and returns to the object's beginning.
    ///
    /// A value without a known discriminator selects the alternative `default`, or is a violation if there is none.
    fn tag(&mut self, property: &str, tags: &[(&str, usize)], default: Option<usize>) -> Option<usize> {
        let probe = self.probe(true)?;
        if !probe.types.meets(Types::OBJECT) {
            self.violations.record(format_args!("must be an object"));
            return None;
        }
        let content = probe.field(property);
        let found = content.as_ref().and_then(|content| content.string());
        let found = found.and_then(|tag| tags.iter().find(|(name, _)| *name == tag));
        if let Some(index) = found.map(|(_, index)| *index).or(default) {
            self.go_to(&probe.start);
            return Some(index);
        }
        if content.is_none() {
            self.violations.record_in(Some(property), format_args!("is required"));
            return None;
        }
        let names: Vec<&str> = tags.iter().map(|(name, _)| *name).collect();
        self.violations.record_in(Some(property), format_args!("must be {}", super::check::OneOf(&names)));
        None
    }

    /// Checks a string against the constraints of `rule`, then reads it again by `read` as another type, such
    /// as a date.
    pub fn spelled<T>(&mut self, rule: &StringRule, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let probe = self.probe(false)?;
        self.go_to(&probe.start);
        // `read` records the violation if the value is not a string.
        if probe.types.meets(Types::STRING) {
            self.string(rule)?;
            self.go_to(&probe.start);
        }
        read(self)
    }

    /// Reads a value twice, first by `check` and then by `read`. If `check` fails, `read` is not called.
    pub fn checked<C, T>(
        &mut self,
        check: impl FnOnce(&mut Self) -> Option<C>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let probe = self.probe(false)?;
        self.go_to(&probe.start);
        check(self)?;
        self.go_to(&probe.start);
        read(self)
    }

    /// Skips the next value and returns its type, length and position, and its fields if `with_fields` is true.
    pub(crate) fn probe(&mut self, with_fields: bool) -> Option<Probe<'a>> {
        let probe = match &mut self.source {
            Source::Text(text) => Probe::text(text),
            Source::Json(scan) => match Probe::json(scan, self.violations.room(), with_fields) {
                Ok(probe) => probe,
                Err(fault) => {
                    self.broken(fault);
                    return None;
                }
            },
        };
        self.spend(probe.length).then_some(probe)
    }

    /// Moves the reader to a position in the array or object that it is reading, unless reading has ended.
    pub(crate) fn go_to(&mut self, mark: &Mark<'a>) {
        if self.violations.is_malformed() {
            return;
        }
        match (&mut self.source, mark) {
            (Source::Json(scan), Mark::Json(position)) => *scan = position.mark(),
            (Source::Text(text), Mark::Text(value, depth)) => text.rewind(value.clone(), *depth),
            _ => {}
        }
    }
}

fn names(branches: &[Branch], indices: &[usize]) -> String {
    let names: Vec<&str> = indices.iter().filter_map(|index| branches.get(*index)).map(|branch| branch.name).collect();
    names.join(", ")
}

impl Content<'_> {
    fn string(&self) -> Option<String> {
        match self.canonical()? {
            super::equal::Canonical::String(text) => Some(text),
            _ => None,
        }
    }
}
