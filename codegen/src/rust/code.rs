//! Rust source code as a type, which keeps it apart from text of the contract.

use std::fmt;

use minijinja::Value;
use serde::{Serialize, Serializer};

/// Rust source code that the generator made. Templates write it unchanged, whereas they reject a plain string.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Code(pub String);

impl Code {
    /// Returns the `Display` output of a value as Rust code.
    pub fn of(text: impl fmt::Display) -> Code {
        Code(text.to_string())
    }

    /// Returns any text as Rust code, in the form of a string literal.
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

/// Returns strings as Rust string literals, separated by commas.
pub fn literals(texts: &[String]) -> String {
    texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ")
}

/// Returns a Rust string literal whose value is exactly `text`.
///
/// Escapes every character that could end the literal, break the line or change the direction of text.
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

/// Returns a raw string literal of `text`, for readable text of many lines. Returns an escaped literal if a
/// raw one cannot hold the text.
pub fn raw_literal(text: &str) -> String {
    let plain = |letter: char| letter == '\n' || (!letter.is_control() && !is_bidirectional(letter));
    if !text.chars().all(plain) {
        return literal(text);
    }
    let hashes =
        (1..).map(|count| "#".repeat(count)).find(|hashes| !text.contains(&format!("\"{hashes}"))).unwrap_or_default();
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Returns true for a character that changes the order in which other characters are displayed. `rustc` rejects
/// such characters in source code.
pub fn is_bidirectional(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}
