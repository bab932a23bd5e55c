//! The patterns of ids in a bundled contract, for readers that do not know `x-id-prefix`.

use crate::document::node::{Key, Node, Value};

/// The pattern of a TypeID without its prefix: a UUID in base 32, whose first digit has only three bits.
const SUFFIX: &str = "[0-7][0-9a-hjkmnp-tv-z]{25}$";

/// Adds the pattern of its ids to a written schema with `x-id-prefix`, unless the contract gives another pattern.
pub(super) fn complete(schema: &mut Vec<(Key, Node)>) {
    if schema.iter().any(|(key, _)| key.name == "pattern") {
        return;
    }
    let prefix = schema.iter().find(|(key, _)| key.name == "x-id-prefix").map(|(_, node)| node);
    let Some((prefix, span)) = prefix.and_then(|node| Some((node.as_str()?, node.span))) else {
        return;
    };
    let pattern = Node { span, value: Value::String(pattern(prefix)) };
    schema.push((Key { name: "pattern".to_owned(), span }, pattern));
}

/// Returns the pattern of the TypeIDs with a prefix.
fn pattern(prefix: &str) -> String {
    let mut pattern = String::from("^");
    for character in prefix.chars() {
        if r"^$\.*+?()[]{}|/".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    if !prefix.is_empty() {
        pattern.push('_');
    }
    pattern + SUFFIX
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_prefix_stands_for_itself_in_a_pattern() {
        assert_eq!(pattern("evt"), "^evt_[0-7][0-9a-hjkmnp-tv-z]{25}$");
        assert_eq!(pattern(""), "^[0-7][0-9a-hjkmnp-tv-z]{25}$");
        assert_eq!(pattern("a.b"), r"^a\.b_[0-7][0-9a-hjkmnp-tv-z]{25}$");
    }
}
