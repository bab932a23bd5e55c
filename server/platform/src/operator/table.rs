//! The text of tables that commands print.

use chrono::{DateTime, SecondsFormat, Utc};

use super::Author;

pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns the name of an author, with the role in parentheses.
pub(crate) fn by(author: &Author) -> String {
    match author.operator.as_str() {
        "" => author.role.clone(),
        operator => format!("{operator} ({})", author.role),
    }
}

/// Aligns the columns of a table. The last column is not padded.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; N]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
