//! `oneOf`, `anyOf` and discriminators: which branch a value is meant for.

use super::branch::Branch;
use super::mark::{Content, Mark};
use super::probe::{Candidates, Probe};
use super::reader::{Reader, Source};
use super::types::Types;
use crate::validate::rules::StringRule;

/// What the tries of a union's branches came to.
#[derive(Debug, Default)]
struct Tries {
    fitting: Vec<usize>,
    /// The branch with the fewest violations, and how many.
    nearest: Option<(usize, usize)>,
}

impl<'a> Reader<'a> {
    /// The one branch that fits. Branches that cannot be meant, by type, required or constant
    /// fields, are left out; if that leaves one, its violations are reported as they are.
    pub fn one_of<T>(&mut self, branches: &[Branch], read: impl FnMut(&mut Self, usize) -> Option<T>) -> Option<T> {
        self.union(branches, true, read)
    }

    /// The first branch that fits.
    pub fn any_of<T>(&mut self, branches: &[Branch], read: impl FnMut(&mut Self, usize) -> Option<T>) -> Option<T> {
        self.union(branches, false, read)
    }

    /// The branch that the string in `property` names: `tags` are the names and what `read` is told.
    pub fn tagged<T>(
        &mut self,
        property: &str,
        tags: &[(&str, usize)],
        read: impl FnOnce(&mut Self, usize) -> Option<T>,
    ) -> Option<T> {
        let index = self.tag(property, tags)?;
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
        let untyped = exclusive && matches!(self.source, Source::Text(_));
        if untyped {
            // Every text is a string, so that what it can be besides is meant.
            candidates.possible.sort_by_key(|index| branches[*index].types.meets(Types::STRING));
        }
        if let [only] = candidates.possible[..] {
            self.go_to(&probe.start);
            return read(self, only);
        }
        let mut tries = Tries::default();
        let mut chosen = None;
        for &index in &candidates.possible {
            let other_type = |fitting: &usize| !branches[*fitting].types.meets(branches[index].types);
            if untyped && tries.fitting.iter().any(other_type) {
                continue;
            }
            let met = self.begin_try(&probe)?;
            let value = read(self, index).filter(|_| self.violations.met() == met);
            let fits = value.is_some();
            self.end_try(&probe, met, index, fits, &mut tries);
            chosen = chosen.or(value);
            if fits && !exclusive {
                break;
            }
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
        self.violations.forget(met);
    }

    /// Records that none or too many fit. Gives the branch whose violations are still to be recorded.
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
                self.violations.record(format_args!("must fit one form only, but fits {names}"));
                return None;
            }
        }
        let all: Vec<usize> = (0..branches.len()).collect();
        let all = names(branches, &all);
        let Some(nearest) = tries.nearest.map(|(index, _)| index).or(candidates.nearest) else {
            self.violations.record(format_args!("must be one of the forms {all}"));
            return None;
        };
        let name = branches.get(nearest).map_or("", |branch| branch.name);
        self.violations.record(format_args!("must be one of the forms {all}; it was read as {name}"));
        // Nobody sees what a muted branch lacks, so it need not be read once more.
        (!self.violations.is_muted()).then_some(nearest)
    }

    /// Reads a discriminator and goes back before the object.
    fn tag(&mut self, property: &str, tags: &[(&str, usize)]) -> Option<usize> {
        let probe = self.probe(true)?;
        if !probe.types.meets(Types::OBJECT) {
            self.violations.record(format_args!("must be an object"));
            return None;
        }
        let Some(content) = probe.field(property) else {
            self.violations.record_in(Some(property), format_args!("is required"));
            return None;
        };
        let found = content.string().and_then(|tag| tags.iter().find(|(name, _)| *name == tag));
        let Some((_, index)) = found else {
            let names: Vec<&str> = tags.iter().map(|(name, _)| *name).collect();
            self.violations.record_in(Some(property), format_args!("must be {}", super::check::OneOf(&names)));
            return None;
        };
        self.go_to(&probe.start);
        Some(*index)
    }

    /// Checks how a value is spelled before it is read as a type of its own.
    pub fn spelled<T>(&mut self, rule: &StringRule, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let probe = self.probe(false)?;
        self.go_to(&probe.start);
        // What is no string is for `read` to say.
        if probe.types.meets(Types::STRING) {
            self.string(rule)?;
            self.go_to(&probe.start);
        }
        read(self)
    }

    /// Reads a value twice: what `check` finds wrong is all that is said of it.
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

    /// Reads over a value and tells what it is like.
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

    /// Goes to a place that was marked in the same array or object, unless reading has ended.
    pub(crate) fn go_to(&mut self, mark: &Mark<'a>) {
        if self.violations.is_malformed() {
            return;
        }
        match (&mut self.source, mark) {
            (Source::Json(scan), Mark::Json(place)) => *scan = place.mark(),
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
