//! Syntax errors of YAML and JSON files, and the limit of nesting in both formats.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The deepest nesting that the YAML and JSON readers accept. The deepest known published contract has 40 levels.
pub(in crate::document) const MAX_DEPTH: usize = 200;

/// The syntax error that makes a YAML or JSON file unreadable. There is one per file, since the text after it
/// is unreliable.
pub(super) struct Syntax(pub Box<Diagnostic>);

impl Syntax {
    pub(super) fn new(problem: Diagnostic) -> Syntax {
        Syntax(Box::new(problem))
    }

    /// Creates the syntax error for a value that is nested too deeply.
    pub(super) fn too_deep(span: Span) -> Syntax {
        let message = format!("the file is nested deeper than {MAX_DEPTH} levels");
        Syntax::new(Diagnostic::error("too-deep", span, message).label("exceeds the limit"))
    }

    /// Adds a hint to a JSON syntax error if the file is named `.json` but does not look like JSON.
    pub(super) fn not_json(mut self, text: &str) -> Syntax {
        if !text.trim_start().starts_with(['{', '[']) && self.0.help.is_none() {
            *self.0 = self.0.clone().help("if this is YAML, name the file `.yaml`");
        }
        self
    }
}

/// Creates the diagnostic about two entries of an object with one name.
pub(super) fn duplicate_key(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("duplicate-key", second, format!("the key `{name}` occurs twice in one object"))
        .label("second occurrence")
        .also(first, "first occurrence")
        .help("keep one of the two")
}
