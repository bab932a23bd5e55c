//! The parsing of a contract's file: its bytes are decoded as UTF-8 and read as YAML or JSON into a tree.
//!
//! The readers of both formats produce a [`Node`] tree with spans. The extension of the file and its first
//! character decide the format.

mod advice;
mod json;
mod scalar;
mod syntax;
mod yaml;
mod yaml_error;

use std::io::Read;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::node::{Node, Value};
use crate::source::{FileId, Sources, Span};
use advice::{entry_advice, url};
use syntax::Syntax;

pub(super) use scalar::plain_scalar;
pub(super) use syntax::MAX_DEPTH;

/// The largest size of a contract's file, in bytes. Larger files are rejected.
const MAX_SIZE: u64 = 64 << 20;

/// The text of a file, decoded as far as possible, and the problem with its encoding, if any.
struct Text {
    text: String,
    problem: Option<Problem>,
}

/// A problem with the encoding of a file, such as an invalid byte of UTF-8.
struct Problem {
    at: usize,
    message: &'static str,
    help: &'static str,
    /// True if the file can be read in spite of the problem.
    readable: bool,
}

/// Adds a file of a contract to the sources and parses it.
///
/// Problems are added to `diagnostics`. Returns no tree if the file cannot be read; the last diagnostic then
/// states the reason.
pub(super) fn read_file(
    display_path: String,
    path: &Path,
    strict: bool,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (FileId, Option<Node>) {
    let text = match bytes(path) {
        Ok(bytes) => decode(bytes),
        Err(message) => {
            let (display_path, message) = match url(path) {
                Some(url) => (url.clone(), format!("`{url}` is a URL, not a file")),
                None => (display_path.clone(), format!("cannot read `{display_path}`: {message}")),
            };
            let file = sources.add(display_path, path.to_owned(), String::new());
            let problem = Diagnostic::error("unreadable-file", Span::start_of(file), message);
            diagnostics.push(match entry_advice(path) {
                Some(advice) => problem.help(advice),
                None => problem,
            });
            return (file, None);
        }
    };
    read_text(display_path, path, (text, strict), sources, diagnostics)
}

/// Reads a contract from standard input. Diagnostics name it as the file `path`, which does not exist.
pub(super) fn read_stdin(
    path: &Path,
    strict: bool,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (FileId, Option<Node>) {
    let display_path = "standard input".to_owned();
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(MAX_SIZE + 1).read_to_end(&mut bytes);
    let refusal = match read {
        Err(error) => Some(reason(&error)),
        Ok(_) if bytes.len() as u64 > MAX_SIZE => Some(too_large()),
        Ok(_) => None,
    };
    if let Some(refusal) = refusal {
        let file = sources.add(display_path, path.to_owned(), String::new());
        let message = format!("cannot read standard input: {refusal}");
        diagnostics.push(Diagnostic::error("unreadable-file", Span::start_of(file), message));
        return (file, None);
    }
    read_text(display_path, path, (decode(bytes), strict), sources, diagnostics)
}

fn read_text(
    display_path: String,
    path: &Path,
    (text, strict): (Text, bool),
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (FileId, Option<Node>) {
    let file = sources.add(display_path, path.to_owned(), text.text);
    if let Some(problem) = text.problem {
        let span = Span::new(file, problem.at, problem.at);
        let severity = if problem.readable && !strict { Diagnostic::warning } else { Diagnostic::error };
        diagnostics.push(severity("invalid-encoding", span, problem.message.to_owned()).help(problem.help));
        if !problem.readable {
            return (file, None);
        }
    }
    let text = sources.text(file);
    match tree(file, path, (text, strict), diagnostics) {
        Ok(node) => (file, Some(node)),
        Err(Syntax(problem)) => {
            diagnostics.push(*problem);
            (file, None)
        }
    }
}

fn tree(
    file: FileId,
    path: &Path,
    (text, strict): (&str, bool),
    diagnostics: &mut Diagnostics,
) -> Result<Node, Syntax> {
    if text.trim().is_empty() {
        let problem = Diagnostic::error("empty-file", Span::start_of(file), "the file is empty");
        return Err(Syntax::new(problem.help("a contract begins with `openapi: 3.0.3`")));
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    if extension.eq_ignore_ascii_case("json") {
        return json::read(file, text, diagnostics)
            .or_else(|syntax| almost_json(file, (text, strict), syntax, diagnostics));
    }
    // JSON is valid YAML, but the JSON reader is many times faster.
    if text.trim_start().starts_with('{') {
        let mut found = Diagnostics::new();
        if let Ok(node) = json::read(file, text, &mut found) {
            diagnostics.extend(found);
            return Ok(node);
        }
    }
    yaml::read(file, text, diagnostics)
}

/// Reads a file that is named `.json` but contains a mistake such as a trailing comma, if it is valid YAML.
///
/// # Errors
///
/// Returns the syntax error of JSON if the file is not YAML either, or is not an object.
fn almost_json(
    file: FileId,
    (text, strict): (&str, bool),
    Syntax(problem): Syntax,
    diagnostics: &mut Diagnostics,
) -> Result<Node, Syntax> {
    let mut found = Diagnostics::new();
    let node = match yaml::read(file, text, &mut found) {
        Ok(node) if problem.code == "invalid-json" && node.as_object().is_some() => node,
        _ => return Err(Syntax(problem).not_json(text)),
    };
    diagnostics.extend(found);
    let Syntax(problem) = Syntax(problem).not_json(text);
    diagnostics.push(match strict {
        true => *problem,
        false => Diagnostic { severity: Severity::Warning, ..*problem }.note("the file is read as YAML"),
    });
    Ok(node)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|error| reason(&error))?;
    if metadata.is_dir() {
        return Err("it is a folder, not a file".to_owned());
    }
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if metadata.len() > MAX_SIZE {
        return Err(too_large());
    }
    std::fs::read(path).map_err(|error| reason(&error))
}

fn too_large() -> String {
    format!("it is larger than {} MiB", MAX_SIZE >> 20)
}

/// Returns the reason why a file cannot be read, in words that do not depend on the operating system.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "the file does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn decode(bytes: Vec<u8>) -> Text {
    if let Some(text) = decode_utf16(&bytes) {
        return text;
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{FEFF}') {
                text.drain(..'\u{FEFF}'.len_utf8());
            }
            Text { text, problem: None }
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let message = "the file is not UTF-8: invalid byte";
            let problem = Problem { at, message, help: "save it as UTF-8", readable: false };
            Text { text, problem: Some(problem) }
        }
    }
}

/// Returns the text of a file in UTF-16, which YAML allows (YAML 1.2, section 5.2) and OpenAPI does not; `None` for
/// another encoding.
fn decode_utf16(bytes: &[u8]) -> Option<Text> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xFF, 0xFE, ..] | [1..=0x7F, 0, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] | [0, 1..=0x7F, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes.chunks(2).map(|pair| match pair {
        [one, two] => unit([*one, *two]),
        // Half of a unit is not text.
        _ => 0xDC00,
    });
    let decoded: Result<String, _> = char::decode_utf16(units).collect();
    let readable = decoded.is_ok();
    let message = if readable { "the file is UTF-16, not UTF-8" } else { "the file is not valid UTF-16" };
    let problem = Problem { at: 0, message, help: "save it as UTF-8", readable };
    let text = decoded.unwrap_or_default();
    Some(Text { text: text.strip_prefix('\u{FEFF}').unwrap_or(&text).to_owned(), problem: Some(problem) })
}

/// Returns the tree that stands for a file that could not be read: a single null.
pub(super) fn empty_tree(file: FileId) -> Node {
    Node { span: Span::start_of(file), value: Value::Null }
}
