//! The third pass of loading a contract: replaces mistakes in its trees by the intended values.
//!
//! Later stages then read a correct document and need no exceptions for repaired mistakes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::node::{Key, Node, Object, Value};
use super::trees::Document;
use crate::source::{FileId, Span};

/// The repair of a mistake in a document that has only one possible meaning.
pub(super) enum Repair {
    /// The repair replaces a wrong value by this one.
    Replace(Value),
    /// The repair puts a single value into an array.
    Wrap,
    /// The repair replaces an array by its only element.
    Unwrap,
    /// The repair removes the wrong entry from its object.
    Remove,
    /// The repair gives the entry this name.
    Rename(String),
    /// The repair replaces an entry by these; an entry whose name the object has already is left out.
    Entries(Vec<(String, Value)>),
}

/// The repairs of a document, each by the source span of the wrong value, or of the name of the wrong entry.
#[derive(Default)]
pub(super) struct Repairs {
    repairs: HashMap<Span, Repair>,
    /// The entries that belong into an object beside them, which does not exist yet: the name of that object, by the
    /// span of the name of the entry.
    nested: HashMap<Span, &'static str>,
}

impl Repairs {
    /// Records the repair of the value at a source span, or of the entry whose name is at the span.
    pub(super) fn add(&mut self, span: Span, repair: Repair) {
        self.repairs.insert(span, repair);
    }

    /// Records that the entry whose name is at a source span belongs into the object in the new entry `name`.
    pub(super) fn nest(&mut self, span: Span, name: &'static str) {
        self.nested.insert(span, name);
    }

    /// Returns true if the value at a source span, or the entry whose name is at the span, has a repair.
    pub(super) fn contains(&self, span: Span) -> bool {
        self.repairs.contains_key(&span)
    }
}

/// Applies the recorded repairs of mistakes to the trees of a document.
pub(super) fn repair(document: &mut Document, repairs: &Repairs) {
    let spans = repairs.repairs.keys().chain(repairs.nested.keys());
    let files: HashSet<FileId> = spans.map(|span| document.base(span.file)).collect();
    for (file, tree) in document.sources.ids().zip(document.trees_mut()) {
        if files.contains(&file) {
            rewrite(repairs, Arc::make_mut(tree));
        }
    }
}

fn rewrite(repairs: &Repairs, node: &mut Node) {
    match &mut node.value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| rewrite(repairs, element)),
        Value::Object(object) => *object = entries(repairs, std::mem::take(object)),
        _ => {}
    }
    match repairs.repairs.get(&node.span) {
        Some(Repair::Replace(value)) if !matches!(node.value, Value::Array(_) | Value::Object(_)) => {
            node.value = value.clone();
        }
        Some(Repair::Wrap) => {
            let value = std::mem::replace(&mut node.value, Value::Null);
            node.value = Value::Array(vec![Node { span: node.span, value }]);
        }
        Some(Repair::Unwrap) => {
            if let Value::Array(elements) = &mut node.value
                && let Some(only) = elements.pop()
            {
                *node = only;
            }
        }
        _ => {}
    }
}

/// Returns the repaired entries of an object: first those that it has, in their order, then the new ones.
fn entries(repairs: &Repairs, object: Object) -> Object {
    let mut kept = Vec::with_capacity(object.len());
    let mut added = Vec::new();
    let mut nested: IndexMap<&'static str, Vec<(Key, Node)>> = IndexMap::new();
    for (key, mut value) in object {
        rewrite(repairs, &mut value);
        let span = key.span;
        let (repair, outer) = (repairs.repairs.get(&span), repairs.nested.get(&span).copied());
        if repair.is_none() && outer.is_none() {
            kept.push((key, value));
            continue;
        }
        let entry: Vec<(Key, Node)> = match repair {
            Some(Repair::Remove) => Vec::new(),
            Some(Repair::Rename(name)) => vec![(Key { name: name.clone(), span }, value)],
            Some(Repair::Entries(entries)) => {
                let entry = |(name, new): &(String, Value)| {
                    (Key { name: name.clone(), span }, Node { span: value.span, value: new.clone() })
                };
                entries.iter().map(entry).collect()
            }
            Some(Repair::Replace(_) | Repair::Wrap | Repair::Unwrap) | None => vec![(key, value)],
        };
        match (outer, repair) {
            (Some(name), _) => nested.entry(name).or_default().extend(entry),
            (None, Some(Repair::Entries(_))) => added.extend(entry),
            (None, _) => kept.extend(entry),
        }
    }
    let outer = nested.into_iter().filter_map(|(name, inner)| {
        let (first, last) = (inner.first()?.0.span, inner.last()?.1.span);
        let span = Span { end: last.end, ..first };
        let value = Value::Object(inner.into_iter().collect());
        Some((Key { name: name.to_owned(), span: first }, Node { span, value }))
    });
    kept.into_iter().chain(added).chain(outer).collect()
}
