//! Tables as docs/benchmarks.md shows them.

/// A table in Markdown.
pub struct Table {
    text: String,
}

impl Table {
    /// A table with these heads and nothing below them.
    pub fn new(heads: &[&str]) -> Table {
        let mut table = Table { text: String::new() };
        table.row(heads.iter().map(|head| (*head).to_owned()));
        table.row(heads.iter().map(|_| "---".to_owned()));
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }

    /// Prints it under a title.
    pub fn print(&self, title: &str) {
        println!("\n{title}\n\n{}", self.text);
    }
}

/// Seconds.
pub fn seconds(value: f64) -> String {
    format!("{value:.2} s")
}

/// Bytes.
pub fn memory(value: f64) -> String {
    format!("{:.0} MB", value / 1e6)
}

/// A ratio beside what it may be at most.
pub fn ratio(value: f64, most: f64) -> String {
    let verdict = if value <= most { "" } else { ", missed" };
    format!("**{value:.2}** (≤ {most}{verdict})")
}
