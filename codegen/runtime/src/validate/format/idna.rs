//! The check of decoded labels in internationalized host names: the allowed characters and their contexts (RFC
//! 5891 § 4.2, RFC 5892).
//!
//! The character tables are those of the crate `regex`, which is a dependency for patterns anyway. Two
//! rules are not checked: the normal form of a label (RFC 5891 § 4.2.1) and its direction (RFC 5893).

use std::sync::LazyLock;

use regex::Regex;

/// The characters that a label of a host name may contain: letters and digits that lower-casing does not change
/// (RFC 5892 § 2.1 to 2.3), the exceptions of § 2.6, and the characters that depend on their context.
static ALLOWED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let letters = r"A-Za-z0-9\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}";
    let exceptions = r"\x{6FD}\x{6FE}\x{F0B}\x{3007}\x{B7}\x{375}\x{5F3}\x{5F4}\x{30FB}\x{200C}\x{200D}-";
    Regex::new(&format!("^[{letters}{exceptions}]+$")).ok()
});

/// Combining marks, which modify the character before them. A label must not begin with one.
static MARK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{M}").ok());

static GREEK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Greek}").ok());

static HEBREW: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Hebrew}").ok());

static JAPANESE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\p{Hiragana}\p{Katakana}\p{Han}]").ok());

/// Letters of the scripts with joining letters, between which a zero-width non-joiner is allowed. The set
/// approximates the Unicode table of joining types.
static JOINING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let scripts = r"\p{Arabic}\p{Syriac}\p{Nko}\p{Mandaic}\p{Mongolian}\p{Phags_Pa}\p{Manichaean}\p{Adlam}";
    Regex::new(&format!("^[{scripts}]")).ok()
});

/// Letters that a label of a host name must not contain (RFC 5892 § 2.6).
const DISALLOWED: &[char] = &[
    '\u{640}', '\u{7FA}', '\u{302E}', '\u{302F}', '\u{3031}', '\u{3032}', '\u{3033}', '\u{3034}', '\u{3035}',
    '\u{303B}',
];

/// The viramas, after which joiner characters are allowed: the characters of Unicode's canonical combining
/// class 9.
const VIRAMAS: &[u32] = &[
    0x94D, 0x9CD, 0xA4D, 0xACD, 0xB4D, 0xBCD, 0xC4D, 0xCCD, 0xD3B, 0xD3C, 0xD4D, 0xDCA, 0xE3A, 0xEBA, 0xF84, 0x1039,
    0x103A, 0x1714, 0x1715, 0x1734, 0x17D2, 0x1A60, 0x1B44, 0x1BAA, 0x1BAB, 0x1BF2, 0x1BF3, 0x2D7F, 0xA806, 0xA82C,
    0xA8C4, 0xA953, 0xA9C0, 0xAAF6, 0xABED, 0x10A3F, 0x11046, 0x11070, 0x1107F, 0x110B9, 0x11133, 0x11134, 0x111C0,
    0x11235, 0x112EA, 0x1134D, 0x11442, 0x114C2, 0x115BF, 0x1163F, 0x116B6, 0x1172B, 0x11839, 0x1193D, 0x1193E,
    0x119E0, 0x11A34, 0x11A47, 0x11A99, 0x11C3F, 0x11D44, 0x11D45, 0x11D97,
];

/// Returns true if `label` is valid as the decoded form of an A-label (`xn--…`) in a host name.
pub(super) fn is_label(label: &str) -> bool {
    let letters: Vec<char> = label.chars().collect();
    fits(&ALLOWED, label)
        && !fits(&MARK, label)
        && !(label.starts_with('-') || label.ends_with('-'))
        && letters.get(2..4) != Some(&['-', '-'])
        && !letters.iter().any(|letter| DISALLOWED.contains(letter))
        && (0..letters.len()).all(|at| may_stand(&letters, at, label))
}

/// Returns true if the character at index `at` is allowed in its context within the label (RFC 5892, appendix
/// A).
fn may_stand(letters: &[char], at: usize, label: &str) -> bool {
    let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
    let after = letters.get(at + 1).copied();
    let is =
        |regex: &Table, letter: Option<char>| letter.is_some_and(|letter| fits(regex, letter.encode_utf8(&mut [0; 4])));
    let virama = before.is_some_and(|letter| VIRAMAS.contains(&u32::from(letter)));
    match letters[at] {
        '\u{200C}' => virama || (is(&JOINING, before) && is(&JOINING, after)),
        '\u{200D}' => virama,
        '\u{B7}' => before == Some('l') && after == Some('l'),
        '\u{375}' => is(&GREEK, after),
        '\u{5F3}' | '\u{5F4}' => is(&HEBREW, before),
        '\u{30FB}' => fits(&JAPANESE, &label.replace('\u{30FB}', "")),
        // Digits of the two kinds exclude each other, so those of one kind are enough to find both.
        '\u{660}'..='\u{669}' => !letters.iter().any(|letter| ('\u{6F0}'..='\u{6F9}').contains(letter)),
        _ => true,
    }
}

type Table = LazyLock<Option<Regex>>;

fn fits(table: &Table, text: &str) -> bool {
    table.as_ref().is_some_and(|regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_compiles() {
        for table in [&ALLOWED, &MARK, &GREEK, &HEBREW, &JAPANESE, &JOINING] {
            assert!(table.is_some());
        }
    }

    #[test]
    fn letters_are_allowed_by_their_context() {
        for good in ["bücher", "straße", "l·l", "例え・テスト", "क्‍ष"] {
            assert!(is_label(good), "{good}");
        }
        for bad in ["", "a·b", "\u{301}a", "ab--cd", "☃", "Ü", "\u{200D}", "٠۰", "۰٠"] {
            assert!(!is_label(bad), "{bad}");
        }
    }

    #[test]
    fn a_character_that_depends_on_its_neighbours_needs_them() {
        for good in [
            "l\u{B7}l",
            "\u{375}\u{3B1}",
            "\u{5D0}\u{5F3}",
            "\u{5D0}\u{5F4}",
            "a\u{30FB}\u{30A2}",
            "\u{628}\u{200C}\u{628}",
            "\u{915}\u{94D}\u{200C}\u{937}",
        ] {
            assert!(is_label(good), "{good:?}");
        }
        for bad in [
            "l\u{B7}a",
            "a\u{B7}l",
            "\u{B7}l",
            "\u{3B1}\u{375}",
            "\u{375}a",
            "\u{5F3}\u{5D0}",
            "a\u{5F4}",
            "a\u{30FB}b",
            "a\u{200C}b",
            "\u{628}\u{200C}a",
            "a\u{200C}\u{628}",
            "\u{628}\u{200D}\u{628}",
        ] {
            assert!(!is_label(bad), "{bad:?}");
        }
    }

    #[test]
    fn the_two_kinds_of_arabic_digits_do_not_mix() {
        assert!(is_label("\u{660}\u{669}") && is_label("\u{6F0}\u{6F9}"));
        for bad in ["\u{660}\u{6F9}", "\u{6F0}\u{669}", "\u{669}a\u{6F0}", "\u{6F9}a\u{660}"] {
            assert!(!is_label(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_label_neither_begins_nor_ends_with_a_hyphen_and_encodes_no_prefix() {
        assert!(is_label("é-é") && is_label("é--é"));
        for bad in ["-é", "é-", "éé--é", "a\u{640}", "\u{302E}", "a b", "é."] {
            assert!(!is_label(bad), "{bad:?}");
        }
    }
}
