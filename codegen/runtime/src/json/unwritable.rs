//! Values that JSON or the format of their schema cannot represent, such as a number that is not finite.

use std::error::Error;
use std::fmt;

/// A value that the writer could not write, with its position in the text.
#[derive(Debug)]
pub(super) struct Fault {
    /// The offset in the written text at which the value would be.
    pub(super) at: usize,
    pub(super) value: String,
    pub(super) reason: &'static str,
}

/// The error for a value that JSON or the format of its schema cannot represent. The value is not sent.
///
/// ```
/// use std::collections::BTreeMap;
/// use writ_runtime::{Write, Writer};
///
/// let prices = BTreeMap::from([("tea".to_owned(), vec![1.5, f64::NAN])]);
/// let mut writer = Writer::new();
/// prices.write(&mut writer);
/// let error = writer.finish().unwrap_err();
/// assert_eq!(error.to_string(), "tea[1]: NaN is not a finite number, which JSON cannot represent");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwritable {
    /// The field path of the value, such as `items[2].price`. Empty if the value is the complete body.
    pub field: String,
    /// The value and the reason why it cannot be written.
    pub message: String,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.message)
    }
}

impl Error for Unwritable {}

impl Fault {
    /// Returns the error of this fault, whose field path follows from the JSON text before the value.
    pub(super) fn locate(&self, written: &[u8]) -> Unwritable {
        let before = written.get(..self.at).unwrap_or(written);
        Unwritable { field: path(&String::from_utf8_lossy(before)), message: format!("{} {}", self.value, self.reason) }
    }
}

/// An array or object that is open at the end of a JSON text.
enum Open {
    Array(usize),
    Object(String),
}

/// Returns the field path of the value that follows an incomplete JSON text.
fn path(text: &str) -> String {
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '[' => open.push(Open::Array(0)),
            '{' => open.push(Open::Object(String::new())),
            ']' | '}' => drop(open.pop()),
            ',' => {
                if let Some(Open::Array(index)) = open.last_mut() {
                    *index += 1;
                }
            }
            '"' => {
                length = string_length(rest);
                let (string, after) = rest.split_at(length);
                if let (Some(Open::Object(key)), true) = (open.last_mut(), after.starts_with(':')) {
                    *key = serde_json::from_str(string).unwrap_or_default();
                }
            }
            _ => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    let mut path = String::new();
    for one in open {
        match one {
            Open::Array(index) => path.push_str(&format!("[{index}]")),
            Open::Object(key) => super::violations::push_name(&mut path, &key),
        }
    }
    path
}

/// Returns the length in bytes of the JSON string that `text` begins with, including its quotes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}
