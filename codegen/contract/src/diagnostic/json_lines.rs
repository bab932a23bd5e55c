//! The rendering of diagnostics for editors and other tools: one JSON object per line.

use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{Sources, Span};

/// Renders each diagnostic as a JSON object on a line of its own, ordered by location.
///
/// Lines and columns count from 1, and columns count characters; `start` and `end` are byte offsets. Repeated
/// diagnostics are all printed.
///
/// ```
/// use std::path::PathBuf;
/// use writ_contract::diagnostic::{Diagnostic, Diagnostics, render_json_lines};
/// use writ_contract::source::{Sources, Span};
///
/// let mut sources = Sources::default();
/// let file = sources.add("pets.yaml".to_owned(), PathBuf::from("pets.yaml"), "openapi: 4.0.0\n".to_owned());
/// let mut diagnostics = Diagnostics::new();
/// diagnostics.push(Diagnostic::error("unknown-version", Span::new(file, 9, 14), "unknown version"));
///
/// let lines = render_json_lines(&diagnostics, &sources);
/// let record: serde_json::Value = serde_json::from_str(lines.trim())?;
/// assert_eq!(record["code"], "unknown-version");
/// assert_eq!(record["primary"]["at"]["column"], 10);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn render_json_lines(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let lines = diagnostics.sorted().into_iter().map(|diagnostic| format!("{}\n", record(diagnostic, sources)));
    lines.collect()
}

fn record(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let secondary: Vec<Value> = diagnostic.secondary.iter().map(|label| labelled(label, sources)).collect();
    let help = diagnostic.help.as_ref().map(|help| {
        let change = help.replacement.as_ref();
        json!({
            "message": help.message,
            "replace": change.map(|(span, _)| location(*span, sources)),
            "with": change.map(|(_, text)| text),
        })
    });
    let origin = sources.origin(diagnostic.primary.span).map(str::to_owned);
    let copy = sources.url(diagnostic.primary.span.file).map(|url| format!("the file is a copy of {url}"));
    let notes: Vec<&String> = diagnostic.notes.iter().chain(&origin).chain(&copy).collect();
    json!({
        "severity": severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "primary": labelled(&diagnostic.primary, sources),
        "secondary": secondary,
        "notes": notes,
        "help": help,
    })
}

fn labelled(label: &Label, sources: &Sources) -> Value {
    json!({ "at": location(label.span, sources), "text": label.text })
}

fn location(span: Span, sources: &Sources) -> Value {
    let (line, column) = sources.location(span);
    let (end_line, end_column) = sources.location(Span { start: span.end, ..span });
    json!({
        "file": sources.display_path(span.file),
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
        "start": span.start,
        "end": span.end,
    })
}
