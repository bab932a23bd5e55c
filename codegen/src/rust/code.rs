//! Text that is Rust already, told apart from text of the contract by its type.

use std::fmt;

use minijinja::Value;
use serde::{Serialize, Serializer};

/// Rust that the generator made. Templates interpolate it as it is; a plain string they refuse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Code(pub String);

impl Code {
    /// Rust from anything that displays as Rust.
    pub fn of(text: impl fmt::Display) -> Code {
        Code(text.to_string())
    }

    /// A string literal of any text.
    pub fn literal(text: &str) -> Code {
        Code(literal(text))
    }
}

impl From<String> for Code {
    fn from(text: String) -> Code {
        Code(text)
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Code {
        Code(text.to_owned())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

/// A Rust string literal that reads back as exactly `text`. Everything that could end it, break a
/// line or turn the direction of text is escaped.
pub fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hidden if hidden.is_control() || is_bidirectional(hidden) => {
                out.push_str(&format!("\\u{{{:x}}}", hidden as u32))
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
    out
}

/// A literal that shows a text of many lines as it stands; what a raw literal cannot hold is escaped.
pub fn raw_literal(text: &str) -> String {
    let plain = |letter: char| letter == '\n' || (!letter.is_control() && !is_bidirectional(letter));
    if !text.chars().all(plain) {
        return literal(text);
    }
    let hashes =
        (1..).map(|count| "#".repeat(count)).find(|hashes| !text.contains(&format!("\"{hashes}"))).unwrap_or_default();
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Letters that change the order in which others are shown; rustc refuses them in source.
pub fn is_bidirectional(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}
