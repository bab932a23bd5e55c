//! The anchors of a file: names by which references can refer to schemas, `$anchor` and `$dynamicAnchor`.

use super::node::{Node, Value};
use crate::source::Span;

/// The schema fields that contain data instead of schemas, so that an `$anchor` within them is not a keyword.
const DATA: &[&str] = &["const", "default", "enum", "example", "examples"];

/// The schema fields whose entries have names of the author's choice, so that an entry named `$anchor` is not a
/// keyword.
const NAMED: &[&str] = &["$defs", "definitions", "dependentSchemas", "patternProperties", "properties", "schemas"];

/// A schema that has an `$anchor` or `$dynamicAnchor`, by which references can name it.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// The unescaped steps of the JSON pointer to the schema with the anchor.
    pub steps: Vec<String>,
    /// The span of the anchor's name in the schema.
    pub span: Span,
}

/// Returns each schema with an anchor in the tree of a file, with the name of the anchor.
///
/// An `$anchor` and a `$dynamicAnchor` of one name in one schema count once.
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
