//! The folding of diagnostics for a terminal: repeated ones form a group, and of too many groups only the first
//! of each code are shown.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Diagnostic, Severity};

/// The largest number of diagnostics with equal texts that are shown one by one; more of them are folded into a group.
const MOST_REPEATS: usize = 3;

/// The largest number of diagnostics, or groups of repeated ones, that the terminal shows of one severity. If
/// there are more, only [`GROUPS_OF_CODE`] of each code are shown.
const MOST_GROUPS: usize = 20;

/// The number of diagnostics of one code that the terminal shows if there are too many; repeated ones count once.
const GROUPS_OF_CODE: usize = 3;

/// Diagnostics that differ only in their locations, in the order of the locations.
pub(super) struct Group<'d>(Vec<&'d Diagnostic>);

/// The diagnostics of a run, reduced to those that the terminal shows.
pub(super) struct Folded<'d> {
    /// The groups of diagnostics to show, in the order of their first locations.
    pub shown: Vec<Group<'d>>,
    /// The severities with so many diagnostics that only some are shown and the rest is only counted.
    pub cut: Vec<Severity>,
    /// The severities whose diagnostics are counted in a table at the end of the output.
    pub summed: Vec<Severity>,
    /// True if warnings are only counted, because there are too many to show them beside the errors.
    pub hides_warnings: bool,
}

impl<'d> Group<'d> {
    /// Returns the first diagnostic of a group of repeated ones, which is shown with its source excerpt.
    pub(super) fn first(&self) -> Option<&'d Diagnostic> {
        self.0.first().copied()
    }

    /// Returns the further diagnostics of a group of repeated ones, of which only the locations are shown.
    pub(super) fn repeats(&self) -> &[&'d Diagnostic] {
        self.0.get(1..).unwrap_or_default()
    }

    fn kind(&self) -> Option<(Severity, &'static str)> {
        self.first().map(|first| (first.severity, first.code))
    }
}

/// Returns the diagnostics of a run without folding, so that each is shown separately.
pub(super) fn unfolded(sorted: Vec<&Diagnostic>) -> Folded<'_> {
    Folded {
        shown: sorted.into_iter().map(|found| Group(vec![found])).collect(),
        cut: Vec::new(),
        summed: Vec::new(),
        hides_warnings: false,
    }
}

/// Folds the diagnostics of a run: groups repeated ones, and keeps only the first groups of each code if there
/// are too many groups.
pub(super) fn fold(sorted: Vec<&Diagnostic>) -> Folded<'_> {
    let errors = sorted.iter().filter(|found| found.severity == Severity::Error).count();
    let groups = gather(sorted);
    let mut total: HashMap<Severity, usize> = HashMap::new();
    for (severity, _) in groups.iter().filter_map(Group::kind) {
        *total.entry(severity).or_default() += 1;
    }
    let mut of_code: HashMap<(Severity, &str), usize> = HashMap::new();
    let mut cut = Vec::new();
    let mut shown = Vec::new();
    for group in groups {
        let Some((severity, code)) = group.kind() else { continue };
        let count = of_code.entry((severity, code)).or_default();
        *count += 1;
        if total.get(&severity).is_some_and(|total| *total > MOST_GROUPS) && *count > GROUPS_OF_CODE {
            if !cut.contains(&severity) {
                cut.push(severity);
            }
        } else {
            shown.push(group);
        }
    }
    cut.sort();
    let mut summed = cut.clone();
    if errors > MOST_GROUPS && !summed.contains(&Severity::Error) {
        summed.insert(0, Severity::Error);
    }
    let hides_warnings = errors > 0 && cut.contains(&Severity::Warning);
    if hides_warnings {
        let is_warning = |group: &Group<'_>| group.first().is_some_and(|first| first.severity == Severity::Warning);
        shown.retain(|group| !is_warning(group));
        summed.retain(|severity| *severity != Severity::Warning);
    }
    Folded { shown, cut, summed, hides_warnings }
}

/// Groups diagnostics with equal texts if there are more than [`MOST_REPEATS`] of them; each other diagnostic is
/// a group by itself.
fn gather(sorted: Vec<&Diagnostic>) -> Vec<Group<'_>> {
    let mut equal: IndexMap<_, Vec<&Diagnostic>> = IndexMap::new();
    for found in &sorted {
        equal.entry(words(found)).or_default().push(found);
    }
    let mut groups = Vec::new();
    for found in sorted {
        match equal.get(&words(found)).filter(|equal| equal.len() > MOST_REPEATS) {
            Some(equal) => {
                if equal.first().is_some_and(|first| std::ptr::eq(*first, found)) {
                    groups.push(Group(equal.clone()));
                }
            }
            None => groups.push(Group(vec![found])),
        }
    }
    groups
}

/// Returns the severity, code and texts of a diagnostic; diagnostics that agree in all of them are repeats.
fn words(found: &Diagnostic) -> (Severity, &str, &str, &str) {
    (found.severity, found.code, &found.message, &found.primary.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn errors(count: usize, code: &'static str, message: impl Fn(usize) -> String) -> Vec<Diagnostic> {
        (0..count).map(|at| Diagnostic::error(code, Span::new(FileId::ENTRY, at, at), message(at))).collect()
    }

    #[test]
    fn repeated_errors_become_one_group() {
        let found = errors(5, "unknown-field", |_| "unknown field `colour`".to_owned());
        let folded = fold(found.iter().collect());
        assert_eq!(folded.shown.len(), 1);
        assert_eq!(folded.shown[0].repeats().len(), 4);
        assert!(folded.cut.is_empty());
    }

    #[test]
    fn twenty_different_errors_are_all_shown() {
        let found = errors(MOST_GROUPS, "unknown-field", |at| format!("unknown field `{at}`"));
        assert_eq!(fold(found.iter().collect()).shown.len(), MOST_GROUPS);
    }

    #[test]
    fn many_different_errors_show_the_first_of_each_code() {
        let mut found = errors(MOST_GROUPS, "unknown-field", |at| format!("unknown field `{at}`"));
        found.extend(errors(2, "wrong-type", |at| format!("`{at}` must be a string")));
        let folded = fold(found.iter().collect());
        assert_eq!(folded.shown.len(), GROUPS_OF_CODE + 2);
        assert_eq!(folded.cut, [Severity::Error]);
    }

    #[test]
    fn many_warnings_are_hidden_while_there_are_errors() {
        let mut found = errors(1, "wrong-type", |_| "must be a string".to_owned());
        let warnings =
            (0..30).map(|at| Diagnostic::warning("unknown-format", Span::new(FileId::ENTRY, at, at), at.to_string()));
        found.extend(warnings);
        let folded = fold(found.iter().collect());
        assert!(folded.hides_warnings);
        assert_eq!(folded.shown.len(), 1);
        assert!(folded.summed.is_empty());
    }

    #[test]
    fn unfolded_diagnostics_are_all_shown() {
        let found = errors(50, "unknown-field", |_| "unknown field `colour`".to_owned());
        assert_eq!(unfolded(found.iter().collect()).shown.len(), 50);
    }
}
