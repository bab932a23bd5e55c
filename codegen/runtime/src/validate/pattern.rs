//! The regular expressions of a contract (`pattern`, ECMA-262 § 22.2.1), compiled on first use.

use std::sync::OnceLock;

/// The maximum length in code points of a string that a backtracking regular expression checks, since its running
/// time can be exponential.
pub(crate) const LONGEST: usize = 4096;

/// A regular expression of the contract that a string must match somewhere (`pattern`).
///
/// A pattern is declared as a `static`, since it stores its compiled form on first use.
///
/// ```
/// use writ_runtime::Pattern;
///
/// static POSTAL_CODE: Pattern = Pattern::linear(r"^\d{5}$", r"^[0-9]{5}\z");
/// assert!(POSTAL_CODE.is_match("10115"));
/// assert!(!POSTAL_CODE.is_match("1011"));
/// ```
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
    /// A pattern that no engine can compile. It matches no string, and the generator rejects it.
    Broken,
}

impl Pattern {
    /// Creates a pattern that the crate `regex` matches in linear time.
    ///
    /// `source` is the pattern as the contract spells it, for messages; `translated` is its translation to the
    /// syntax of the crate.
    pub const fn linear(source: &'static str, translated: &'static str) -> Pattern {
        Pattern { source, translated: Some(translated), compiled: OnceLock::new() }
    }

    /// Creates a pattern that only a backtracking engine can match, for example one with a lookahead.
    ///
    /// Such a pattern matches no string that is longer than 4,096 code points, since its running time can be
    /// exponential.
    pub const fn backtracking(source: &'static str) -> Pattern {
        Pattern { source, translated: None, compiled: OnceLock::new() }
    }

    /// Returns the pattern as the contract spells it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Returns true if `text` contains a match of the pattern. A string that is too long for a backtracking
    /// pattern does not match.
    pub fn is_match(&self, text: &str) -> bool {
        match self.compiled.get_or_init(|| self.compile()) {
            Compiled::Linear(regex) => regex.is_match(text),
            Compiled::Backtracking(regex) => !is_long(text) && regex.find(text).is_some(),
            Compiled::Broken => false,
        }
    }

    /// Returns true if `text` is too long for this pattern, which only backtracking patterns limit (4,096 code
    /// points).
    pub fn is_too_long(&self, text: &str) -> bool {
        matches!(self.compiled.get_or_init(|| self.compile()), Compiled::Backtracking(_)) && is_long(text)
    }

    fn compile(&self) -> Compiled {
        if let Some(linear) = self.translated.and_then(|translated| regex::Regex::new(translated).ok()) {
            return Compiled::Linear(linear);
        }
        // JSON Schema recommends the Unicode mode, which rejects some escapes that contracts use.
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
    fn a_backtracking_pattern_can_have_a_lookahead() {
        static PATTERN: Pattern = Pattern::backtracking(r"^(?!admin)[a-z]+$");
        assert!(PATTERN.is_match("user"));
        assert!(!PATTERN.is_match("administrator"));
    }

    #[test]
    fn a_backtracking_pattern_does_not_match_a_long_string() {
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
