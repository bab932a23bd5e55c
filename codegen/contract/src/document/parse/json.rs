//! The JSON reader (RFC 8259), which records the span of every value and keeps numbers as source text.

use super::syntax::{MAX_DEPTH, Syntax, duplicate_key};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::node::{Key, Node, Object, Value};
use crate::source::{FileId, Span};

/// The state of the JSON reader: its position and nesting depth in the text of a file.
struct Reader<'t, 'd> {
    file: FileId,
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    diagnostics: &'d mut Diagnostics,
}

/// Parses the text of a file as JSON into a tree with spans.
///
/// Duplicate keys are reported to `diagnostics`.
///
/// # Errors
///
/// Returns the syntax error if the text cannot be read.
pub(super) fn read(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Result<Node, Syntax> {
    let mut reader = Reader { file, text, bytes: text.as_bytes(), at: 0, depth: 0, diagnostics };
    reader.skip_space();
    let node = reader.value()?;
    reader.skip_space();
    if reader.at < reader.bytes.len() {
        return Err(reader.unexpected("expected the end of the file"));
    }
    Ok(node)
}

impl Reader<'_, '_> {
    fn value(&mut self) -> Result<Node, Syntax> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word()?,
            Some(b'\'') => return Err(self.unexpected("JSON strings need double quotes")),
            Some(b'/') => return Err(self.unexpected("JSON does not allow comments")),
            _ => return Err(self.unexpected("expected a value")),
        };
        Ok(Node { span: self.span_from(start), value })
    }

    fn object(&mut self) -> Result<Value, Syntax> {
        let open = self.enter()?;
        let mut object = Object::default();
        self.skip_space();
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(Value::Object(object));
        }
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected_in(open, "expected a name in double quotes"));
            }
            let key = Key { name: self.string()?, span: self.span_from(start) };
            self.skip_space();
            if !self.take(b':') {
                return Err(self.unexpected_in(open, "expected `:`"));
            }
            self.skip_space();
            let node = self.value()?;
            let span = key.span;
            let name = key.name.clone();
            if let Err(first) = object.insert(key, node) {
                self.diagnostics.push(duplicate_key(&name, first, span));
            }
            self.skip_space();
            if self.take(b'}') {
                self.depth -= 1;
                return Ok(Value::Object(object));
            }
            self.comma(open, b'}', "expected `,` or `}`")?;
        }
    }

    fn array(&mut self) -> Result<Value, Syntax> {
        let open = self.enter()?;
        let mut elements = Vec::new();
        self.skip_space();
        if self.take(b']') {
            self.depth -= 1;
            return Ok(Value::Array(elements));
        }
        loop {
            elements.push(self.value()?);
            self.skip_space();
            if self.take(b']') {
                self.depth -= 1;
                return Ok(Value::Array(elements));
            }
            self.comma(open, b']', "expected `,` or `]`")?;
        }
    }

    /// Consumes the opening bracket of a JSON array or object and returns its span.
    fn enter(&mut self) -> Result<Span, Syntax> {
        let open = Span::new(self.file, self.at, self.at + 1);
        if self.depth == MAX_DEPTH {
            return Err(Syntax::too_deep(open));
        }
        self.depth += 1;
        self.at += 1;
        Ok(open)
    }

    /// Consumes a comma between the elements of a JSON array or object. A trailing comma is an error.
    fn comma(&mut self, open: Span, close: u8, expected: &str) -> Result<(), Syntax> {
        let comma = self.at;
        if !self.take(b',') {
            return Err(self.unexpected_in(open, expected));
        }
        self.skip_space();
        if self.peek() == Some(close) {
            let span = Span::new(self.file, comma, comma + 1);
            let problem = Diagnostic::error("invalid-json", span, "trailing comma")
                .label("no element after the comma")
                .fix("remove the comma", span, "");
            return Err(Syntax::new(problem));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<String, Syntax> {
        let open = self.at;
        self.at += 1;
        let mut string = String::new();
        let mut plain = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    string.push_str(self.text.get(plain..self.at).unwrap_or(""));
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    string.push_str(self.text.get(plain..self.at).unwrap_or(""));
                    string.push(self.escape()?);
                    plain = self.at;
                }
                Some(0x20..) => self.at += 1,
                Some(b'\n' | b'\r') | None => {
                    let span = Span::new(self.file, open, self.at);
                    let problem = Diagnostic::error("invalid-json", span, "the string has no end")
                        .label("not closed on this line")
                        .help("close it with `\"`; write a line break in a string as `\\n`");
                    return Err(Syntax::new(problem));
                }
                Some(control) => {
                    let span = Span::new(self.file, self.at, self.at + 1);
                    let message = format!("a string contains the control character U+{control:04X}");
                    let problem = Diagnostic::error("invalid-json", span, message)
                        .help(format!("write it as an escape: `\\u{control:04x}`"));
                    return Err(Syntax::new(problem));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Syntax> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                self.at = start;
                return Err(self.bad_escape(start, "not an escape of JSON"));
            }
        })
    }

    /// Returns the character of the JSON escape `\uXXXX`, or of two such escapes that form a surrogate pair.
    fn unicode(&mut self, start: usize) -> Result<char, Syntax> {
        let first = self.hex(start)?;
        if let Some(letter) = char::from_u32(first) {
            return Ok(letter);
        }
        let pair = first < 0xDC00 && self.bytes.get(self.at..self.at + 2) == Some(b"\\u");
        if pair {
            let second_start = self.at;
            self.at += 2;
            let second = self.hex(second_start)?;
            if (0xDC00..0xE000).contains(&second) {
                let joined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = second_start;
        }
        let span = Span::new(self.file, start, start + 6);
        let problem = Diagnostic::warning("lone-surrogate", span, "half of a surrogate pair is not a character")
            .label("replaced by U+FFFD")
            .note("write a character above U+FFFF as two escapes, as in `\\ud83d\\ude00`");
        self.diagnostics.push(problem);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex(&mut self, start: usize) -> Result<u32, Syntax> {
        let digits = self.bytes.get(self.at..self.at + 4).unwrap_or(&[]);
        let mut number = 0;
        for digit in digits {
            let Some(digit) = char::from(*digit).to_digit(16) else {
                break;
            };
            number = number * 16 + digit;
            self.at += 1;
        }
        if self.at < start + 6 {
            return Err(self.bad_escape(start, "`\\u` needs four hexadecimal digits"));
        }
        Ok(number)
    }

    fn bad_escape(&self, start: usize, label: &str) -> Syntax {
        let after = self.text.get(start + 1..).and_then(|rest| rest.chars().next());
        let end = start + 1 + after.map_or(0, char::len_utf8);
        let span = Span::new(self.file, start, end);
        let problem = Diagnostic::error("invalid-json", span, "invalid escape in a string").label(label);
        Syntax::new(problem.help("write a backslash as `\\\\`"))
    }

    fn number(&mut self) -> Result<String, Syntax> {
        let start = self.at;
        self.take(b'-');
        let whole = self.digits();
        let leading_zero = whole > 1 && self.bytes.get(self.at - whole) == Some(&b'0');
        let mut good = whole > 0 && !leading_zero;
        if self.take(b'.') {
            good &= self.digits() > 0;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            good &= self.digits() > 0;
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if good {
            return Ok(text.to_owned());
        }
        let label = match leading_zero {
            true => "leading zero",
            false => "missing digit",
        };
        let span = self.span_from(start);
        Err(Syntax::new(Diagnostic::error("invalid-json", span, format!("`{text}` is not a number")).label(label)))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn word(&mut self) -> Result<Value, Syntax> {
        let start = self.at;
        while matches!(self.peek(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_')) {
            self.at += 1;
        }
        let word = self.text.get(start..self.at).unwrap_or("");
        let intended = match word {
            "true" => return Ok(Value::Bool(true)),
            "false" => return Ok(Value::Bool(false)),
            "null" => return Ok(Value::Null),
            "True" | "TRUE" => Some("true"),
            "False" | "FALSE" => Some("false"),
            "None" | "Null" | "NULL" | "undefined" | "nil" => Some("null"),
            _ => None,
        };
        let span = self.span_from(start);
        let problem = Diagnostic::error("invalid-json", span, format!("`{word}` is not a JSON value"));
        Err(Syntax::new(match intended {
            Some(intended) => problem.suggest(span, intended),
            None => problem.label("expected a value").help("a string needs double quotes"),
        }))
    }

    fn unexpected(&self, expected: &str) -> Syntax {
        Syntax::new(self.unexpected_here(expected))
    }

    fn unexpected_in(&self, open: Span, expected: &str) -> Syntax {
        Syntax::new(self.unexpected_here(expected).also(open, "opened here"))
    }

    fn unexpected_here(&self, expected: &str) -> Diagnostic {
        let letter = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        let end = self.at + letter.map_or(0, char::len_utf8);
        let message = match letter {
            Some(letter) => format!("unexpected `{}`", letter.escape_debug()),
            None => "unexpected end of the file".to_owned(),
        };
        Diagnostic::error("invalid-json", Span::new(self.file, self.at, end), message).label(expected)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(self.file, start, self.at)
    }
}

#[cfg(test)]
mod tests;
