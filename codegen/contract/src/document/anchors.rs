//! The names that schemas bear for references: `$anchor` and `$dynamicAnchor`.

use super::node::{Node, Value};
use crate::source::Span;

/// Fields that hold data, in which nothing is an anchor.
const DATA: &[&str] = &["const", "default", "enum", "example", "examples"];

/// Fields whose own fields have names of the contract's, which may be any.
const NAMED: &[&str] = &["$defs", "definitions", "dependentSchemas", "patternProperties", "properties", "schemas"];

/// An `$anchor`.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// The steps to what bears it.
    pub steps: Vec<String>,
    /// The place of its name.
    pub span: Span,
}

/// Returns every `$anchor` of a tree with its name. A name of both kinds at one place is one anchor.
pub(super) fn anchors(tree: &Node) -> Vec<(String, Anchor)> {
    let mut found = Vec::new();
    find_anchors(tree, &mut Vec::new(), &mut found);
    found
}

fn find_anchors(node: &Node, steps: &mut Vec<String>, found: &mut Vec<(String, Anchor)>) {
    match &node.value {
        Value::Object(object) => {
            for name in ["$anchor", "$dynamicAnchor"] {
                let Some(node) = object.get(name) else { continue };
                let Some(anchor) = node.as_str() else { continue };
                if found.last().is_none_or(|(known, at)| known != anchor || at.steps != *steps) {
                    found.push((anchor.to_owned(), Anchor { steps: steps.clone(), span: node.span }));
                }
            }
            let named = steps.last().is_some_and(|key| NAMED.contains(&key.as_str()));
            for (key, node) in object.iter().filter(|(key, _)| named || !DATA.contains(&key.name.as_str())) {
                steps.push(key.name.clone());
                find_anchors(node, steps, found);
                steps.pop();
            }
        }
        Value::Array(elements) => {
            for (at, node) in elements.iter().enumerate() {
                steps.push(at.to_string());
                find_anchors(node, steps, found);
                steps.pop();
            }
        }
        _ => {}
    }
}
