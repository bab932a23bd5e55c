//! The reason why a text cannot be read, and the limits that both readers keep.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The deepest nesting that is read. The deepest published contract known nests 40 levels.
pub(super) const MAX_DEPTH: usize = 200;

/// Why a text is no YAML or JSON. One a file: behind it nothing can be trusted.
pub(super) struct Syntax(pub Box<Diagnostic>);

impl Syntax {
    pub(super) fn new(problem: Diagnostic) -> Syntax {
        Syntax(Box::new(problem))
    }

    pub(super) fn too_deep(span: Span) -> Syntax {
        let message = format!("the file is nested deeper than {MAX_DEPTH} levels");
        Syntax::new(Diagnostic::error("too-deep", span, message).label("exceeds the limit"))
    }

    /// A file named `.json` that was never meant as JSON deserves that hint.
    pub(super) fn not_json(mut self, text: &str) -> Syntax {
        if !text.trim_start().starts_with(['{', '[']) && self.0.help.is_none() {
            *self.0 = self.0.clone().help("if this is YAML, name the file `.yaml`");
        }
        self
    }
}

/// Two entries of one name in one map.
pub(super) fn duplicate_key(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::error("duplicate-key", second, format!("the key `{name}` occurs twice in one object"))
        .label("second occurrence")
        .also(first, "first occurrence")
        .help("keep one of the two")
}
