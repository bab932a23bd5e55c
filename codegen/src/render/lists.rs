//! Lists in generated code with as many elements on each line as fit.

use crate::rust::mention::{OPEN, plain};

/// The greatest number of columns in a line of a generated list.
const WIDTH: usize = 100;

/// Returns the code of a list on one line if it fits, otherwise with as many elements on each line as fit.
/// `indent` is the column of the first line.
pub fn filled(elements: &[&str], indent: usize, open: &str, close: &str) -> String {
    let commas = elements.len().saturating_sub(1) * 2;
    let total: usize = elements.iter().map(|element| width(element)).sum::<usize>() + commas;
    if indent + width(open) + total + width(close) <= WIDTH {
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

/// Returns the number of columns of code, with each mention written as its last segment.
fn width(code: &str) -> usize {
    if code.contains(OPEN) { plain(code).chars().count() } else { code.chars().count() }
}

/// Returns code with its lines indented by one more level.
pub fn deeper(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}
