//! The table of what came of each contract.

use std::time::Duration;

use super::Outcome;
use super::workspace::Checked;

/// What stands above the columns.
const HEADS: [&str; 9] =
    ["contract", "operations", "in code", "errors", "warnings", "lines", "generate", "check", "verdict"];

/// Renders a line a contract, and their sums; the first and last columns flush left, numbers right.
pub fn render(outcomes: &[Outcome]) -> String {
    let mut rows: Vec<[String; 9]> = vec![HEADS.map(str::to_owned)];
    rows.extend(outcomes.iter().map(row));
    rows.push(sums(outcomes));
    let widths: Vec<usize> =
        (0..HEADS.len()).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let line = |row: &[String; 9]| {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 | 8 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn row(outcome: &Outcome) -> [String; 9] {
    [
        outcome.name.clone(),
        outcome.expected.map_or_else(|| "?".to_owned(), |count| count.to_string()),
        outcome.code.methods.to_string(),
        outcome.found.errors.to_string(),
        outcome.found.warnings.to_string(),
        outcome.code.lines.to_string(),
        seconds(outcome.generation),
        outcome.checked.as_ref().map_or_else(|| "-".to_owned(), |checked| seconds(checked.took)),
        outcome.shortcoming().unwrap_or_else(|| "good".to_owned()),
    ]
}

fn sums(outcomes: &[Outcome]) -> [String; 9] {
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum::<usize>().to_string();
    let good = outcomes.iter().filter(|outcome| outcome.shortcoming().is_none()).count();
    let checks = outcomes.iter().filter_map(|outcome| outcome.checked.as_ref());
    [
        format!("{} contracts", outcomes.len()),
        sum(|outcome| outcome.expected.unwrap_or(0)),
        sum(|outcome| outcome.code.methods),
        sum(|outcome| outcome.found.errors),
        sum(|outcome| outcome.found.warnings),
        sum(|outcome| outcome.code.lines),
        seconds(outcomes.iter().map(|outcome| outcome.generation).sum()),
        seconds(checks.map(|checked: &Checked| checked.took).sum()),
        format!("{good} good"),
    ]
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
