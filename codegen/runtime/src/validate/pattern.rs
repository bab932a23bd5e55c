//! Patterns of the contract (ECMA-262 § 22.2.1), compiled on first use.

use std::sync::OnceLock;

/// The most code points that a backtracking pattern looks at: its work may grow without bound.
const LONGEST: usize = 4096;

/// A pattern that a string must contain a match of. It is a `static`, since it keeps what it compiles to.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    translated: Option<&'static str>,
    compiled: OnceLock<Compiled>,
}

#[derive(Debug)]
enum Compiled {
    Linear(regex::Regex),
    Backtracking(Box<regress::Regex>),
    /// Neither engine takes it. The generator refuses such a pattern, so none gets here.
    Broken,
}

impl Pattern {
    /// A pattern that runs in linear time: the contract's own text for messages, and its
    /// translation to the syntax of the `regex` crate.
    pub const fn linear(source: &'static str, translated: &'static str) -> Pattern {
        Pattern { source, translated: Some(translated), compiled: OnceLock::new() }
    }

    /// A pattern that only a backtracking engine can run; it looks at 4,096 code points at most.
    pub const fn backtracking(source: &'static str) -> Pattern {
        Pattern { source, translated: None, compiled: OnceLock::new() }
    }

    /// The pattern as the contract spells it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether `text` contains a match. A text that is too long does not.
    pub fn is_match(&self, text: &str) -> bool {
        match self.compiled.get_or_init(|| self.compile()) {
            Compiled::Linear(regex) => regex.is_match(text),
            Compiled::Backtracking(regex) => !is_long(text) && regex.find(text).is_some(),
            Compiled::Broken => false,
        }
    }

    /// Whether `text` is longer than the pattern may look at.
    pub fn is_too_long(&self, text: &str) -> bool {
        matches!(self.compiled.get_or_init(|| self.compile()), Compiled::Backtracking(_)) && is_long(text)
    }

    fn compile(&self) -> Compiled {
        if let Some(linear) = self.translated.and_then(|translated| regex::Regex::new(translated).ok()) {
            return Compiled::Linear(linear);
        }
        // The unicode mode is what JSON Schema recommends; it refuses some escapes that are in use.
        let backtracking = regress::Regex::with_flags(self.source, "u").or_else(|_| regress::Regex::new(self.source));
        match backtracking {
            Ok(regex) => Compiled::Backtracking(Box::new(regex)),
            Err(error) => {
                tracing::error!(pattern = self.source, %error, "a pattern of the contract does not compile");
                Compiled::Broken
            }
        }
    }
}

fn is_long(text: &str) -> bool {
    text.len() > LONGEST && text.chars().nth(LONGEST).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_pattern_runs_its_translation() {
        static PATTERN: Pattern = Pattern::linear(r"^\d{3}$", r"^[0-9]{3}\z");
        assert!(PATTERN.is_match("123"));
        assert!(!PATTERN.is_match("١٢٣"));
        assert!(!PATTERN.is_match("123\n"));
        assert_eq!(PATTERN.source(), r"^\d{3}$");
    }

    #[test]
    fn a_backtracking_pattern_knows_what_the_linear_engine_does_not() {
        static PATTERN: Pattern = Pattern::backtracking(r"^(?!admin)[a-z]+$");
        assert!(PATTERN.is_match("user"));
        assert!(!PATTERN.is_match("administrator"));
    }

    #[test]
    fn a_backtracking_pattern_looks_at_no_long_text() {
        static PATTERN: Pattern = Pattern::backtracking(r"(a)\1");
        assert!(PATTERN.is_match(&"a".repeat(LONGEST)));
        assert!(!PATTERN.is_match(&"a".repeat(LONGEST + 1)));
        assert!(PATTERN.is_too_long(&"é".repeat(LONGEST + 1)));
        assert!(!PATTERN.is_too_long(&"é".repeat(LONGEST)));
    }

    #[test]
    fn a_pattern_that_does_not_compile_matches_nothing() {
        static PATTERN: Pattern = Pattern::linear("(", "(");
        assert!(!PATTERN.is_match("("));
    }
}
