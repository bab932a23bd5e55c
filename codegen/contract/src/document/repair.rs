//! The third pass of loading: writes what was meant into the trees, so that nothing that reads them has
//! to know that it was written otherwise.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::{Node, Value};
use super::trees::Document;
use crate::source::Span;

/// The change to one value or entry.
pub(super) enum Repair {
    /// The value at the span is this text.
    Replace(String),
    /// The entry whose name is at the span is left out.
    Remove,
}

/// The changes to a document, by the span of the value or name that changes.
#[derive(Default)]
pub(super) struct Repairs(HashMap<Span, Repair>);

impl Repairs {
    /// Notes a change.
    pub(super) fn add(&mut self, span: Span, repair: Repair) {
        self.0.insert(span, repair);
    }
}

/// Makes the changes to the trees of a document.
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
