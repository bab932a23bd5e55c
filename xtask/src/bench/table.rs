//! Tables in the format of docs/benchmarks.md.

/// A table of results in Markdown.
pub struct Table {
    text: String,
}

impl Table {
    /// Creates a table with headings and no rows.
    pub fn new(heads: &[&str]) -> Table {
        let mut table = Table { text: String::new() };
        table.row(heads.iter().map(|head| (*head).to_owned()));
        table.row(heads.iter().map(|_| "---".to_owned()));
        table
    }

    /// Adds a row to the table.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }

    /// Prints the table below a title.
    pub fn print(&self, title: &str) {
        println!("\n{title}\n\n{}", self.text);
    }
}

/// Formats a time in seconds.
pub fn seconds(value: f64) -> String {
    format!("{value:.2} s")
}

/// Formats a number of bytes as megabytes.
pub fn memory(value: f64) -> String {
    format!("{:.0} MB", value / 1e6)
}

/// Formats a ratio together with its largest allowed value.
pub fn ratio(value: f64, most: f64) -> String {
    let verdict = if value <= most { "" } else { ", missed" };
    format!("**{value:.2}** (≤ {most}{verdict})")
}
