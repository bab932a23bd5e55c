//! The search for the known name that is most similar to a misspelt one, for "did you mean `…`?".

/// The longest name for which a similar one is searched, in bytes; the comparison of longer names is too slow.
const LONGEST: usize = 80;

/// The degree of similarity between a misspelt name and a known name, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// The misspelt and the known name differ only in case and in the separators `-`, `_` and space.
    Same,
    /// The misspelt and the known name differ by a typing error: one letter if the misspelt name has at least
    /// four letters, two if it has at least eight.
    Slip,
    /// The misspelt and the known name are similar, but the known one may not be intended.
    Similar,
}

/// Returns the known name that is most similar to a misspelt `word`, or the first of equally similar ones.
///
/// Returns `None` if no known name is similar. `word` itself is not a candidate.
///
/// ```
/// use writ_contract::diagnostic::closest;
///
/// assert_eq!(closest("paramters", ["parameters", "responses"]), Some("parameters"));
/// assert_eq!(closest("colour", ["parameters", "responses"]), None);
/// ```
pub fn closest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    nearest(word, known).map(|(known, _)| known)
}

/// Returns the known name that [`closest`] finds for `word`, together with the degree of similarity.
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

/// Returns true if two names differ by at most one letter, apart from case and separators.
pub(crate) fn is_one_edit_apart(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    one.chars().count().abs_diff(other.chars().count()) <= 1 && strsim::damerau_levenshtein(&one, &other) <= 1
}

/// Returns a name in lower case and without separators, for comparisons.
fn fold(word: &str) -> String {
    word.chars().filter(|letter| !matches!(letter, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Returns a lower bound of the edit distance of two names, computed from the letters that only one of them has.
///
/// The bound rules out almost all pairs of names, and is far faster to compute than the edit distance.
fn letters_apart(one: &str, other: &str) -> usize {
    let mut counts = [0i16; 64];
    // Different letters with one slot may hide a difference, which only makes the lower bound lower.
    one.chars().for_each(|letter| counts[letter as usize % 64] += 1);
    other.chars().for_each(|letter| counts[letter as usize % 64] -= 1);
    let lacking = |sign: i16| counts.iter().map(|count| usize::try_from(count * sign).unwrap_or(0)).sum::<usize>();
    lacking(1).max(lacking(-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_the_known_name() {
        let known = ["operationId", "parameters", "responses", "requestBody"];
        assert_eq!(nearest("operationID", known), Some(("operationId", Nearness::Same)));
        assert_eq!(nearest("request_body", known), Some(("requestBody", Nearness::Same)));
        assert_eq!(nearest("reponses", known), Some(("responses", Nearness::Slip)));
        assert_eq!(nearest("paramters", known), Some(("parameters", Nearness::Slip)));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn the_lower_bound_never_exceeds_the_edit_distance() {
        let words = ["operationId", "opreationid", "tags", "tgas", "", "größe", "grösse", "日本語", "aaaa", "aa"];
        for one in words {
            for other in words {
                assert!(letters_apart(one, other) <= strsim::damerau_levenshtein(one, other), "{one} {other}");
            }
        }
    }

    #[test]
    fn two_swapped_letters_count_as_one_error() {
        assert_eq!(nearest("tgas", ["tags"]), Some(("tags", Nearness::Slip)));
    }
}
