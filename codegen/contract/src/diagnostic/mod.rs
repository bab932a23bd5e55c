//! Diagnostics: the problems that all stages report, and their rendering for people and tools.
//!
//! Every stage, from [`load`](crate::document::load) to the code generator, reports into one [`Diagnostics`].
//! [`render`] prints it for people, with excerpts of the [`Sources`], and [`render_json_lines`] prints it for
//! tools. [`closest`] finds the name for "did you mean `…`?".

mod fold;
mod human;
mod json_lines;
mod suggest;
mod table;

pub use human::{is_folded, render, render_all};
pub use json_lines::render_json_lines;
pub(crate) use suggest::is_one_edit_apart;
pub use suggest::{Nearness, closest, nearest};

use std::collections::HashSet;
use std::fmt;

use indexmap::IndexSet;

use crate::source::{FileId, Sources, Span};

/// The severity of a diagnostic, most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// A problem that prevents the generation of code from the contract.
    Error,
    /// A problem that does not prevent the generation of code; the code may lack something that the contract intends.
    Warning,
    /// Information about the contract that requires no action.
    Note,
}

/// A location in a source file that a diagnostic marks, with an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    /// The source span that a label of a diagnostic marks.
    pub span: Span,
    /// The explanation beside the underlined source of a diagnostic; may be empty.
    pub text: String,
}

/// The suggested solution of the problem that a diagnostic describes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Help {
    /// The suggested solution of the problem in words.
    pub message: String,
    /// The source span to replace and its new text; `None` if the solution is not a single replacement.
    pub replacement: Option<(Span, String)>,
}

/// A problem in a contract, in the settings or on the command line.
///
/// The constructors [`error`](Diagnostic::error), [`warning`](Diagnostic::warning) and
/// [`info`](Diagnostic::info) take a code, a location and a message; the other methods add the rest. Texts
/// are shortened to one line of 300 characters.
///
/// ```
/// use writ_contract::diagnostic::{Diagnostic, Severity};
/// use writ_contract::source::{FileId, Span};
///
/// let span = Span::new(FileId::ENTRY, 40, 51);
/// let problem = Diagnostic::error("unknown-field", span, "unknown field `operationID` in an operation")
///     .label("not a field of an operation")
///     .suggest(span, "operationId");
/// assert_eq!(problem.severity, Severity::Error);
/// assert_eq!(problem.help.map(|help| help.message).as_deref(), Some("did you mean `operationId`?"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// The kind of problem, in kebab-case: `unknown-field`.
    pub code: &'static str,
    /// The severity of the problem.
    pub severity: Severity,
    /// The first line of a diagnostic, which describes the problem of the contract.
    pub message: String,
    /// The location of the problem in a source file.
    pub primary: Label,
    /// Further locations that help to explain the problem, each with a text.
    pub secondary: Vec<Label>,
    /// Remarks below the source excerpt: consequences, or the location as a JSON pointer.
    pub notes: Vec<String>,
    /// The suggested solution of the problem, if there is one.
    pub help: Option<Help>,
}

/// The diagnostics of a run, without duplicates, and the files that they point into.
///
/// ```
/// use writ_contract::diagnostic::{Diagnostic, Diagnostics};
/// use writ_contract::source::{FileId, Span};
///
/// let span = Span::start_of(FileId::ENTRY);
/// let mut diagnostics = Diagnostics::new();
/// diagnostics.push(Diagnostic::warning("missing-description", span, "the response has no description"));
/// diagnostics.push(Diagnostic::warning("missing-description", span, "the response has no description"));
/// assert_eq!(diagnostics.counts().to_string(), "1 warning");
/// assert!(!diagnostics.has_errors());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    found: IndexSet<Diagnostic>,
    sources: Sources,
}

/// The numbers of errors, warnings and notes among the diagnostics of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// The number of diagnostics that are errors.
    pub errors: usize,
    /// The number of diagnostics that are warnings.
    pub warnings: usize,
    /// The number of diagnostics that are notes.
    pub notes: usize,
}

impl fmt::Display for Counts {
    /// Writes the numbers of diagnostics as `2 errors, 1 warning`, without those that are zero.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let parts = named.iter().filter(|(count, _)| *count > 0);
        let parts = parts.map(|(count, name)| plural(*count, name));
        let parts: Vec<String> = parts.collect();
        formatter.write_str(if parts.is_empty() { "no problems" } else { "" })?;
        formatter.write_str(&parts.join(", "))
    }
}

impl Counts {
    /// Returns the numbers of errors, warnings and notes for `count` diagnostics of one severity.
    fn of(severity: Severity, count: usize) -> Counts {
        let mut counts = Counts::default();
        match severity {
            Severity::Error => counts.errors = count,
            Severity::Warning => counts.warnings = count,
            Severity::Note => counts.notes = count,
        }
        counts
    }
}

/// Returns a number with its noun in the singular or plural, for messages: `1 operation`, `2 operations`.
pub fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The longest text in a diagnostic, in characters. Texts that quote a contract can be longer and are shortened.
const LONGEST: usize = 300;

/// Returns a text of a diagnostic without control characters; `…` replaces its middle if it exceeds [`LONGEST`].
pub(crate) fn one_line(text: String) -> String {
    let text = if text.contains(char::is_control) { text.replace(char::is_control, " ") } else { text };
    let count = text.chars().count();
    if count <= LONGEST {
        return text;
    }
    let start: String = text.chars().take(LONGEST / 2).collect();
    let end: String = text.chars().skip(count - LONGEST / 2).collect();
    format!("{start}…{end}")
}

