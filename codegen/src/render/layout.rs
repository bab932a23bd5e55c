//! The layout of lines that templates cannot foresee: a name of the contract may be of any length.
//!
//! Lines over [`MAX`] columns are broken at their outermost brackets, as `rustfmt` would break them.
//! Nothing else is touched, and no token changes, but for trailing commas and the braces around the
//! body of a closure or of an arm that moves to a line of its own.

mod broken;
mod places;
mod prose;
mod token;

pub use prose::wrap;

use places::Line;
use token::{Lexed, lex};

/// The greatest number of columns of a line, as in `.rustfmt.toml`.
pub const MAX: usize = 120;

/// Breaks the lines of a Rust file that are too long.
///
/// Takes linear time. A line that cannot be broken stays as it is: a string, a URL, a heading.
pub fn lay_out(text: String) -> String {
    lay_out_within(text, MAX)
}

/// Breaks the lines that are longer than `max`.
fn lay_out_within(text: String, max: usize) -> String {
    if text.lines().all(|line| line.len() <= max) {
        return text;
    }
    let raw = text.contains("r#\"") || text.contains("r##");
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let code = line.trim_end_matches('\n');
        let fits = code.len() <= max;
        if (fits && !raw) || code.trim_start().starts_with("//") {
            out.push_str(line);
            continue;
        }
        match lex(code) {
            Lexed::Tokens(tokens) if !fits => {
                broken::write(&Line { text: code, tokens }, max, &mut out);
                out.push('\n');
            }
            Lexed::OpenString(end) => {
                out.push_str(line);
                copy_string(&mut lines, end, &mut out);
            }
            Lexed::Tokens(_) | Lexed::Unclear => out.push_str(line),
        }
    }
    out
}

/// Copies the lines up to the end of a raw string, and of others that begin on its last line.
fn copy_string<'t>(lines: &mut impl Iterator<Item = &'t str>, mut end: String, out: &mut String) {
    for line in lines {
        out.push_str(line);
        let mut rest = line;
        loop {
            let Some(place) = rest.find(&end) else { break };
            rest = &rest[place + end.len()..];
            match lex(rest) {
                Lexed::OpenString(next) => end = next,
                Lexed::Tokens(_) | Lexed::Unclear => return,
            }
        }
    }
}

#[cfg(test)]
mod tests;
