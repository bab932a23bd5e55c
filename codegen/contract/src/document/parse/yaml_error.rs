//! The conversion of YAML syntax errors to diagnostics with advice.

use granit_parser::{ErrorKind, ScanError};

use super::syntax::Syntax;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// The texts of the diagnostic for a YAML syntax error: message, label and help.
type Words = (String, &'static str, String);

/// The label of a diagnostic that points at a tab.
const TAB: &str = "a tab";

/// Creates the diagnostic for a syntax error of the YAML parser.
pub(super) fn explain(file: FileId, text: &str, error: &ScanError) -> Syntax {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let (message, label, help) = words(error.kind(), text, at);
    let tab = tab(file, text, at).filter(|_| label == TAB);
    let span = tab.unwrap_or_else(|| token(file, text, at));
    let code = match error.kind() {
        ErrorKind::RecursionLimitExceeded => "too-deep",
        kind if is_indentation(kind) => "bad-indentation",
        _ => "invalid-yaml",
    };
    let mut problem = Diagnostic::error(code, span, message).label(label);
    if !help.is_empty() {
        problem = problem.help(help);
    }
    Syntax::new(problem)
}

fn is_indentation(kind: &ErrorKind) -> bool {
    use ErrorKind as Kind;
    matches!(
        kind,
        Kind::TabNotAllowed
            | Kind::TabInBlockIndentation
            | Kind::TabInIndentation
            | Kind::TabAtBlockScalarStart
            | Kind::InvalidIndentation
            | Kind::InvalidBlockScalarIndent
            | Kind::InvalidQuotedScalarIndent
            | Kind::InvalidFlowScalarIndent
            | Kind::ExpectedBlockMappingKey
            | Kind::ExpectedBlockSequenceEntry
            | Kind::BlockSequenceEntryNotAllowed
    )
}

fn words(kind: &ErrorKind, text: &str, at: usize) -> Words {
    use ErrorKind as Kind;
    match kind {
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInPlainScalar => (
            "a tab in the indentation".to_owned(),
            TAB,
            "indent with spaces: YAML does not allow tabs in the indentation".to_owned(),
        ),
        Kind::ExpectedBlockMappingKey | Kind::InvalidIndentation | Kind::ExpectedBlockSequenceEntry => {
            ("the indentation matches no line above".to_owned(), "not aligned with an open block", levels(text, at))
        }
        Kind::BlockSequenceEntryNotAllowed | Kind::BlockEntryInFlowCollection => (
            "a list element is not allowed here".to_owned(),
            "unexpected `-`",
            "write the list on the lines below its name".to_owned(),
        ),
        Kind::MappingValueNotAllowed | Kind::MappingKeyNotAllowed | Kind::InvalidColonPlacement => (
            "a `:` is not allowed here".to_owned(),
            "inside a value",
            "quote a string that contains `: `, or check the indentation of this line".to_owned(),
        ),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => (
            "this line is not an entry and not part of a value".to_owned(),
            "expected `name: value`",
            "write `:` and a space after the name, or indent the line to continue the string above".to_owned(),
        ),
        Kind::UnknownAnchor => (
            "the alias has no anchor".to_owned(),
            "no `&` with this name above",
            "quote a string that begins with `*`".to_owned(),
        ),
        Kind::UnclosedQuotedScalar => (
            "the quoted string has no end".to_owned(),
            "opened here",
            "close the quote; inside single quotes, write a single quote twice".to_owned(),
        ),
        Kind::UnclosedFlowCollection { open } => (
            format!("`{open}` is never closed"),
            "opened here",
            format!("close it, or quote the string if the `{open}` belongs to it"),
        ),
        Kind::MismatchedFlowCollectionEnd { open, close } => {
            (format!("`{open}` is closed by `{close}`"), "wrong bracket", String::new())
        }
        Kind::ExpectedFlowMappingSeparator => ("expected `,` or `}`".to_owned(), "within `{ ... }`", String::new()),
        Kind::ExpectedFlowSequenceSeparator => ("expected `,` or `]`".to_owned(), "within `[ ... ]`", String::new()),
        Kind::UnexpectedCharacter { character } => (
            format!("a value cannot begin with `{}`", character.escape_default()),
            "reserved by YAML",
            "quote the string".to_owned(),
        ),
        Kind::UnknownQuotedScalarEscape | Kind::InvalidQuotedScalarHexEscape => (
            "invalid escape in double quotes".to_owned(),
            "",
            "write a backslash as `\\\\`, or use single quotes".to_owned(),
        ),
        Kind::RecursionLimitExceeded => ("nested too deeply".to_owned(), "exceeds the limit", String::new()),
        other => (format!("invalid YAML: {other}"), "", String::new()),
    }
}

/// Returns the help for wrong YAML indentation: the number of spaces of the line, and of the open blocks above it.
fn levels(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let own = indentation(line);
    let mut open = Vec::new();
    let mut outermost = usize::MAX;
    for above in text.get(..line_start).unwrap_or("").lines().rev() {
        let blank = above.trim().is_empty() || above.trim_start().starts_with('#');
        if !blank && indentation(above) < outermost {
            outermost = indentation(above);
            open.push(outermost.to_string());
        }
        if outermost == 0 {
            break;
        }
    }
    open.reverse();
    match open.as_slice() {
        [] => "check the indentation of this line".to_owned(),
        [only] => format!("indent this line by {only} spaces, as the block above, instead of {own}"),
        [rest @ .., last] => {
            format!(
                "indent this line by {} or {last} spaces, as one of the open blocks, instead of {own}",
                rest.join(", ")
            )
        }
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Returns the span of the last tab in a line of YAML, at or before an offset.
fn tab(file: FileId, text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let upto = bytes.get(..bytes.len().min(at + 1))?;
    let line = upto.get(..at.min(upto.len()))?.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let tab = upto.get(line..)?.iter().rposition(|byte| *byte == b'\t')? + line;
    Some(Span::new(file, tab, tab + 1))
}

/// Returns the span of the source word at the offset of a YAML syntax error, which the diagnostic underlines.
fn token(file: FileId, text: &str, at: usize) -> Span {
    let mut start = at;
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let rest = text.get(start..).unwrap_or("");
    let word = rest.find([' ', '\n', '\r', '\t', ':', ',']).unwrap_or(rest.len());
    let first = rest.chars().next().filter(|letter| !matches!(letter, '\n' | '\r')).map_or(0, char::len_utf8);
    Span::new(file, start, start + word.max(first))
}
