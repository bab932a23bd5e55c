//! The layout of long lines in generated code. Templates cannot foresee them, since a name of the contract may
//! have any length.
//!
//! A line over [`MAX`] columns is broken at its outermost brackets, as `rustfmt` does. All other lines are
//! unchanged. The tokens stay the same, except for trailing commas and for braces around the body of a closure
//! or match arm that moves to a separate line.

mod broken;
mod places;
mod prose;
mod token;

pub use prose::wrap;

use places::Line;
use token::{Lexed, lex};

/// The greatest number of columns in a line of generated code, as in `.rustfmt.toml`.
pub const MAX: usize = 120;

/// Adds the text of a generated Rust file to `out`, and breaks lines that are too long.
///
/// Takes linear time. A line without a possible break stays as it is, such as a string, a URL or a heading.
pub fn lay_out(text: &str, out: &mut String) {
    lay_out_within(text, MAX, out);
}

/// Adds the text of a generated Rust file to `out`, and breaks lines that are longer than `max` columns.
fn lay_out_within(text: &str, max: usize, out: &mut String) {
    // Only a raw string can span several lines.
    let raw = text.contains("#\"");
    let mut done = 0;
    let mut at = 0;
    while at < text.len() {
        if !raw {
            at = after_short_lines(text, at, max);
        }
        let end = text[at..].find('\n').map_or(text.len(), |place| at + place + 1);
        let code = text[at..end].trim_end_matches('\n');
        let fits = code.len() <= max;
        let is_comment = code.trim_start().starts_with("//");
        if is_comment || (fits && !code.contains('#')) {
            at = end;
            continue;
        }
        match lex(code) {
            Lexed::Tokens(tokens) if !fits => {
                out.push_str(&text[done..at]);
                broken::write(&Line { text: code, tokens }, max, out);
                done = at + code.len();
                at = end;
            }
            Lexed::OpenString(close) => at = end + after_string(&text[end..], close),
            Lexed::Tokens(_) | Lexed::Unclear => at = end,
        }
    }
    out.push_str(&text[done..]);
}

/// Returns the offset of the first line at or after `at` that is longer than `max` bytes, or the end of the text.
///
/// Looks for the last line break within the next `max` bytes, so that most bytes are not read.
fn after_short_lines(text: &str, mut at: usize, max: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        let reach = bytes.len().min(at + max + 1);
        match bytes[at..reach].iter().rposition(|byte| *byte == b'\n') {
            Some(place) => at += place + 1,
            None if reach == bytes.len() && reach <= at + max => return bytes.len(),
            None => return at,
        }
    }
}

/// Returns the number of bytes up to the end of the line on which an open raw string ends. `close` ends the raw
/// string. Raw strings that begin on that line are included.
fn after_string(text: &str, mut close: String) -> usize {
    let mut at = 0;
    while let Some(place) = text[at..].find(&close) {
        let rest = at + place + close.len();
        at = text[rest..].find('\n').map_or(text.len(), |end| rest + end + 1);
        match lex(text[rest..at].trim_end_matches('\n')) {
            Lexed::OpenString(next) => close = next,
            Lexed::Tokens(_) | Lexed::Unclear => return at,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests;
