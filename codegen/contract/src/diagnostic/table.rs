//! The table that a terminal shows after many diagnostics: one line for each code.

use indexmap::IndexMap;

use super::{Counts, Diagnostic, Severity, plural};
use crate::source::Sources;

/// The longest message in the closing table of diagnostics, in characters.
const LONGEST_MESSAGE: usize = 90;

/// Returns the closing table for the diagnostics of one severity: a row for each code, the most frequent code first.
///
/// A row has the number of diagnostics, the code, and the location and message of the first diagnostic.
pub(super) fn table(sorted: &[&Diagnostic], severity: Severity, sources: &Sources, color: bool) -> String {
    let mut kinds: IndexMap<&str, Vec<&Diagnostic>> = IndexMap::new();
    for found in sorted.iter().filter(|found| found.severity == severity) {
        kinds.entry(found.code).or_default().push(found);
    }
    let total: usize = kinds.values().map(Vec::len).sum();
    kinds.sort_by(|code, found, other_code, other| other.len().cmp(&found.len()).then(code.cmp(other_code)));
    let rows: Vec<[String; 4]> = kinds.iter().filter_map(|(code, found)| row(code, found, sources)).collect();
    let width = |column: usize, title: &str| {
        rows.iter().map(|row| row[column].chars().count()).chain([title.len()]).max().unwrap_or_default()
    };
    let (count, code, place) = (width(0, "count"), width(1, "code"), width(2, "first location"));
    let heading = format!("{} of {}:", Counts::of(severity, total), plural(kinds.len(), "kind"));
    let heading = if color { format!("\u{1b}[1m{heading}\u{1b}[0m") } else { heading };
    let mut lines = vec![heading];
    lines.push(format!("  {:>count$}  {:code$}  {:place$}  {}", "count", "code", "first location", "message"));
    lines.extend(
        rows.iter().map(|row| format!("  {:>count$}  {:code$}  {:place$}  {}", row[0], row[1], row[2], row[3])),
    );
    lines.push(String::new());
    lines.join("\n")
}

fn row(code: &str, found: &[&Diagnostic], sources: &Sources) -> Option<[String; 4]> {
    let first = found.first()?;
    let (line, column) = sources.location(first.primary.span);
    let place = format!("{}:{line}:{column}", sources.display_path(first.primary.span.file));
    let mut message: String = first.message.chars().take(LONGEST_MESSAGE).collect();
    if message.len() < first.message.len() {
        message.push('…');
    }
    Some([found.len().to_string(), code.to_owned(), place, message])
}
