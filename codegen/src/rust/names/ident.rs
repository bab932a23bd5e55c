//! The conversion of any text into Rust identifiers: case conversion, keywords, leading digits and characters
//! that Rust does not allow.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// The keywords of Rust up to the edition 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The reserved words that cannot be raw identifiers (`r#…`).
const NEVER: &[&str] = &["self", "super", "crate", "Self", "_"];

/// Returns true if Rust reserves a word, so that no crate and no item can have it as a plain name.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word) || NEVER.contains(&word)
}

/// Converts text into an identifier in `UpperCamelCase`, for types, traits and variants.
pub fn type_name(text: &str) -> String {
    let name = spelled(text).to_upper_camel_case();
    let name = legal(name, 'N');
    match NEVER.contains(&name.as_str()) {
        true => format!("{name}Value"),
        false => name,
    }
}

/// Converts text into an identifier in `snake_case`, for fields and methods. Keywords become raw identifiers.
pub fn value_name(text: &str) -> String {
    let name = legal(spelled(text).to_snake_case(), 'n');
    if NEVER.contains(&name.as_str()) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else {
        name
    }
}

/// Converts text into an identifier in `snake_case` that is also a file name, for modules.
///
/// Keywords get a trailing underscore. Characters beyond ASCII are omitted, since `rustc` does not find files
/// by such names (E0754). A long name is cut, and ends with a hash of the text, so that different texts have different
/// names.
pub fn module_name(text: &str) -> String {
    let ascii: String = spelled(text).chars().filter(char::is_ascii).collect();
    let name = value_name(if ascii.contains(|letter: char| letter.is_ascii_alphanumeric()) { &ascii } else { "tag" });
    match name.strip_prefix("r#") {
        Some(keyword) => format!("{keyword}_"),
        None if name.len() > LONGEST_MODULE => {
            let end = name[..LONGEST_MODULE].rfind('_').filter(|end| *end > 0).unwrap_or(LONGEST_MODULE);
            format!("{}_{:08x}", &name[..end], short_hash(text))
        }
        None => name,
    }
}

/// The longest name of a module without a hash, in bytes. File systems limit the name of a file to 255 bytes.
const LONGEST_MODULE: usize = 100;

/// Returns a hash of a text that is equal on every machine (FNV-1a), to tell shortened names apart.
fn short_hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Converts text into an identifier in `SHOUTY_SNAKE_CASE`, for statics.
pub fn static_name(text: &str) -> String {
    legal(spelled(text).to_shouty_snake_case(), 'N').to_uppercase()
}

/// Replaces signs in text by words, so that names such as `+1` and `-1` become distinct identifiers. Other characters that
/// no identifier contains are replaced only if the text has nothing else: `/` becomes `slash`, and `🎉` becomes `u1f389`.
fn spelled(text: &str) -> String {
    if !text.chars().any(|letter| sign(letter).is_some() || letter.is_alphanumeric()) {
        return text.chars().take(LONGEST_SPELLING).map(named).collect::<Vec<_>>().join(" ");
    }
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for letter in text.chars() {
        match sign(letter).or((start && letter == '-').then_some("minus")) {
            Some(word) => {
                out.push(' ');
                out.push_str(word);
                out.push(' ');
            }
            None => out.push(letter),
        }
        start = false;
    }
    out
}

/// Returns the word for a sign.
fn sign(letter: char) -> Option<&'static str> {
    Some(match letter {
        '+' => "plus",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '*' => "star",
        '$' => "dollar",
        '@' => "at",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '~' => "tilde",
        _ => return None,
    })
}

/// The number of characters that are spelled in a text without letters and digits.
const LONGEST_SPELLING: usize = 8;

/// Returns the name of a character that usually separates words, or its code point.
fn named(letter: char) -> String {
    let word = match letter {
        '-' => "minus",
        '_' => "underscore",
        '/' => "slash",
        '\\' => "backslash",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '?' => "question",
        '#' => "hash",
        '^' => "caret",
        '"' => "quote",
        '\'' => "apostrophe",
        '`' => "backtick",
        '(' => "open parenthesis",
        ')' => "close parenthesis",
        '[' => "open bracket",
        ']' => "close bracket",
        '{' => "open brace",
        '}' => "close brace",
        ' ' => "space",
        _ => return format!("u{:04x}", u32::from(letter)),
    };
    word.to_owned()
}

/// Removes characters that an identifier cannot contain, and puts `first` before a leading digit.
fn legal(name: String, first: char) -> String {
    let kept: String = name.chars().filter(|letter| *letter == '_' || letter.is_alphanumeric()).collect();
    let kept: String = kept.chars().filter(|letter| letter.is_ascii() || unicode_letter(*letter)).collect();
    match kept.chars().next() {
        None => {
            if first == 'n' {
                "empty".to_owned()
            } else {
                "Empty".to_owned()
            }
        }
        Some(letter) if letter.is_numeric() => format!("{first}{kept}"),
        Some(_) => kept,
    }
}

/// Returns true if Rust allows a character beyond ASCII at every position of an identifier.
fn unicode_letter(letter: char) -> bool {
    letter.is_alphabetic()
        && !('\u{1F130}'..='\u{1F189}').contains(&letter)
        && !matches!(letter, '\u{24B6}'..='\u{24E9}' | '\u{345}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_become_raw_or_get_a_suffix() {
        assert_eq!(value_name("type"), "r#type");
        assert_eq!(value_name("gen"), "r#gen");
        assert_eq!(value_name("self"), "self_");
        assert_eq!(type_name("self"), "SelfValue");
        assert_eq!(module_name("type"), "type_");
    }

    #[test]
    fn text_without_a_legal_start_becomes_a_name() {
        assert_eq!(type_name("2fa"), "N2fa");
        assert_eq!(value_name("2fa"), "n2fa");
        assert_eq!(type_name(""), "Empty");
        assert_eq!(value_name("///"), "slash_slash_slash");
        assert_eq!(static_name("#"), "HASH");
        assert_eq!(
            (type_name("🎉"), type_name("\n"), type_name("-")),
            ("U1f389".into(), "U000a".into(), "Minus".into())
        );
        assert!(type_name(&"🎉".repeat(300)).len() < 60);
    }

    #[test]
    fn module_names_are_valid_file_names() {
        assert_eq!(module_name("Große Übung"), "groe_bung");
        assert_eq!(module_name("名前"), "tag");
        assert_eq!(module_name("self"), "self_");
        assert_eq!(module_name(&"a".repeat(100)), "a".repeat(100));
        let (long, longer) = (module_name(&"every word ".repeat(40)), module_name(&"every word ".repeat(41)));
        assert!(long.starts_with("every_word_") && long.len() < 120 && long != longer, "{long} {longer}");
        assert!(module_name(&"a".repeat(101)).len() < 120);
    }

    #[test]
    fn signs_make_names_distinct() {
        assert_eq!(type_name("+1"), "Plus1");
        assert_eq!(type_name("-1"), "Minus1");
        assert_eq!(value_name("createdAt"), "created_at");
        assert_eq!(static_name("getUser"), "GET_USER");
    }
}
