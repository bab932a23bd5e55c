//! Path items: written where they are referred to, and what refers to operations within them.

use super::Bundler;
use super::component_names::fragment;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Key, Node, Object, Value};
use crate::document::resolve::reference_of;
use crate::document::walk;
use crate::source::{FileId, NodePath};

/// How many path items may stand within each other, by callbacks: more nobody writes.
const MAX_NESTING: usize = 8;

impl<'d> Bundler<'d> {
    /// What a path item refers to, in its place. `None` where the reference stays one: it leads
    /// nowhere, into the entry, or to a path item that encloses it or was written before.
    pub(super) fn path_item(&mut self, node: &'d Node, object: &'d Object) -> Option<Node> {
        let target = self.document.resolve(node.span.file, reference_of(node)?).ok()?;
        let moved = self.names.get(ObjectKind::PathItem, target.node).is_some();
        // Within another path item, a second copy could become a third, a fourth, and so on.
        let again = self.nesting > 0 && self.items.contains_key(&target.path);
        if target.path.file == self.document.root || moved || again || self.nesting == MAX_NESTING {
            return None;
        }
        self.items.entry(target.path).or_insert_with(|| self.pointer.as_str().to_owned());
        self.nesting += 1;
        let item = self.body(ObjectKind::PathItem, target.node);
        // Fields beside the reference: what both have is undefined, and the nearer is taken.
        let beside: Vec<(Key, Node)> = object
            .iter()
            .filter(|(key, _)| key.name != "$ref")
            .map(|(key, value)| (key.clone(), walk::entry(self, ObjectKind::PathItem, key, value)))
            .collect();
        let beside: Object = beside.into_iter().collect();
        self.nesting -= 1;
        if beside.is_empty() {
            return Some(item);
        }
        let Value::Object(entries) = item.value else {
            return Some(item);
        };
        let kept = entries.into_iter().map(|(key, node)| match beside.get(&key.name) {
            Some(nearer) => (key, nearer.clone()),
            None => (key, node),
        });
        let merged = kept.chain(beside.clone()).collect();
        Some(Node { span: item.span, value: Value::Object(merged) })
    }

    /// What the `operationRef` of a link becomes; `None` where it stays as it is.
    pub(super) fn operation(&mut self, from: FileId, text: &str) -> Option<String> {
        let target = self.document.resolve(from, text).ok()?.path;
        if target.file == self.document.root {
            let kept = from == self.document.root && text.starts_with('#');
            return (!kept).then(|| fragment(&target.pointer));
        }
        let (item, method) = target.pointer.rsplit_once('/')?;
        let item = NodePath { file: target.file, pointer: item.to_owned() };
        let pointer = self.known_items.get(&item)?;
        Some(fragment(&format!("{pointer}/{method}")))
    }
}
