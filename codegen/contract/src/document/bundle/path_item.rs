//! The path items of a bundled contract, which are written in place of references to them, and the references to
//! their operations.

use super::Bundler;
use crate::document::grammar::ObjectKind;
use crate::document::node::{Key, Node, Object, Value};
use crate::document::reference::fragment;
use crate::document::resolve::reference_of;
use crate::document::walk;
use crate::source::{FileId, NodePath};

/// The deepest nesting of path items, through callbacks, that a bundled contract contains. No contract intends more.
const MAX_NESTING: usize = 8;

impl<'d> Bundler<'d> {
    /// Returns the path item that replaces a reference to it in the bundled contract.
    ///
    /// Returns `None` if the reference is kept. This is so if its target is missing, is in the entry file or is a
    /// component. A reference within another path item is also kept if its target was written before or the
    /// nesting is too deep.
    pub(super) fn path_item(&mut self, node: &'d Node, object: &'d Object) -> Option<Node> {
        let target = self.document.resolve(node.span.file, reference_of(node)?).ok()?;
        let moved = self.names.get(ObjectKind::PathItem, target.node).is_some();
        // A second copy within another path item could contain a third copy, and so on.
        let again = self.nesting > 0 && self.items.contains_key(&target.path);
        if target.path.file == self.document.root || moved || again || self.nesting == MAX_NESTING {
            return None;
        }
        self.items.entry(target.path).or_insert_with(|| self.pointer.as_str().to_owned());
        self.nesting += 1;
        let item = self.body(ObjectKind::PathItem, target.node);
        // OpenAPI leaves a field in both objects undefined; the field beside the reference is used.
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

    /// Returns the text that replaces the `operationRef` of a link in the bundled contract; `None` if it is kept.
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
