//! The translation of ECMA-262 patterns into the syntax of the `regex` crate, which matches in linear time.
//!
//! Look-around and back-references have no linear form and are matched by backtracking. Where the two
//! languages differ in meaning (`\d`, `\w`, `\s`, `.`, `\b`, brackets in a class), the translation spells out
//! the meaning of ECMA-262.

use std::iter::Peekable;
use std::str::Chars;

/// The regular expression engine that matches a pattern of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// The crate `regex` matches this translation of the pattern, in linear time.
    Linear(String),
    /// A backtracking engine matches the pattern as the contract contains it.
    Backtracking,
}

/// The white space of ECMA-262 § 22.2.2.9, as the content of a character class.
const SPACE: &str = r"\t\n\x0B\x0C\r \x{A0}\x{FEFF}\p{Zs}\x{2028}\x{2029}";

/// Returns the regular expression engine for a pattern of the contract.
///
/// # Errors
///
/// Returns an error if the text is not a valid pattern of ECMA-262, with the reason.
pub fn engine(pattern: &str) -> Result<Engine, String> {
    if let Some(translated) = translate(pattern)
        && regex::Regex::new(&translated).is_ok()
    {
        return Ok(Engine::Linear(translated));
    }
    match regress::Regex::with_flags(pattern, "u").or_else(|_| regress::Regex::new(pattern)) {
        Ok(_) => Ok(Engine::Backtracking),
        Err(error) => Err(error.to_string()),
    }
}

