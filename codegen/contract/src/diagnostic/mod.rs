//! One record for every problem, whatever stage finds it; the renderers stand beside it.

mod fold;
mod human;
mod json_lines;
mod suggest;
mod table;

pub use human::{is_folded, render, render_all};
pub use json_lines::render_json_lines;
pub(crate) use suggest::is_one_edit_apart;
pub use suggest::{Nearness, closest, nearest};

use std::fmt;

use indexmap::IndexSet;

use crate::source::{FileId, Sources, Span};

/// How much a problem weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Something is generated, not all that was meant perhaps.
    Warning,
    /// Good to know.
    Note,
}

/// A place and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What stands beside the carets; may be empty.
    pub text: String,
}

/// What to do about a problem.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Help {
    /// The advice.
    pub message: String,
    /// The text that would put it right, and what it replaces.
    pub replacement: Option<(Span, String)>,
}

/// A problem of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Its kind, in kebab-case: `unknown-field`.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that belong to it.
    pub secondary: Vec<Label>,
    /// What follows from it, or where it stands in the document.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<Help>,
}

/// Every problem found so far.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    found: IndexSet<Diagnostic>,
    sources: Sources,
}

/// How many there are of each weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

impl fmt::Display for Counts {
    /// `2 errors, 1 warning`; what there is none of is left out.
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
    /// Returns the counts of `count` diagnostics of one severity.
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

/// Returns a number with its noun, in the singular or the plural: `1 operation`, `2 operations`.
pub fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The longest text of one part of a diagnostic, in characters: texts quote contracts.
const LONGEST: usize = 300;

/// A text on one line, its middle left out where it is very long.
fn one_line(text: String) -> String {
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
    /// A problem that stops the generation.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, code, span, message)
    }

    /// A problem that does not stop it.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, code, span, message)
    }

    /// Something good to know.
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

    /// What stands beside the carets.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = one_line(text.into());
        self
    }

    /// Another place that belongs to the problem.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { span, text: one_line(text.into()) });
        self
    }

    /// A remark below the excerpt.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(one_line(text.into()));
        self
    }

    /// Advice in words.
    #[must_use]
    pub fn help(mut self, message: impl Into<String>) -> Diagnostic {
        self.help = Some(Help { message: one_line(message.into()), replacement: None });
        self
    }

    /// Advice as a change: `did you mean ...?` with the text that would stand at `span`.
    #[must_use]
    pub fn suggest(self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        let replacement = replacement.into();
        let message = format!("did you mean `{replacement}`?");
        self.fix(message, span, replacement)
    }

    /// Advice as a change, in other words than `did you mean`.
    #[must_use]
    pub fn fix(mut self, message: impl Into<String>, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.help = Some(Help { message: one_line(message.into()), replacement: Some((span, replacement.into())) });
        self
    }
}

impl Diagnostics {
    /// None so far.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Takes one in, unless the same is there already.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.insert(diagnostic);
    }

    /// Takes all of another in.
    pub fn extend(&mut self, other: Diagnostics) {
        self.found.extend(other.found);
    }

    /// Whether something stops the generation.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The same without what is only good to know.
    #[must_use]
    pub fn without_notes(&self) -> Diagnostics {
        let mut kept = self.clone();
        kept.found.retain(|found| found.severity != Severity::Note);
        kept
    }

    /// What stops the generation, and nothing else.
    #[must_use]
    pub fn only_errors(mut self) -> Diagnostics {
        self.found.retain(|found| found.severity == Severity::Error);
        self
    }

    /// How many there are of each weight.
    pub fn counts(&self) -> Counts {
        let count = |severity| self.found.iter().filter(|found| found.severity == severity).count();
        Counts { errors: count(Severity::Error), warnings: count(Severity::Warning), notes: count(Severity::Note) }
    }

    /// Returns the diagnostics in order: those of the command line, of the settings, and then of the contract
    /// by file in the order of reading, by location and by severity.
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

    /// The files that were read: for rendering where no document came of them.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Keeps the settings file and the command line, for rendering.
    pub fn set_settings_sources(&mut self, sources: &Sources) {
        self.sources.copy_settings(sources);
    }

    /// Keeps the files that were read, for rendering.
    pub fn set_sources(&mut self, sources: &Sources) {
        self.sources = sources.clone();
    }
}
