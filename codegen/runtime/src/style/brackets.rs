//! The tree of the values that a query or a form sends under bracketed names such as `a[b][c]`.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::http::percent;
use crate::http::query::Pair;
use crate::json::TextValue;

/// The maximum number of bracketed keys in a name such as `a[b][c]`. A name with more is one key, brackets
/// included.
pub(crate) const DEEPEST: usize = 16;

/// A tree of the bracketed names in a query or a form, with their values. Its construction takes linear time in
/// the number of pairs.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    values: Vec<Cow<'a, str>>,
    children: Vec<(Cow<'a, str>, Tree<'a>)>,
    index: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Tree<'a> {
    /// Adds the value of a pair under a name such as `a`, `a[b][c]` or `a[]`.
    pub(crate) fn insert(&mut self, pair: &Pair<'a>, value: Cow<'a, str>) {
        match name_and_keys(pair) {
            None => self.insert_key(pair.name.clone(), value),
            Some(keys) => self.insert_at(keys.into_iter().map(Cow::Owned), value),
        }
    }

    /// Adds a value to the tree of bracketed names, under a key without brackets.
    pub(crate) fn insert_key(&mut self, key: Cow<'a, str>, value: Cow<'a, str>) {
        self.child(key).values.push(value);
    }

    /// Adds a value to the tree of bracketed names, under a path of keys. An empty key at the end (`a[]`) adds
    /// another value to the key before it.
    pub(crate) fn insert_at(&mut self, keys: impl Iterator<Item = Cow<'a, str>>, value: Cow<'a, str>) {
        let mut node = self;
        let mut keys = keys.peekable();
        while let Some(key) = keys.next() {
            if key.is_empty() && keys.peek().is_none() {
                break;
            }
            node = node.child(key);
        }
        node.values.push(value);
    }

    fn child(&mut self, key: Cow<'a, str>) -> &mut Tree<'a> {
        let next = self.children.len();
        let at = *self.index.entry(key.clone()).or_insert(next);
        if at == next {
            self.children.push((key, Tree::default()));
        }
        &mut self.children[at].1
    }

    /// Returns true if the tree of bracketed names contains no value.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty() && self.children.is_empty()
    }

    /// Converts the tree of bracketed names into a map from names to values, which can be empty.
    pub(crate) fn into_map(self) -> TextValue<'a> {
        TextValue::Map(self.children.into_iter().map(|(key, tree)| (key, tree.into_value())).collect())
    }

    /// Converts a node of the tree of bracketed names into a scalar, a list or a map.
    ///
    /// A name that was sent once becomes a scalar, and a name that was sent several times a list. A name that was
    /// sent with and without brackets becomes a list of both, which no schema matches, so the contradiction is
    /// reported.
    fn into_value(mut self) -> TextValue<'a> {
        let mut values: Vec<TextValue<'a>> = self.values.drain(..).map(TextValue::Scalar).collect();
        if !self.children.is_empty() {
            let nested = self.into_map();
            if values.is_empty() {
                return nested;
            }
            values.push(nested);
        }
        match values.len() {
            1 => values.swap_remove(0),
            _ => TextValue::List(values),
        }
    }
}

/// Returns the decoded keys of a bracketed name such as `a[b][c]`, or `None` if it has no brackets or malformed
/// ones.
fn name_and_keys(pair: &Pair<'_>) -> Option<Vec<String>> {
    let at = pair.name.find('[').filter(|at| *at > 0)?;
    let name = &pair.name[..at];
    let mut all = vec![name.to_owned()];
    all.extend(keys_behind(pair, name)?);
    Some(all)
}

/// Returns the decoded keys in the brackets that follow the name `name` of a pair, or `None` if the brackets are
/// malformed or too many.
///
/// The brackets of a name are usually encoded. If the name contains brackets that are not, then encoded ones
/// belong to its keys.
pub(crate) fn keys_behind(pair: &Pair<'_>, name: &str) -> Option<Vec<String>> {
    let decode = |raw: &str| percent::decode_form(raw).map(Cow::into_owned);
    // The brackets of `name` itself may be raw too, so the keys begin at one of the first brackets.
    let first = pair.raw_name.match_indices('[').take(name.matches('[').count() + 1);
    for (at, _) in first {
        if percent::decode_form(&pair.raw_name[..at]).is_some_and(|head| head == name)
            && let Some(raw) = keys(&pair.raw_name[at..])
        {
            return raw.into_iter().map(decode).collect();
        }
    }
    keys(pair.name.strip_prefix(name)?).map(|keys| keys.into_iter().map(str::to_owned).collect())
}

