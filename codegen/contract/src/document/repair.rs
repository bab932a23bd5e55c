//! The third pass of loading a contract: replaces mistakes in its trees by the intended values.
//!
//! Later stages then read a correct document and need no exceptions for repaired mistakes.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::{Node, Value};
use super::trees::Document;
use crate::source::Span;

/// The repair of a mistake in a document that has only one possible meaning.
pub(super) enum Repair {
    /// The repair replaces the wrong value by this string.
    Replace(String),
    /// The repair removes the wrong entry from its object.
    Remove,
}

/// The repairs of a document, each by the source span of the wrong value, or of the name of the wrong entry.
#[derive(Default)]
pub(super) struct Repairs(HashMap<Span, Repair>);

impl Repairs {
    /// Records the repair of the value at a source span, or of the entry whose name is at the span.
    pub(super) fn add(&mut self, span: Span, repair: Repair) {
        self.0.insert(span, repair);
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
