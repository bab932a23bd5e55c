//! The third pass of loading: writes the intended values into the trees.
//!
//! Later stages then read a correct document and need no exceptions for repaired mistakes.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::{Node, Value};
use super::trees::Document;
use crate::source::Span;

/// A repair of a value or an entry.
pub(super) enum Repair {
    /// Replace the value at the span by this string.
    Replace(String),
    /// Remove the entry whose name is at the span.
    Remove,
}

/// The repairs of a document, each by the span of the value or name that changes.
#[derive(Default)]
pub(super) struct Repairs(HashMap<Span, Repair>);

impl Repairs {
    /// Records the repair of the value or entry at a span.
    pub(super) fn add(&mut self, span: Span, repair: Repair) {
        self.0.insert(span, repair);
    }
}

/// Applies the repairs to the trees of a document.
pub(super) fn repair(document: &mut Document, Repairs(repairs): &Repairs) {
    for tree in document.trees_mut() {
        if repairs.keys().any(|span| span.file == tree.span.file) {
            rewrite(repairs, Arc::make_mut(tree));
        }
    }
}

fn rewrite(repairs: &HashMap<Span, Repair>, node: &mut Node) {
    if let Some(Repair::Replace(text)) = repairs.get(&node.span) {
        if matches!(node.value, Value::Null | Value::Number(_)) {
            node.value = Value::String(text.clone());
        }
        return;
    }
    match &mut node.value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| rewrite(repairs, element)),
        Value::Object(object) => {
            let entries = std::mem::take(object).into_iter();
            let kept = entries.filter(|(key, _)| !matches!(repairs.get(&key.span), Some(Repair::Remove)));
            let rewritten = kept.map(|(key, mut value)| {
                rewrite(repairs, &mut value);
                (key, value)
            });
            *object = rewritten.collect();
        }
        _ => {}
    }
}
