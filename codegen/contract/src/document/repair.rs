//! The third pass of loading a contract: replaces mistakes in its trees by the intended values.
//!
//! Later stages then read a correct document and need no exceptions for repaired mistakes.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::{Key, Node, Object, Value};
use super::trees::Document;
use crate::source::Span;

/// The repair of a mistake in a document that has only one possible meaning.
pub(super) enum Repair {
    /// The repair replaces a wrong value by this one.
    Replace(Value),
    /// The repair puts a single value into an array.
    Wrap,
    /// The repair removes the wrong entry from its object.
    Remove,
    /// The repair gives the entry this name.
    Rename(String),
    /// The repair replaces an entry by these; an entry whose name the object has already is left out.
    Entries(Vec<(String, Value)>),
    /// The repair moves the entry into the object in the entry with this name, which it creates if necessary.
    Nest(&'static str),
}

/// The repairs of a document, each by the source span of the wrong value, or of the name of the wrong entry.
#[derive(Default)]
pub(super) struct Repairs(HashMap<Span, Repair>);

impl Repairs {
    /// Records the repair of the value at a source span, or of the entry whose name is at the span.
    pub(super) fn add(&mut self, span: Span, repair: Repair) {
        self.0.insert(span, repair);
    }

    /// Returns true if the value at a source span, or the entry whose name is at the span, has a repair.
    pub(super) fn contains(&self, span: Span) -> bool {
        self.0.contains_key(&span)
    }
}

/// Applies the recorded repairs of mistakes to the trees of a document.
pub(super) fn repair(document: &mut Document, Repairs(repairs): &Repairs) {
    for tree in document.trees_mut() {
        if repairs.keys().any(|span| span.file == tree.span.file) {
            rewrite(repairs, Arc::make_mut(tree));
        }
    }
}

fn rewrite(repairs: &HashMap<Span, Repair>, node: &mut Node) {
    match &mut node.value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| rewrite(repairs, element)),
        Value::Object(object) => *object = entries(repairs, std::mem::take(object)),
        _ => {}
    }
    match repairs.get(&node.span) {
        Some(Repair::Replace(value)) if !matches!(node.value, Value::Array(_) | Value::Object(_)) => {
            node.value = value.clone();
        }
        Some(Repair::Wrap) => {
            let value = std::mem::replace(&mut node.value, Value::Null);
            node.value = Value::Array(vec![Node { span: node.span, value }]);
        }
        _ => {}
    }
}

/// Returns the repaired entries of an object, in their order.
fn entries(repairs: &HashMap<Span, Repair>, object: Object) -> Object {
    let mut repaired = Vec::with_capacity(object.len());
    let mut added = Vec::new();
    let mut nested: Vec<(&'static str, Node, Vec<(Key, Node)>)> = Vec::new();
    for (key, mut value) in object {
        rewrite(repairs, &mut value);
        match repairs.get(&key.span) {
            Some(Repair::Remove) => {}
            Some(Repair::Rename(name)) => repaired.push((Key { name: name.clone(), span: key.span }, value)),
            Some(Repair::Entries(entries)) => added.extend(entries.iter().map(|(name, new)| {
                let key = Key { name: name.clone(), span: key.span };
                (key, Node { span: value.span, value: new.clone() })
            })),
            Some(Repair::Nest(name)) => match nested.iter_mut().find(|(known, ..)| known == name) {
                Some((_, _, inner)) => inner.push((key, value)),
                None => {
                    let outer = Node { span: Span { end: value.span.end, ..key.span }, value: Value::Null };
                    nested.push((name, outer, vec![(key, value)]));
                }
            },
            Some(Repair::Replace(_) | Repair::Wrap) | None => repaired.push((key, value)),
        }
    }
    let outer = nested.into_iter().map(|(name, node, inner)| {
        let key = Key { name: name.to_owned(), span: node.span };
        (key, Node { value: Value::Object(inner.into_iter().collect()), ..node })
    });
    repaired.into_iter().chain(added).chain(outer).collect()
}
