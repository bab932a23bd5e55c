//! The conversion of a tree to JSON or YAML text, which keeps the order and the source text of numbers.

use std::cell::RefCell;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::node::{Node, Value};
use super::number;
use super::parse::plain_scalar;

/// The characters that YAML 1.1 treats as line breaks and YAML 1.2 does not.
const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// A tree that is serialized as YAML, with marks (placeholders) in place of some strings and numbers.
///
/// The serializer cannot write these strings and numbers as required, so each mark is replaced in its output.
struct Marked<'n> {
    node: &'n Node,
    marks: &'n Marks,
}

/// The strings and numbers that replace the marks (placeholders) in the output of the YAML serializer.
struct Marks {
    /// The start of every mark (placeholder) in the output of the YAML serializer; no string of the tree contains it.
    prefix: String,
    texts: RefCell<Vec<String>>,
}

/// Writes a tree as JSON, indented by two spaces.
///
/// Numbers keep their source text. A number that is valid only in YAML is written by its value (`0x1F` as 31,
/// `.5` as 0.5), or as a string if JSON has no such value (`.inf`).
pub fn to_json(node: &Node) -> String {
    let mut text = String::new();
    json(node, 0, &mut text);
    text.push('\n');
    text
}

/// Writes a tree as YAML 1.2. Numbers keep their source text.
pub fn to_yaml(node: &Node) -> String {
    let plain = to_json(node);
    let prefix = (0..).map(|number| format!("mark{number}x")).find(|prefix| !plain.contains(prefix.as_str()));
    let marks = Marks { prefix: prefix.unwrap_or_default(), texts: RefCell::default() };
    match serde_yaml::to_string(&Marked { node, marks: &marks }) {
        Ok(text) => marks.undo(&text),
        // JSON is valid YAML.
        Err(_) => plain,
    }
}

fn json(node: &Node, depth: usize, text: &mut String) {
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        // A number in a notation that only YAML has is written by its value.
        Value::Number(number) if is_json_number(number) => text.push_str(number),
        Value::Number(number) => match number::integer(number) {
            Some(whole) => text.push_str(&whole.to_string()),
            None => text.push_str(&number::json_number(number).to_string()),
        },
        Value::String(string) => text.push_str(&quoted(string)),
        Value::Array(elements) => {
            let all = elements.iter().map(|element| (None, element));
            json_collection(('[', ']'), all, depth, text);
        }
        Value::Object(object) => {
            let all = object.iter().map(|(key, node)| (Some(key.name.as_str()), node));
            json_collection(('{', '}'), all, depth, text);
        }
    }
}

fn json_collection<'n>(
    (open, close): (char, char),
    entries: impl Iterator<Item = (Option<&'n str>, &'n Node)>,
    depth: usize,
    text: &mut String,
) {
    text.push(open);
    let mut empty = true;
    for (name, node) in entries {
        text.push_str(if empty { "\n" } else { ",\n" });
        empty = false;
        text.push_str(&"  ".repeat(depth + 1));
        if let Some(name) = name {
            text.push_str(&quoted(name));
            text.push_str(": ");
        }
        json(node, depth + 1, text);
    }
    if !empty {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    }
    text.push(close);
}

/// Returns a string as a JSON string literal with quotes and escapes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Returns true if a number follows the grammar of JSON (RFC 8259, section 6), which is stricter than YAML's.
fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && digits(exponent) && (whole == "0" || !whole.starts_with('0'))
}

/// Returns true if a string begins like a date (`2026-`), so that a YAML 1.1 parser could read it as a timestamp.
fn looks_like_a_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}

impl Marks {
    fn mark(&self, text: String) -> String {
        let mut texts = self.texts.borrow_mut();
        texts.push(text);
        format!("{}{}x", self.prefix, texts.len() - 1)
    }

    /// Returns the text that the YAML serializer receives for a string: the string itself, or a mark (placeholder).
    ///
    /// A string needs a mark if a YAML parser would misread the output: if it looks like a number (`1e3`), a
    /// merge key or a date, or contains line breaks of YAML 1.1.
    fn string(&self, text: &str) -> String {
        let plain = matches!(plain_scalar(text), Value::String(_)) && text != "<<" && !looks_like_a_date(text);
        if plain && !text.contains(BREAKS) {
            return text.to_owned();
        }
        let quoted = quoted(text);
        self.mark(
            BREAKS.iter().fold(quoted, |text, letter| text.replace(*letter, &format!("\\u{:04x}", u32::from(*letter)))),
        )
    }

    fn undo(&self, marked: &str) -> String {
        let texts = self.texts.borrow();
        let mut parts = marked.split(self.prefix.as_str());
        let mut text = parts.next().unwrap_or("").to_owned();
        for part in parts {
            let (number, rest) = part.split_once('x').unwrap_or(("", part));
            let replaced = number.parse::<usize>().ok().and_then(|number| texts.get(number));
            text.push_str(replaced.map_or("", String::as_str));
            text.push_str(rest);
        }
        text
    }
}

impl Serialize for Marked<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let marks = self.marks;
        match &self.node.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(truth) => serializer.serialize_bool(*truth),
            Value::Number(number) => serializer.serialize_str(&marks.mark(number.clone())),
            Value::String(text) => serializer.serialize_str(&marks.string(text)),
            Value::Array(elements) => {
                let mut sequence = serializer.serialize_seq(Some(elements.len()))?;
                for node in elements {
                    sequence.serialize_element(&Marked { node, marks })?;
                }
                sequence.end()
            }
            Value::Object(object) => {
                let mut map = serializer.serialize_map(Some(object.len()))?;
                for (key, node) in object {
                    map.serialize_entry(&marks.string(&key.name), &Marked { node, marks })?;
                }
                map.end()
            }
        }
    }
}
