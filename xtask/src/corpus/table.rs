//! The table of corpus results, with a row for each contract.

use std::time::Duration;

use super::Outcome;

/// The column headings of the table of corpus results.
const HEADS: [&str; 10] =
    ["contract", "operations", "in code", "routed", "errors", "warnings", "lines", "generate", "check", "verdict"];

/// Renders a row for each contract of the corpus and a last row with the sums. The first and the last column are
/// aligned left, the others right.
pub fn render(outcomes: &[Outcome]) -> String {
    let mut rows: Vec<[String; 10]> = vec![HEADS.map(str::to_owned)];
    rows.extend(outcomes.iter().map(row));
    rows.push(sums(outcomes));
    let widths: Vec<usize> =
        (0..HEADS.len()).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let line = |row: &[String; 10]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 | 9 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn row(outcome: &Outcome) -> [String; 10] {
    [
        outcome.name.clone(),
        outcome.expected.map_or_else(|| "?".to_owned(), |count| count.to_string()),
        outcome.code.methods.to_string(),
        outcome.routed.as_ref().map_or_else(|| "-".to_owned(), |routed| routed.count.to_string()),
        outcome.found.errors.to_string(),
        outcome.found.warnings.to_string(),
        outcome.code.lines.to_string(),
        seconds(outcome.generation),
        outcome.checked.as_ref().and_then(|checked| checked.took).map_or_else(|| "-".to_owned(), seconds),
        outcome.verdict(),
    ]
}

fn sums(outcomes: &[Outcome]) -> [String; 10] {
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum::<usize>().to_string();
    let good = outcomes.iter().filter(|outcome| outcome.shortcoming().is_none()).count();
    let checks = outcomes.iter().filter_map(|outcome| outcome.checked.as_ref()?.took);
    [
        format!("{} contracts", outcomes.len()),
        sum(|outcome| outcome.expected.unwrap_or(0)),
        sum(|outcome| outcome.code.methods),
        match outcomes.iter().any(|outcome| outcome.routed.is_some()) {
            true => sum(|outcome| outcome.routed.as_ref().map_or(0, |routed| routed.count)),
            false => "-".to_owned(),
        },
        sum(|outcome| outcome.found.errors),
        sum(|outcome| outcome.found.warnings),
        sum(|outcome| outcome.code.lines),
        seconds(outcomes.iter().map(|outcome| outcome.generation).sum()),
        Some(checks.sum()).filter(|sum: &Duration| !sum.is_zero()).map_or_else(|| "-".to_owned(), seconds),
        format!("{good} good"),
    ]
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
