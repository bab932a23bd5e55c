//! Problems as an editor reads them: one JSON object a line.

use serde_json::{Value, json};

use super::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{Sources, Span};

/// Every problem as one line of JSON; lines and columns count from 1, columns in characters.
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
            "replace": change.map(|(span, _)| place(*span, sources)),
            "with": change.map(|(_, text)| text),
        })
    });
    json!({
        "severity": severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "primary": labelled(&diagnostic.primary, sources),
        "secondary": secondary,
        "notes": diagnostic.notes,
        "help": help,
    })
}

fn labelled(label: &Label, sources: &Sources) -> Value {
    json!({ "at": place(label.span, sources), "text": label.text })
}

fn place(span: Span, sources: &Sources) -> Value {
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
