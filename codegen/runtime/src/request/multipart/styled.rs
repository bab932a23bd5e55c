//! Reading form parts whose values have a style of query parameters (OpenAPI 3.1.2 § 4.8.15.1.2).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::rule::{FormRule, PartStyle};
use crate::json::TextValue;
use crate::style::brackets::{Tree, keys};

/// The objects of a multipart form whose properties are separate form parts, by the index of the object in
/// [`FormRule::parts`]. They are complete at the end of the form.
#[derive(Debug, Default)]
pub(super) struct SpreadObjects(BTreeMap<usize, Tree<'static>>);

impl SpreadObjects {
    /// Adds a property of an object. `path` is the rest of the property's part name after the name of the object.
    pub(super) fn insert(&mut self, index: usize, style: PartStyle, name: &str, object: &str, value: String) {
        let path: Vec<&str> = match style {
            PartStyle::Brackets => name.strip_prefix(object).and_then(keys).unwrap_or_default(),
            _ => vec![name],
        };
        let path = path.into_iter().map(|key| Cow::Owned(key.to_owned()));
        self.0.entry(index).or_default().insert_at(path, Cow::Owned(value));
    }

    /// Removes one object and returns it with its index, or `None` if no object is left.
    pub(super) fn pop(&mut self) -> Option<(usize, TextValue<'static>)> {
        self.0.pop_first().map(|(index, tree)| (index, tree.into_map()))
    }
}

/// Returns the index of the object in [`FormRule::parts`] that a form part is a property of, by the name of the part.
/// The contract lists no part of this name.
pub(super) fn object_of(rule: &FormRule, name: &str) -> Option<usize> {
    let is_property = |style: PartStyle, object: &str| match style {
        PartStyle::Brackets => name
            .strip_prefix(object)
            .and_then(keys)
            .is_some_and(|keys| !keys.is_empty() && keys.iter().all(|key| !key.is_empty())),
        PartStyle::Members([]) => rule.rest.is_none(),
        PartStyle::Members(names) => names.contains(&name),
        PartStyle::Scalar | PartStyle::Delimited(_) => false,
    };
    let of = |prefers_any: bool| {
        rule.parts.iter().position(|part| {
            part.style
                .is_some_and(|style| (style == PartStyle::Members(&[])) == prefers_any && is_property(style, part.name))
        })
    };
    of(false).or_else(|| of(true))
}

/// Returns true if a form part with the name of the object itself is not a value of this style.
pub(super) fn is_spread(style: PartStyle) -> bool {
    matches!(style, PartStyle::Brackets | PartStyle::Members(_))
}

/// Returns the elements of a list that is one form part. An empty string is an empty list.
pub(super) fn elements(text: &str, delimiter: char) -> impl Iterator<Item = &str> {
    text.split(delimiter).filter(move |_| !text.is_empty())
}

/// Returns the object that is one form part, in which keys and values alternate.
///
/// # Errors
///
/// Returns a message if the last key has no value.
pub(super) fn alternating(text: &str, delimiter: char) -> Result<TextValue<'static>, &'static str> {
    let mut tree = Tree::default();
    let mut pieces = elements(text, delimiter).map(|piece| Cow::Owned(piece.to_owned()));
    while let Some(key) = pieces.next() {
        let value = pieces.next().ok_or("must be pairs of a name and a value")?;
        tree.insert_at(std::iter::once(key), value);
    }
    Ok(tree.into_map())
}