impl Diagnostic {
    /// Creates a diagnostic of a problem that prevents the generation of code.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, span, message)
    }

    /// Creates a diagnostic of a problem that does not prevent the generation of code.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, span, message)
    }

    /// Creates a diagnostic that informs and requires no action.
    pub fn info(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Note, code, span, message)
    }

    fn new(severity: Severity, code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity,
            message: one_line(message.into()),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Sets the text beside the underline of the diagnostic's primary location.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = one_line(text.into());
        self
    }

    /// Adds a further location to the diagnostic, with the text beside its underline.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { span, text: one_line(text.into()) });
        self
    }

    /// Adds a remark below the excerpt of the diagnostic.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(one_line(text.into()));
        self
    }

    /// Sets the suggested solution of the diagnostic, in words.
    #[must_use]
    pub fn help(mut self, message: impl Into<String>) -> Diagnostic {
        self.help = Some(Help { message: one_line(message.into()), replacement: None });
        self
    }

    /// Sets the suggested solution of the diagnostic: the text that replaces the one at `span`, as "did you mean `…`?".
    #[must_use]
    pub fn suggest(self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        let replacement = replacement.into();
        let message = format!("did you mean `{replacement}`?");
        self.fix(message, span, replacement)
    }

    /// Sets the suggested solution of the diagnostic: a message, and the text that replaces the one at `span`.
    #[must_use]
    pub fn fix(mut self, message: impl Into<String>, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.help = Some(Help { message: one_line(message.into()), replacement: Some((span, replacement.into())) });
        self
    }
}

impl Diagnostics {
    /// Creates an empty collection of diagnostics.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds a diagnostic, unless an equal one was added before.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.insert(diagnostic);
    }

    /// Adds all diagnostics of another collection, except duplicates.
    pub fn extend(&mut self, other: Diagnostics) {
        self.found.extend(other.found);
    }

    /// Returns true if at least one diagnostic is an error, so that no code may be generated.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns true if there are no diagnostics.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns a copy of the diagnostics without the notes.
    #[must_use]
    pub fn without_notes(&self) -> Diagnostics {
        let mut kept = self.clone();
        kept.found.retain(|found| found.severity != Severity::Note);
        kept
    }

    /// Returns the diagnostics that are errors.
    #[must_use]
    pub fn only_errors(mut self) -> Diagnostics {
        self.found.retain(|found| found.severity == Severity::Error);
        self
    }

    /// Removes the diagnostics that `earlier` has at the same location of the same file. Contracts that share files have the
    /// mistakes in them in common.
    pub fn remove_repeated(&mut self, earlier: &Diagnostics) {
        let known: HashSet<_> = earlier.found.iter().map(|found| identity(found, &earlier.sources)).collect();
        let sources = &self.sources;
        self.found.retain(|found| !known.contains(&identity(found, sources)));
    }

    /// Returns the numbers of errors, warnings and notes.
    pub fn counts(&self) -> Counts {
        let count = |severity| self.found.iter().filter(|found| found.severity == severity).count();
        Counts { errors: count(Severity::Error), warnings: count(Severity::Warning), notes: count(Severity::Note) }
    }

    /// Returns the diagnostics in order: first those of the command line, then of the settings, then of the contract.
    ///
    /// Each of these is ordered by file in the order of reading, then by location, then by severity.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.found.iter().collect();
        let origin = |found: &Diagnostic| match found.primary.span.file {
            FileId::COMMAND_LINE => 0,
            FileId::SETTINGS => 1,
            _ => 2,
        };
        sorted.sort_by_key(|found| (origin(found), found.primary.span, found.severity, found.code));
        sorted
    }

    /// Returns the source files that were read.
    ///
    /// Rendering needs these files if [`load`](crate::document::load) returned no document.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Copies the settings file and the command line from `sources`, for the rendering of diagnostics.
    pub fn set_settings_sources(&mut self, sources: &Sources) {
        self.sources.copy_settings(sources);
    }

    /// Sets the source files that were read, for the rendering of diagnostics.
    pub fn set_sources(&mut self, sources: &Sources) {
        self.sources = sources.clone();
    }
}

/// Returns the parts of a diagnostic that are equal if contracts that share a file have it in common.
fn identity<'a>(found: &'a Diagnostic, sources: &'a Sources) -> (&'a str, u32, u32, &'static str, &'a str) {
    let span = found.primary.span;
    (sources.display_path(span.file), span.start, span.end, found.code, &found.message)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// Returns the diagnostics of a contract that reads the shared file last, after `files` others.
    fn found(files: usize, messages: &[&str]) -> Diagnostics {
        let mut sources = Sources::default();
        for number in 0..files {
            sources.add(format!("spec/v{files}/{number}.yaml"), PathBuf::new(), "type: intger\n".to_owned());
        }
        let shared = sources.add("spec/common/schemas.yaml".to_owned(), PathBuf::new(), "type: intger\n".to_owned());
        let mut diagnostics = Diagnostics::new();
        for message in messages {
            diagnostics.push(Diagnostic::error("unknown-value", Span::new(shared, 6, 12), *message));
        }
        diagnostics.push(Diagnostic::error("unknown-value", Span::new(FileId::ENTRY, 6, 12), "its own"));
        diagnostics.set_sources(&sources);
        diagnostics
    }

    #[test]
    fn a_mistake_in_a_shared_file_is_kept_once() {
        let earlier = found(1, &["`type` is `intger`"]);
        let mut later = found(2, &["`type` is `intger`", "a mistake of the later contract alone"]);
        later.remove_repeated(&earlier);
        let messages: Vec<&str> = later.sorted().iter().map(|found| found.message.as_str()).collect();
        assert_eq!(messages, ["its own", "a mistake of the later contract alone"]);
    }
}