/// Returns the keys in the brackets of a name, such as `[b][c]`, or `None` if the brackets are malformed or too
/// many.
pub(crate) fn keys(mut rest: &str) -> Option<Vec<&str>> {
    let mut keys = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.strip_prefix('[')?.split_once(']')?;
        keys.push(key);
        if keys.len() > DEEPEST {
            return None;
        }
        rest = after;
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::query::pairs;

    fn tree(text: &str) -> TextValue<'_> {
        let mut tree = Tree::default();
        for pair in pairs(text) {
            let value = percent::decode_form(pair.raw).unwrap();
            tree.insert(&pair, value);
        }
        tree.into_map()
    }

    fn scalar(text: &str) -> TextValue<'_> {
        TextValue::Scalar(text.into())
    }

    fn map<'a>(entries: Vec<(&'a str, TextValue<'a>)>) -> TextValue<'a> {
        TextValue::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    #[test]
    fn names_and_values_are_decoded() {
        assert_eq!(tree("a+b=c%2Bd&e"), map(vec![("a b", scalar("c+d")), ("e", scalar(""))]));
    }

    #[test]
    fn a_repeated_name_is_a_list() {
        assert_eq!(
            tree("a=1&b=2&a=3"),
            map(vec![("a", TextValue::List(vec![scalar("1"), scalar("3")])), ("b", scalar("2"))])
        );
        assert_eq!(tree("a[]=1&a[]=3"), map(vec![("a", TextValue::List(vec![scalar("1"), scalar("3")]))]));
    }

    #[test]
    fn brackets_make_objects_and_numbered_brackets_make_lists() {
        assert_eq!(
            tree("a[b][c]=1&a[d]=2"),
            map(vec![("a", map(vec![("b", map(vec![("c", scalar("1"))])), ("d", scalar("2"))]))])
        );
        assert_eq!(
            tree("a[0][x]=1&a[1][x]=2"),
            map(vec![("a", map(vec![("0", map(vec![("x", scalar("1"))])), ("1", map(vec![("x", scalar("2"))]))]))])
        );
        assert_eq!(tree("a[=1&[b]=2&a]=3"), map(vec![("a[", scalar("1")), ("[b]", scalar("2")), ("a]", scalar("3"))]));
    }

    #[test]
    fn an_encoded_bracket_belongs_to_a_key_if_there_are_other_brackets() {
        assert_eq!(tree("a%5Bb%5D=1"), map(vec![("a", map(vec![("b", scalar("1"))]))]));
        assert_eq!(tree("a[b%5Bc%5D]=1"), map(vec![("a", map(vec![("b[c]", scalar("1"))]))]));
    }

    #[test]
    fn many_names_take_linear_time() {
        let text: String = (0..200_000).map(|name| format!("{name}=&")).collect();
        let TextValue::Map(entries) = tree(&text) else { panic!("not a map") };
        assert_eq!(entries.len(), 200_000);
    }

    #[test]
    fn a_name_with_many_brackets_is_one_key_without_recursion() {
        let name = format!("a{}", "[b]".repeat(100_000));
        let text = format!("{name}=1");
        assert_eq!(tree(&text), map(vec![(&name, scalar("1"))]));
    }

    #[test]
    fn a_name_with_more_bracketed_keys_than_the_maximum_is_one_key() {
        let name = |keys| format!("a{}", "[b]".repeat(keys));
        let (deepest, deeper) = (format!("{}=1", name(DEEPEST)), format!("{}=1", name(DEEPEST + 1)));
        let nested = (0..DEEPEST).fold(scalar("1"), |value, _| map(vec![("b", value)]));
        assert_eq!(tree(&deepest), map(vec![("a", nested)]));
        assert_eq!(tree(&deeper), map(vec![(&name(DEEPEST + 1), scalar("1"))]));
    }
}
