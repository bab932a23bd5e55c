//! Lists that are laid out to the width of a line.

use crate::rust::mention::{OPEN, plain};

/// The widest line of a list.
const WIDTH: usize = 100;

/// Returns a list on one line where it fits, else as many of its elements to a line as fit. The line
/// begins behind `indent` columns.
pub fn filled(elements: &[&str], indent: usize, open: &str, close: &str) -> String {
    let commas = elements.len().saturating_sub(1) * 2;
    let whole: usize = elements.iter().map(|element| width(element)).sum::<usize>() + commas;
    if indent + width(open) + whole + width(close) <= WIDTH {
        return format!("{open}{}{close}", elements.join(", "));
    }
    let margin = " ".repeat(indent + 3);
    let mut out = format!("{open}\n{margin}");
    let mut column = margin.len();
    for element in elements {
        let needed = width(element) + 2;
        if column + needed > WIDTH && column != margin.len() {
            out.push('\n');
            out.push_str(&margin);
            column = margin.len();
        }
        out.push(' ');
        out.push_str(element);
        out.push(',');
        column += needed;
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push_str(close);
    out
}

/// Returns how many columns code takes where every name is in scope.
fn width(code: &str) -> usize {
    if code.contains(OPEN) { plain(code).chars().count() } else { code.chars().count() }
}

/// Returns text whose lines are indented by one more level.
pub fn deeper(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}
