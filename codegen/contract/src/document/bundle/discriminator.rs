//! The discriminators in a bundled contract: they keep their values when bundling renames the schemas that they select.

use super::{Bundler, key};
use crate::document::grammar::ObjectKind;
use crate::document::node::{Key, Node, Object, Value};
use crate::document::resolve::reference_of;

/// A branch of a union (`oneOf` or `anyOf`) whose schema gets another name when the contract is bundled.
struct Renamed<'d> {
    own_name: String,
    node: &'d Node,
    reference: String,
}

impl<'d> Bundler<'d> {
    /// Adds the renamed branches of a union to the mapping of its discriminator, so that their old names still
    /// select them.
    pub(super) fn keep_tags(&self, schema: &'d Node, written: &mut [(Key, Node)]) {
        let Some(discriminator) = schema.get("discriminator").and_then(Node::as_object) else {
            return;
        };
        let renamed = self.renamed(schema);
        let Some((_, node)) = written.iter_mut().find(|(key, _)| key.name == "discriminator") else {
            return;
        };
        if renamed.is_empty() {
            return;
        }
        let Value::Object(entries) = &node.value else {
            return;
        };
        let span = node.span;
        let mapping = self.mapping(discriminator, entries, &renamed);
        let mapping = Node { span, value: Value::Object(mapping) };
        let others = entries.iter().map(|(key, node)| match key.name.as_str() {
            "mapping" => (key.clone(), mapping.clone()),
            _ => (key.clone(), node.clone()),
        });
        let entries = others.chain([(key("mapping", span), mapping.clone())]).collect();
        node.value = Value::Object(entries);
    }

    fn renamed(&self, schema: &'d Node) -> Vec<Renamed<'d>> {
        let branches = ["oneOf", "anyOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array());
        let renamed = branches.flatten().filter_map(|branch| {
            let target = self.document.resolve(branch.span.file, reference_of(branch)?).ok()?;
            let moved = self.names.get(ObjectKind::Schema, target.node)?;
            let own_name = moved.own_name.clone().filter(|name| !moved.adopted && *name != moved.name)?;
            Some(Renamed { own_name, node: target.node, reference: moved.reference() })
        });
        renamed.collect()
    }

    /// Returns the mapping of a discriminator in a bundled contract, extended by all branches that bundling has
    /// renamed.
    ///
    /// `before` is the discriminator as written in the source, `after` is the discriminator in the bundled contract.
    fn mapping(&self, before: &'d Object, after: &Object, renamed: &[Renamed<'d>]) -> Object {
        let before = before.get("mapping").and_then(Node::as_object);
        let after = after.get("mapping").and_then(Node::as_object);
        let mut mapped = vec![false; renamed.len()];
        let mut entries: Vec<(Key, Node)> = Vec::new();
        for (key, node) in after.into_iter().flatten() {
            let text = before.and_then(|mapping| mapping.get(&key.name)).and_then(Node::as_str).unwrap_or("");
            let target = self.document.resolve(node.span.file, text).ok();
            let branch = renamed.iter().position(|branch| match &target {
                Some(target) => std::ptr::eq(target.node, branch.node),
                None => text == branch.own_name,
            });
            let mut node = node.clone();
            if let Some((branch, mapped)) = branch.and_then(|at| renamed.get(at).zip(mapped.get_mut(at))) {
                node.value = Value::String(branch.reference.clone());
                *mapped = true;
            }
            entries.push((key.clone(), node));
        }
        let unmapped = renamed.iter().zip(mapped).filter(|(_, mapped)| !mapped);
        entries.extend(unmapped.map(|(branch, _)| {
            let value = Value::String(branch.reference.clone());
            (key(&branch.own_name, branch.node.span), Node { span: branch.node.span, value })
        }));
        entries.into_iter().collect()
    }
}
