//! Inline comments in generated code. They name the parameter or media type that a number stands for.

/// Returns an inline comment with a name of the contract: `/* Idempotency-Key */`.
///
/// No text of the contract can end the comment or open a nested one: only letters, digits and the punctuation
/// of names and media types are kept, and a slash is never adjacent to an asterisk.
pub fn comment(text: &str) -> String {
    let kept = text.chars().map(|letter| match letter {
        '-' | '_' | '.' | '+' | '/' | '*' | ';' | '=' | '[' | ']' | '$' | '@' | ':' | ' ' => letter,
        _ if letter.is_alphanumeric() => letter,
        _ => '_',
    });
    let mut out = String::from("/* ");
    for letter in kept {
        if matches!((out.chars().next_back(), letter), (Some('*'), '/') | (Some('/'), '*')) {
            out.push(' ');
        }
        out.push(letter);
    }
    out.push_str(" */");
    out
}

#[cfg(test)]
mod tests {
    use super::comment;

    #[test]
    fn a_comment_contains_the_name() {
        assert_eq!(comment("Idempotency-Key"), "/* Idempotency-Key */");
        assert_eq!(comment("application/json; charset=utf-8"), "/* application/json; charset=utf-8 */");
    }

    #[test]
    fn no_text_ends_a_comment_or_begins_another() {
        for text in ["*/ evil(); /*", "*/*", "/*/", "**//**", "*", "/", "a\n*/b", "\u{202e}*/", "\"{}\""] {
            let comment = comment(text);
            let inner = &comment[2..comment.len() - 2];
            assert!(!inner.contains("*/") && !inner.contains("/*"), "{comment}");
            assert!(!inner.contains(['\n', '\u{202e}', '{', '"']), "{comment}");
            assert!(inner.starts_with(' ') && inner.ends_with(' '), "{comment}");
        }
    }
}
