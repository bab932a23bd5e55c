//! The template filters that write text of a contract safely as a part of Rust source code.

use minijinja::{Environment, Error, Value};

use super::layout::wrap;
use super::lists::{deeper, filled};
use crate::rust::code::{is_bidirectional, literal};

/// Adds the filters to the template engine.
pub fn add(environment: &mut Environment<'static>) {
    environment.add_filter("literal", |text: &str| Value::from_safe_string(literal(text)));
    environment.add_filter("doc", |text: &str, indent: Option<usize>| {
        Value::from_safe_string(doc(text, "///", indent.unwrap_or(0)))
    });
    environment.add_filter("filled", |list: &Value, indent: usize, open: &str, close: &str| {
        let elements: Vec<Value> = list.try_iter()?.collect();
        let elements: Vec<&str> = elements.iter().filter_map(Value::as_str).collect();
        Ok::<Value, Error>(Value::from_safe_string(filled(&elements, indent, open, close)))
    });
    environment.add_filter("deeper", |text: &str| Value::from_safe_string(deeper(text)));
    environment.add_filter("plain", |name: &Value| plain(name));
    environment.add_filter("module_doc", |text: &str| Value::from_safe_string(doc(text, "//!", 0)));
}

/// Returns a Rust identifier without `r#`, for a link in documentation. Code stays code, and plain text stays
/// plain text.
fn plain(name: &Value) -> Value {
    let plain = name.to_string().trim_start_matches("r#").to_owned();
    if name.is_safe() { Value::from_safe_string(plain) } else { Value::from(plain) }
}

/// Returns text of a contract as the lines of a doc comment, each with a line break. Returns an empty string
/// for empty text.
fn doc(text: &str, slashes: &str, indent: usize) -> String {
    let text = text.trim();
    let prefix = format!("{:indent$}{slashes} ", "");
    let mut out = String::with_capacity(text.len() + prefix.len() + 1);
    let mut comment = Comment { blank: false, fence: None, prefix: &prefix, out: &mut out };
    // Most text is plain ASCII and needs no filter for single characters.
    if text.bytes().all(|byte| byte == b'\n' || (b' '..0x7f).contains(&byte)) {
        text.split('\n').for_each(|line| comment.add(line));
        return out;
    }
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']) {
        let line: String = line
            .chars()
            .filter(|letter| !letter.is_control() || *letter == '\t')
            .filter(|letter| !is_bidirectional(*letter))
            .collect();
        comment.add(&line.trim_end().replace('\t', "    "));
    }
    out
}

/// The builder of a doc comment in generated code.
struct Comment<'a> {
    /// True if an empty line of the doc comment is pending after the last line with text.
    blank: bool,
    /// The character of the fence that opened the current code block of the doc comment, or `None` outside of code
    /// blocks.
    fence: Option<char>,
    /// The start of each line of the doc comment: the indentation and the slashes.
    prefix: &'a str,
    /// The lines of the doc comment so far.
    out: &'a mut String,
}

impl Comment<'_> {
    /// Adds a line to the doc comment. Empty lines at the start and the end are omitted, and adjacent empty
    /// lines are merged.
    fn add(&mut self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() {
            self.blank = !self.out.is_empty();
            return;
        }
        if std::mem::take(&mut self.blank) {
            self.out.extend([self.prefix.trim_end(), "\n"]);
        }
        wrap(line, self.prefix, &mut self.fence, self.out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_a_doc_comment() {
        let text = "first\r\nfn evil() {}\u{2028}*/ also evil\n\n\n\nlast";
        assert_eq!(
            doc(text, "///", 4),
            "    /// first\n    ///\n    /// fn evil() {}\n    /// */ also evil\n    ///\n    /// last\n"
        );
    }

    #[test]
    fn an_empty_description_makes_no_comment() {
        assert_eq!(doc("  \n ", "///", 0), "");
    }
}
