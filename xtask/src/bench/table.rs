//! The tables of benchmark results, in the format of docs/benchmarks.md.

/// A table of benchmark results in Markdown.
pub struct Table {
    text: String,
}

impl Table {
    /// Creates a table of benchmark results with column headings and no rows.
    pub fn new(heads: &[&str]) -> Table {
        let mut table = Table { text: String::new() };
        table.row(heads.iter().map(|head| (*head).to_owned()));
        table.row(heads.iter().map(|_| "---".to_owned()));
        table
    }

    /// Adds a row to a table of benchmark results.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }

    /// Prints a title and the table of benchmark results below it.
    pub fn print(&self, title: &str) {
        println!("\n{title}\n\n{}", self.text);
    }
}

/// Formats a measured time in seconds for a table.
pub fn seconds(value: f64) -> String {
    format!("{value:.2} s")
}

/// Formats a measured number of bytes as megabytes for a table.
pub fn memory(value: f64) -> String {
    format!("{:.0} MB", value / 1e6)
}

/// Formats a measured ratio together with its largest allowed value.
pub fn ratio(value: f64, most: f64) -> String {
    let verdict = if value <= most { "" } else { ", missed" };
    format!("**{value:.2}** (≤ {most}{verdict})")
}
