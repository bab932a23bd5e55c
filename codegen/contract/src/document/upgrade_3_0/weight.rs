//! The weight of nodes, by which the upgrade limits the memory that it takes.

use crate::document::node::{Node, Value};

/// The length of a text that weighs as much as a node.
pub(super) const TEXT_PER_NODE: usize = 64;

/// Returns the weight of a node without the nodes within it.
pub(super) fn own_weight(node: &Node) -> usize {
    1 + node.as_str().or(node.as_number()).map_or(0, |text| text.len() / TEXT_PER_NODE)
}

/// Returns the weight of a tree, or a weight above `limit` if the tree weighs more.
pub(super) fn weight(node: &Node, limit: usize) -> usize {
    let mut total = own_weight(node);
    let mut add = |key: usize, node: &Node| {
        if total <= limit {
            total += key / TEXT_PER_NODE + weight(node, limit - total);
        }
    };
    match &node.value {
        Value::Array(elements) => elements.iter().for_each(|node| add(0, node)),
        Value::Object(object) => object.iter().for_each(|(key, node)| add(key.name.len(), node)),
        _ => {}
    }
    total
}
