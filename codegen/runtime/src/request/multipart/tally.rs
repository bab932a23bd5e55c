//! The count of the parts of a multipart form that were received, and the check of these counts.

use std::collections::BTreeSet;

use super::rule::{FormRule, PartRule};
use super::styled::is_spread;
use crate::json::Count;
use crate::validate::violation::{Violation, Violations};

/// The maximum number of parts of a multipart form.
const MAX_PARTS: usize = 1024;

/// The count of the parts of a multipart form that were received.
#[derive(Debug)]
pub(super) struct Tally {
    parts: usize,
    /// The counts for each form part by its index in [`FormRule::parts`], then those for all other parts.
    entries: Vec<Entry>,
    /// The names of received form parts that the contract does not list.
    unlisted: BTreeSet<String>,
    /// True if the position of a part selects its constraints.
    positional: bool,
}

/// The counts for one name of a form part.
#[derive(Debug, Default, Clone)]
struct Entry {
    /// True if the form part was received.
    received: bool,
    /// True if a browser sent the form part for a file input without a file.
    left_empty: bool,
    /// The number of elements received so far.
    elements: usize,
}

impl Tally {
    pub(super) fn new() -> Tally {
        Tally { parts: 0, entries: Vec::new(), unlisted: BTreeSet::new(), positional: false }
    }

    /// Counts a part. Returns the message of a violation if the form has too many.
    pub(super) fn part(&mut self, rule: &FormRule) -> Option<String> {
        self.entries.resize(rule.parts.len() + 1, Entry::default());
        self.positional = rule.positional;
        self.parts += 1;
        (self.parts > MAX_PARTS).then(|| format!("must have at most {}", Count(MAX_PARTS, "part")))
    }

    /// Returns the index in [`FormRule::parts`] of the part at the current position, and its position as its name, such
    /// as `[3]`. Returns `None` for a part after the last one that the contract describes.
    pub(super) fn position(&self, rule: &FormRule) -> Option<(usize, String)> {
        let position = self.parts.checked_sub(1)?;
        let last = rule.parts.len().checked_sub(1)?;
        let is_described = position <= last || rule.parts[last].repeated;
        is_described.then(|| (position.min(last), format!("[{position}]")))
    }

    /// Records that a form part was received. Returns false if it was received before and can only appear once.
    pub(super) fn receive(&mut self, rule: &PartRule, index: usize, name: &str) -> bool {
        let is_unlisted = index + 1 == self.entries.len();
        let again = match is_unlisted {
            true => !self.unlisted.insert(name.to_owned()),
            false => std::mem::replace(&mut self.entries[index].received, true),
        };
        !again || rule.repeated || rule.style.is_some_and(is_spread)
    }

    /// Records a form part that the contract does not list and that is not kept.
    pub(super) fn pass(&mut self, name: String) {
        self.unlisted.insert(name);
    }

    /// Records that a browser sent a form part for a file input without a file.
    pub(super) fn leave_empty(&mut self, index: usize) {
        self.entries[index].left_empty = true;
    }

    /// Counts an element of a form part.
    pub(super) fn element(&mut self, index: usize) {
        self.entries[index].elements += 1;
    }

    /// Returns the field name of a violation: the name of the form part, with an index if the part is an element of a
    /// list with a name.
    pub(super) fn field(&self, rule: &PartRule, name: &str, index: usize) -> String {
        match rule.repeated && !self.positional {
            true => format!("{name}[{}]", self.entries[index].elements),
            false => name.to_owned(),
        }
    }

    /// Records a violation for each missing part of a complete form, and for each list with too few or too many
    /// elements.
    pub(super) fn check(&mut self, rule: &FormRule, violations: &mut Violations) {
        self.entries.resize(rule.parts.len() + 1, Entry::default());
        let mut violate = |field: &str, message: String| violations.push(Violation::body(field, message));
        for (part, entry) in rule.parts.iter().zip(&self.entries) {
            match (entry.received, part.repeated) {
                (false, _) if part.required && entry.left_empty => {
                    violate(part.name, "is required, but the file is missing".to_owned());
                }
                (false, _) if part.required => violate(part.name, "is required".to_owned()),
                (true, true) if entry.elements < part.min => {
                    violate(part.name, format!("must have at least {}", Count(part.min, "element")));
                }
                (true, true) => {
                    if let Some(max) = part.max.filter(|max| entry.elements > *max) {
                        violate(part.name, format!("must have at most {}", Count(max, "element")));
                    }
                }
                _ => {}
            }
        }
        let names = self.entries.iter().filter(|entry| entry.received).count() + self.unlisted.len();
        if names < rule.min {
            violate("", format!("must have at least {}", Count(rule.min, "field")));
        }
        if let Some(max) = rule.max.filter(|max| names > *max) {
            violate("", format!("must have at most {}", Count(max, "field")));
        }
    }
}
