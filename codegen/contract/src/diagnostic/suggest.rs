//! Which of the words that are known was probably meant.

/// No name that people write is longer; a longer text is not worth the search.
const LONGEST: usize = 80;

/// How near a word is to one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// The same but for case and separators.
    Same,
    /// A slip of the finger: one letter, or two in a long word.
    Slip,
    /// Similar; perhaps.
    Similar,
}

/// The known word that was probably meant, the first of equally near ones; `None` where none is like it.
pub fn closest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    nearest(word, known).map(|(known, _)| known)
}

/// As [`closest`], with how near it is.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<(&'k str, Nearness)> {
    if word.is_empty() || word.len() > LONGEST {
        return None;
    }
    let folded = fold(word);
    let length = folded.chars().count();
    let mut best: Option<(&str, usize)> = None;
    for candidate in known {
        if candidate.len() > LONGEST || candidate == word {
            continue;
        }
        let other = fold(candidate);
        let limit = best.map_or(length / 3, |(_, distance)| distance.saturating_sub(1));
        if other.chars().count().abs_diff(length) > limit {
            continue;
        }
        if letters_apart(&folded, &other) > limit {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&folded, &other);
        if distance <= limit && best.is_none_or(|(_, least)| distance < least) {
            best = Some((candidate, distance));
        }
    }
    best.map(|(candidate, distance)| {
        let nearness = match distance {
            0 => Nearness::Same,
            1 if length > 3 => Nearness::Slip,
            2 if length > 7 => Nearness::Slip,
            _ => Nearness::Similar,
        };
        (candidate, nearness)
    })
}

/// Returns true if two words are equal apart from case and separators, or one letter away from that.
pub(crate) fn is_one_edit_apart(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    one.chars().count().abs_diff(other.chars().count()) <= 1 && strsim::damerau_levenshtein(&one, &other) <= 1
}

/// A word without what writers differ in.
fn fold(word: &str) -> String {
    word.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// A lower bound of the distance of two words: the letters of one that the other lacks. It spares the
/// distance itself, which takes far longer, for almost all words that are not alike.
fn letters_apart(one: &str, other: &str) -> usize {
    let mut counts = [0i16; 64];
    // Letters that share a place hide a difference, which leaves it a lower bound.
    one.chars().for_each(|letter| counts[letter as usize % 64] += 1);
    other.chars().for_each(|letter| counts[letter as usize % 64] -= 1);
    let lacking = |sign: i16| counts.iter().map(|count| usize::try_from(count * sign).unwrap_or(0)).sum::<usize>();
    lacking(1).max(lacking(-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word() {
        let known = ["operationId", "parameters", "responses", "requestBody"];
        assert_eq!(nearest("operationID", known), Some(("operationId", Nearness::Same)));
        assert_eq!(nearest("request_body", known), Some(("requestBody", Nearness::Same)));
        assert_eq!(nearest("reponses", known), Some(("responses", Nearness::Slip)));
        assert_eq!(nearest("paramters", known), Some(("parameters", Nearness::Slip)));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn words_are_never_nearer_than_their_letters() {
        let words = ["operationId", "opreationid", "tags", "tgas", "", "größe", "grösse", "日本語", "aaaa", "aa"];
        for one in words {
            for other in words {
                assert!(letters_apart(one, other) <= strsim::damerau_levenshtein(one, other), "{one} {other}");
            }
        }
    }

    #[test]
    fn two_swapped_letters_are_one_slip() {
        assert_eq!(nearest("tgas", ["tags"]), Some(("tags", Nearness::Slip)));
    }
}