/// Translates a pattern of ECMA-262 into the syntax of the crate `regex`. Returns `None` if the pattern has no
/// linear form.
fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => escape(&mut letters, &mut out, false)?,
            '[' => class(&mut letters, &mut out)?,
            '.' => out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
            '(' if letters.peek() == Some(&'?') => {
                letters.next();
                match letters.next()? {
                    ':' => out.push_str("(?:"),
                    '<' if !matches!(letters.peek(), Some('=' | '!')) => out.push_str("(?<"),
                    _ => return None,
                }
            }
            '#' | '&' | '~' | ' ' => {
                out.push('\\');
                out.push(letter);
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// Translates an escape sequence of a pattern; its backslash has been read. Returns `None` if there is no
/// translation.
fn escape(letters: &mut Peekable<Chars<'_>>, out: &mut String, in_class: bool) -> Option<()> {
    let letter = letters.next()?;
    match letter {
        'd' => out.push_str(if in_class { "0-9" } else { "[0-9]" }),
        'D' if !in_class => out.push_str("[^0-9]"),
        'w' => out.push_str(if in_class { "A-Za-z0-9_" } else { "[A-Za-z0-9_]" }),
        'W' if !in_class => out.push_str("[^A-Za-z0-9_]"),
        's' if in_class => out.push_str(SPACE),
        's' => out.push_str(&format!("[{SPACE}]")),
        'S' if !in_class => out.push_str(&format!("[^{SPACE}]")),
        'D' => out.push_str("[^0-9]"),
        'W' => out.push_str("[^A-Za-z0-9_]"),
        'S' => out.push_str(&format!("[^{SPACE}]")),
        'b' if in_class => out.push_str(r"\x08"),
        'b' => out.push_str(r"(?-u:\b)"),
        'B' if !in_class => out.push_str(r"(?-u:\B)"),
        't' | 'n' | 'r' => {
            out.push('\\');
            out.push(letter);
        }
        'v' => out.push_str(r"\x0B"),
        'f' => out.push_str(r"\x0C"),
        '0' if !letters.peek().is_some_and(char::is_ascii_digit) => out.push_str(r"\x00"),
        'c' => {
            let control = letters.next().filter(char::is_ascii_alphabetic)?;
            out.push_str(&format!(r"\x{:02X}", control.to_ascii_uppercase() as u32 - 64));
        }
        'x' => {
            let code: String = letters.by_ref().take(2).collect();
            u32::from_str_radix(&code, 16).ok().filter(|_| code.len() == 2)?;
            out.push_str(&format!(r"\x{{{code}}}"));
        }
        'u' => unicode(letters, out)?,
        'p' | 'P' => {
            if letters.next()? != '{' {
                return None;
            }
            let name: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
            out.push_str(&format!(r"\{letter}{{{name}}}"));
        }
        digit if digit.is_ascii_alphanumeric() => return None,
        '_' | '"' | '\'' | '/' | ',' | ':' | ';' | '<' | '>' | '=' | '!' | '@' | '%' | '`' => out.push(letter),
        punctuation if punctuation.is_ascii() => {
            out.push('\\');
            out.push(punctuation);
        }
        other => out.push(other),
    }
    Some(())
}

/// Translates the escape sequences `\u0041`, `\u{1F600}` and surrogate pairs of a pattern; `\u` has been read.
fn unicode(letters: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    if letters.peek() == Some(&'{') {
        letters.next();
        let code: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
        out.push_str(&format!(r"\x{{{code}}}"));
        return Some(());
    }
    let four = |letters: &mut Peekable<Chars<'_>>| {
        let code: String = letters.by_ref().take(4).collect();
        u32::from_str_radix(&code, 16).ok().filter(|_| code.len() == 4)
    };
    let mut code = four(letters)?;
    if (0xD800..0xDC00).contains(&code) {
        if letters.next() != Some('\\') || letters.next() != Some('u') {
            return None;
        }
        let low = four(letters).filter(|low| (0xDC00..0xE000).contains(low))?;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    char::from_u32(code)?;
    out.push_str(&format!(r"\x{{{code:X}}}"));
    Some(())
}

/// Translates a character class of a pattern; its opening bracket has been read.
fn class(letters: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let negated = letters.next_if_eq(&'^').is_some();
    if letters.next_if_eq(&']').is_some() {
        // `[]` matches nothing and `[^]` matches everything.
        out.push_str(if negated { r"[\x00-\x{10FFFF}]" } else { r"[^\x00-\x{10FFFF}]" });
        return Some(());
    }
    out.push_str(if negated { "[^" } else { "[" });
    loop {
        match letters.next()? {
            ']' => break,
            '\\' => escape(letters, out, true)?,
            // These characters are operators in a class of `regex`, but literals in ECMA-262.
            letter @ ('[' | '&' | '~' | '^') => {
                out.push('\\');
                out.push(letter);
            }
            '-' if letters.peek() == Some(&'-') => out.push_str(r"\-"),
            other => out.push(other),
        }
    }
    out.push(']');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(pattern: &str) -> String {
        match engine(pattern) {
            Ok(Engine::Linear(translated)) => translated,
            other => panic!("{pattern} is not linear: {other:?}"),
        }
    }

    #[test]
    fn digits_are_ascii_as_in_ecma_262() {
        assert_eq!(linear(r"^\d+$"), "^[0-9]+$");
        assert_eq!(linear(r"[\d-]"), "[0-9-]");
    }

    #[test]
    fn look_around_and_back_references_need_backtracking() {
        assert_eq!(engine(r"^(?!a)b"), Ok(Engine::Backtracking));
        assert_eq!(engine(r"(a)\1"), Ok(Engine::Backtracking));
    }

    #[test]
    fn an_invalid_pattern_is_an_error() {
        assert!(engine("(").is_err());
        assert!(engine("[a").is_err());
    }

    #[test]
    fn escaped_punctuation_and_surrogate_pairs_are_translated() {
        assert!(regex::Regex::new(&linear(r"^\/v1\-x$")).is_ok_and(|regex| regex.is_match("/v1-x")));
        assert!(regex::Regex::new(&linear(r"^\ud83d\ude00$")).is_ok_and(|regex| regex.is_match("😀")));
        assert!(
            regex::Regex::new(&linear(r"^[^\x00-\x1F&&]*$"))
                .is_ok_and(|regex| regex.is_match("ab") && !regex.is_match("a&"))
        );
    }
}
