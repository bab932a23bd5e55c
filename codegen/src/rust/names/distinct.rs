//! Distinct names within one type or function: fields, variants, parameters.

use std::collections::{HashMap, HashSet};

use writ_contract::diagnostic::Diagnostic;
use writ_contract::source::Span;

/// Makes Rust names distinct within one type or function. Each item has candidates for its name, the best one first.
///
/// An item takes its first candidate, unless an earlier item has it. Otherwise it takes its first candidate that is free
/// and that no other item prefers. If there is none, a number is appended to its first candidate, and the first such
/// collision is returned too. So a new item at the end changes no name.
///
/// The caller reports the collision at the location of the type, since no location is more precise.
pub fn distinct<C>(items: impl IntoIterator<Item = C>) -> (Vec<String>, Option<Collision>)
where
    C: IntoIterator<Item = String>,
{
    let items: Vec<Vec<String>> = items.into_iter().map(|candidates| candidates.into_iter().collect()).collect();
    let mut preferred: HashMap<&str, usize> = HashMap::with_capacity(items.len());
    for (index, name) in items.iter().enumerate().filter_map(|(index, candidates)| Some((index, candidates.first()?))) {
        preferred.entry(name).or_insert(index);
    }
    let mut used: HashSet<String> = HashSet::with_capacity(items.len());
    let mut next: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::with_capacity(items.len());
    let mut collision: Option<Collision> = None;
    for (index, candidates) in items.iter().enumerate() {
        let is_free = |name: &str| !used.contains(name) && preferred.get(name).is_none_or(|first| *first == index);
        let name = candidates.iter().find(|name| is_free(name)).cloned().unwrap_or_else(|| {
            let name = candidates.first().map_or("unnamed", String::as_str);
            let number = next.entry(name).or_insert(2);
            let mut chosen = format!("{name}{number}");
            while !is_free(&chosen) {
                *number += 1;
                chosen = format!("{name}{number}");
            }
            match &mut collision {
                Some(collision) => collision.more += 1,
                None => {
                    let first = preferred.get(name).copied().unwrap_or_default();
                    collision =
                        Some(Collision { indices: [first, index], names: [name.to_owned(), chosen.clone()], more: 0 });
                }
            }
            chosen
        });
        used.insert(name.clone());
        all.push(name);
    }
    (all, collision)
}

/// A collision of Rust names: two items of a type or function whose names would be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The indices of the two items whose names collide.
    pub indices: [usize; 2],
    /// The distinct Rust names that the two items get.
    names: [String; 2],
    /// The number of other items of the type or function that get a number in their name because of a collision.
    more: usize,
}

impl Collision {
    /// Returns a warning about the collision at `span`. `describe` describes the item at an index as the
    /// contract names it, such as "the property `first-name`".
    pub fn report(&self, span: Span, describe: impl Fn(usize) -> String) -> Diagnostic {
        let [first, second] = self.indices.map(describe);
        let [kept, numbered] = &self.names;
        let message = format!("{first} and {second} have the same name in Rust");
        let report = Diagnostic::warning("name-collision", span, message)
            .label(format!("named `{kept}` and `{numbered}` in Rust"))
            .note("the names in requests and responses do not change");
        match self.more {
            0 => report,
            1 => report.note("1 further name gets a number too"),
            more => report.note(format!("{more} further names get a number too")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(items: &[&[&str]]) -> (Vec<String>, bool) {
        let (names, collision) =
            distinct(items.iter().map(|candidates| candidates.iter().map(|name| (*name).to_owned())));
        (names, collision.is_some())
    }

    #[test]
    fn a_later_item_takes_its_next_candidate() {
        let (all, numbered) = names(&[&["id", "id_path"], &["id", "id_query"], &["name"]]);
        assert_eq!(all, ["id", "id_query", "name"]);
        assert!(!numbered);
    }

    #[test]
    fn a_candidate_that_another_item_prefers_is_not_taken() {
        let (all, numbered) = names(&[&["id"], &["id", "id_query"], &["id_query"]]);
        assert_eq!(all, ["id", "id2", "id_query"]);
        assert!(numbered);
    }

    #[test]
    fn a_number_avoids_the_names_of_other_items() {
        assert_eq!(names(&[&["id"], &["id"], &["id2"], &["id"]]).0, ["id", "id3", "id2", "id4"]);
    }
}
