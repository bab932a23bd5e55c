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

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::document::node::{Node, Value};
use crate::source::{FileId, Sources, Span};
use advice::{entry_advice, url};
use syntax::Syntax;

pub(super) use scalar::plain_scalar;

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
}

/// Adds a file of a contract to the sources and parses it.
///
/// Problems are added to `diagnostics`. Returns no tree if the file cannot be read; the last diagnostic then
/// states the reason.
pub(super) fn read_file(
    display_path: String,
    path: &Path,
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
    read_text(display_path, path, text, sources, diagnostics)
}

/// Reads a contract from standard input. Diagnostics name it as the file `path`, which does not exist.
pub(super) fn read_stdin(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> (FileId, Option<Node>) {
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
    read_text(display_path, path, decode(bytes), sources, diagnostics)
}

fn read_text(
    display_path: String,
    path: &Path,
    text: Text,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> (FileId, Option<Node>) {
    let file = sources.add(display_path, path.to_owned(), text.text);
    if let Some(problem) = text.problem {
        let span = Span::new(file, problem.at, problem.at);
        diagnostics.push(Diagnostic::error("invalid-encoding", span, problem.message).help(problem.help));
        return (file, None);
    }
    let text = sources.text(file);
    match tree(file, path, text, diagnostics) {
        Ok(node) => (file, Some(node)),
        Err(Syntax(problem)) => {
            diagnostics.push(*problem);
            (file, None)
        }
    }
}

fn tree(file: FileId, path: &Path, text: &str, diagnostics: &mut Diagnostics) -> Result<Node, Syntax> {
    if text.trim().is_empty() {
        let problem = Diagnostic::error("empty-file", Span::start_of(file), "the file is empty");
        return Err(Syntax::new(problem.help("a contract begins with `openapi: 3.0.3`")));
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    if extension.eq_ignore_ascii_case("json") {
        return json::read(file, text, diagnostics).map_err(|syntax| syntax.not_json(text));
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
    const UTF16: Problem = Problem { at: 0, message: "the file is UTF-16, not UTF-8", help: "save it as UTF-8" };
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Text { text: String::new(), problem: Some(UTF16) };
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
            let problem = Problem { at, message, help: "save it as UTF-8" };
            Text { text, problem: Some(problem) }
        }
    }
}

/// Returns the tree that stands for a file that could not be read: a single null.
pub(super) fn empty_tree(file: FileId) -> Node {
    Node { span: Span::start_of(file), value: Value::Null }
}
