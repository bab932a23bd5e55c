//! The check of a comment for sentences that do not name their subject.

use std::fmt;

use super::comment::{Comment, Kind};

/// Words at the beginning of a paragraph that leave it without a subject.
const OPENINGS: &[&str] = &["How", "Its", "Where", "Wherever", "Whether"];

/// Words at the beginning of any sentence that leave it without a subject.
const PRONOUNS: &[&str] = &["The same", "What", "Whatever", "Which", "Whichever", "Who", "Whoever", "Whom", "Whose"];

/// Words at the beginning of a test's name that leave it without a subject.
const TEST_OPENINGS: &[&str] =
    &["how", "its", "of", "the same", "what", "whatever", "where", "whether", "which", "who", "whoever", "whose"];

/// A fault of a comment: a sentence that does not name its subject.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The word that begins a faulty sentence of a comment. It is not a subject.
    pub opening: &'static str,
    /// The sentence of a comment that does not name its subject, as the comment contains it.
    pub sentence: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a sentence opens with `{}`: {}", self.opening, self.sentence)
    }
}

/// Returns the faults of a comment, at most one for each paragraph.
pub fn find(comment: &Comment) -> Vec<Fault> {
    if comment.kind == Kind::Test {
        return opening(&comment.text, TEST_OPENINGS).into_iter().collect();
    }
    paragraphs(&comment.text)
        .iter()
        .filter_map(|paragraph| {
            opening(paragraph, OPENINGS).or_else(|| sentences(paragraph).find_map(|next| opening(next, PRONOUNS)))
        })
        .collect()
}

/// Returns the fault of a sentence that begins with one of `words`. Returns `None` for any other sentence.
fn opening(sentence: &str, words: &[&'static str]) -> Option<Fault> {
    let opens = |word: &&&str| {
        sentence.strip_prefix(**word).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
    };
    let opening = words.iter().find(opens)?;
    Some(Fault { opening, sentence: sentence.split_inclusive(". ").next().unwrap_or(sentence).trim().to_owned() })
}

/// Returns the paragraphs of a comment, each as one line. Code blocks, headings and tables are omitted.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    let mut code = false;
    for line in text.lines().map(str::trim) {
        let fence = line.starts_with("```");
        code ^= fence;
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        if code || fence || line.is_empty() || line.starts_with(['#', '|']) {
            paragraphs.push(String::new());
        } else if let Some(item) = item {
            paragraphs.push(item.to_owned());
        } else if let Some(last) = paragraphs.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Returns the sentences of a paragraph. Each string also contains the rest of the paragraph.
fn sentences(paragraph: &str) -> impl Iterator<Item = &str> {
    let ends = paragraph.match_indices(['.', '?', '!']).map(|(at, _)| at + 1);
    std::iter::once(paragraph).chain(ends.filter_map(|at| paragraph[at..].strip_prefix(' ')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn openings(text: &str) -> Vec<&'static str> {
        let comment =
            Comment { path: String::new(), line: 1, kind: Kind::Doc, text: text.to_owned(), item: String::new() };
        find(&comment).into_iter().map(|fault| fault.opening).collect()
    }

    #[test]
    fn an_opening_without_a_subject_is_a_fault() {
        assert_eq!(openings("Whether it is set."), ["Whether"]);
        assert_eq!(openings("The same for bytes."), ["The same"]);
        assert_eq!(openings("Its name."), ["Its"]);
    }

    #[test]
    fn a_later_sentence_may_open_with_a_place_but_not_with_a_pronoun() {
        assert_eq!(openings("A list. Where it is empty, nothing is written."), [] as [&str; 0]);
        assert_eq!(openings("A list. What is\nempty is not written."), ["What"]);
    }

    #[test]
    fn every_paragraph_and_every_item_of_a_list_is_judged() {
        assert_eq!(openings("A list.\n\nHow it is read.\n\n- Who reads it\n"), ["How", "Who"]);
    }

    #[test]
    fn code_headings_and_tables_are_not_judged() {
        assert_eq!(openings("A list.\n\n```\nWhat\n```\n\n# What it is\n| What |\n"), [] as [&str; 0]);
    }

    #[test]
    fn a_longer_word_is_another_word() {
        assert_eq!(openings("Itself a list. Whatsoever."), [] as [&str; 0]);
    }

    #[test]
    fn a_test_is_named_by_its_subject() {
        let comment = |text: &str| Comment {
            path: String::new(),
            line: 1,
            kind: Kind::Test,
            text: text.to_owned(),
            item: String::new(),
        };
        assert_eq!(find(&comment("who comes twice is shown out"))[0].opening, "who");
        assert_eq!(find(&comment("a spent token revokes its session")), []);
    }
}
