//! The merge of a value into a node (Overlay 1.1.0, section 4.4.3), in the tree and in its copy for queries.

use serde_json::Value as Json;

use crate::document::node::{Key, Node, Value};
use crate::source::Span;

/// A node of the tree, with its name if it is an entry of an object, and its counterpart in the copy for queries.
pub(super) struct Place<'t> {
    pub key: Option<&'t mut Key>,
    pub node: &'t mut Node,
    pub json: &'t mut Json,
}

/// A part of a value that does not fit the node that it should be merged into. The node is unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// The span of the value, or of the name of its entry.
    pub value: Span,
    /// The JSON type of the value.
    pub value_kind: &'static str,
    /// The span of the node.
    pub node: Span,
    /// The JSON type of the node.
    pub node_kind: &'static str,
}

/// The largest number of mismatches that are collected for one action.
const MOST: usize = 20;

/// Merges a value into a target of an action: an array also accepts a single element.
pub(super) fn merge_target(place: Place<'_>, value: &Node, mismatches: &mut Vec<Mismatch>) {
    match (&mut place.node.value, &mut *place.json) {
        (Value::Array(elements), Json::Array(copy)) if value.as_array().is_none() => {
            elements.push(value.clone());
            copy.push(value.to_json());
        }
        _ => merge(place, value, value.span, mismatches),
    }
}

/// Merges a value into a node. `at` is the span by which diagnostics name the value.
fn merge(place: Place<'_>, value: &Node, at: Span, mismatches: &mut Vec<Mismatch>) {
    match (&mut place.node.value, &value.value, &mut *place.json) {
        (Value::Object(entries), Value::Object(new), Json::Object(copy)) => {
            for (key, value) in new {
                match (entries.get_mut(&key.name), copy.get_mut(&key.name)) {
                    (Some((known, node)), Some(json)) => {
                        merge(Place { key: Some(known), node, json }, value, key.span, mismatches);
                    }
                    _ => {
                        copy.insert(key.name.clone(), value.to_json());
                        // The object has no entry with this name.
                        let _ = entries.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(elements), Value::Array(new), Json::Array(copy)) => {
            copy.extend(new.iter().map(Node::to_json));
            elements.extend(new.iter().cloned());
        }
        (Value::Object(_) | Value::Array(_), ..) => refuse(place.node, value, at, mismatches),
        (node, Value::Object(_) | Value::Array(_), _) if *node != Value::Null => {
            refuse(place.node, value, at, mismatches);
        }
        // A null stands for an entry that is still empty, such as `tags:`.
        (_, _, json) => {
            *json = value.to_json();
            *place.node = value.clone();
            if let Some(key) = place.key {
                key.span = at;
            }
        }
    }
}

fn refuse(node: &Node, value: &Node, at: Span, mismatches: &mut Vec<Mismatch>) {
    if mismatches.len() < MOST {
        let (value_kind, node_kind) = (value.kind_name(), node.kind_name());
        mismatches.push(Mismatch { value: at, value_kind, node: node.span, node_kind });
    }
}
