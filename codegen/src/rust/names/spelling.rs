//! Words for the spelling of a name in the contract. They tell names apart that differ only in case or separators, which
//! Rust names do not preserve.

use crate::rust::names::ident::{type_name, value_name};

/// Returns the candidates for the name of a field: the converted text, then with a word for its spelling.
///
/// Beside a field `user_id`, the text `userId` becomes `user_id_camel`.
pub fn field_names(text: &str) -> Vec<String> {
    let name = value_name(text);
    let plain = name.trim_start_matches("r#").trim_end_matches('_');
    let spelled = spelling(text).map(|word| format!("{plain}_{word}"));
    [name.clone()].into_iter().chain(spelled).collect()
}

/// Returns the candidates for the name of a variant: the converted text, then with a word for its spelling.
///
/// Beside a variant `Asc` for the text `ASC`, the text `asc` becomes `AscLower`.
pub fn variant_names(text: &str) -> Vec<String> {
    let name = type_name(text);
    let spelled = spelling(text).map(|word| format!("{name}{}", type_name(word)));
    [name.clone()].into_iter().chain(spelled).collect()
}

/// Returns a word for the first separator in a text, or `None` if it has none.
fn word_of_separator(text: &str) -> Option<&'static str> {
    text.chars().find_map(|letter| match letter {
        '_' => Some("snake"),
        '-' => Some("kebab"),
        '.' => Some("dotted"),
        ' ' => Some("spaced"),
        _ => None,
    })
}

/// Returns a word for the spelling of a text, or `None` for a text without letters that have a case.
pub fn spelling(text: &str) -> Option<&'static str> {
    let has_upper = text.chars().any(char::is_uppercase);
    let has_lower = text.chars().any(char::is_lowercase);
    match (has_upper, has_lower) {
        (false, false) => None,
        (true, false) => Some("upper"),
        (false, true) => Some(word_of_separator(text).unwrap_or("lower")),
        (true, true) => Some(word_of_separator(text).unwrap_or(match text.starts_with(char::is_uppercase) {
            true => "pascal",
            false => "camel",
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_case_or_separators_have_different_words() {
        let words: Vec<_> = ["userId", "UserId", "user_id", "user-id", "user.id", "user id", "USER_ID", "userid"]
            .into_iter()
            .map(|text| spelling(text).unwrap_or_default())
            .collect();
        assert_eq!(words, ["camel", "pascal", "snake", "kebab", "dotted", "spaced", "upper", "lower"]);
        assert_eq!(spelling("名前"), None);
        assert_eq!(spelling("+1"), None);
    }

    #[test]
    fn keywords_lose_their_marks_before_the_word() {
        assert_eq!(field_names("type"), ["r#type", "type_lower"]);
        assert_eq!(field_names("Self"), ["self_", "self_pascal"]);
        assert_eq!(variant_names("self"), ["SelfValue", "SelfValueLower"]);
        assert_eq!(field_names(""), ["empty"]);
    }
}
