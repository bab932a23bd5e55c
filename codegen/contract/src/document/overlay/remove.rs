//! The removal of all nodes that one action selects, in one pass over the tree.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::step::{Path, Step};
use crate::document::node::{Node, Value};

/// The nodes to remove below a node: nothing below it for a node that is removed itself.
#[derive(Default)]
struct Removal {
    /// True if the node itself is removed.
    complete: bool,
    below: BTreeMap<Step, Removal>,
}

/// Removes nodes from a tree and from its copy for queries. The root cannot be removed.
///
/// All paths are those before the removal, so the indexes of several elements of one array need no correction.
pub(super) fn remove(node: &mut Node, json: &mut Json, paths: &[Path]) {
    let mut root = Removal::default();
    for path in paths {
        let removal = path.iter().fold(&mut root, |removal, step| removal.below.entry(step.clone()).or_default());
        removal.complete = true;
    }
    remove_below(node, json, &root);
}

fn remove_below(node: &mut Node, json: &mut Json, removal: &Removal) {
    for (step, below) in removal.below.iter().filter(|(_, below)| !below.complete) {
        if let Some((node, json)) = child(node, json, step) {
            remove_below(node, json, below);
        }
    }
    let is_removed = |step: &Step| removal.below.get(step).is_some_and(|below| below.complete);
    if !removal.below.values().any(|below| below.complete) {
        return;
    }
    match (&mut node.value, json) {
        (Value::Object(entries), Json::Object(copy)) => {
            entries.retain(|key| !is_removed(&Step::Name(key.name.clone())));
            copy.retain(|name, _| !is_removed(&Step::Name(name.clone())));
        }
        (Value::Array(elements), Json::Array(copy)) => {
            retain_indexed(elements, |index| !is_removed(&Step::Index(index)));
            retain_indexed(copy, |index| !is_removed(&Step::Index(index)));
        }
        _ => {}
    }
}

/// Returns an entry or element of a node, in the tree and in its copy.
fn child<'t>(node: &'t mut Node, json: &'t mut Json, step: &Step) -> Option<(&'t mut Node, &'t mut Json)> {
    match (&mut node.value, json, step) {
        (Value::Object(entries), Json::Object(copy), Step::Name(name)) => {
            Some((entries.get_mut(name)?.1, copy.get_mut(name)?))
        }
        (Value::Array(elements), Json::Array(copy), Step::Index(index)) => {
            Some((elements.get_mut(*index)?, copy.get_mut(*index)?))
        }
        _ => None,
    }
}

fn retain_indexed<T>(elements: &mut Vec<T>, keep: impl Fn(usize) -> bool) {
    let mut index = 0;
    elements.retain(|_| {
        index += 1;
        keep(index - 1)
    });
}
