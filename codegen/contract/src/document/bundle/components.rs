//! The `components` object of a bundled contract: the components of the entry file, then those of other files.

use super::{Bundler, key};
use crate::document::grammar::{ObjectKind, Rule, Shape, rule};
use crate::document::node::{Key, Node, Object, Value};
use crate::document::walk::{self, Visited, Walk};
use crate::source::{Span, Step};

impl<'d> Bundler<'d> {
    /// Writes the `components` of a bundled contract: in each section those of the entry file, then those of
    /// other files.
    pub(super) fn components(&mut self, object: Option<&'d Object>, span: Span) -> Node {
        let rule = rule(ObjectKind::Components, self.version());
        let mut sections: Vec<(Key, Node)> = Vec::new();
        for (section, node) in object.into_iter().flatten() {
            self.enter(Step::Name(&section.name));
            let written = match node.as_object() {
                Some(entries) => self.section(rule, &section.name, entries, node.span),
                None => node.clone(),
            };
            self.leave();
            sections.push((section.clone(), written));
        }
        if self.complete {
            let new = rule.fields.iter().filter(|field| !object.is_some_and(|object| object.contains_key(field.name)));
            let new = new.filter(|field| self.names.list.iter().any(|moved| moved.kind.section() == field.name));
            for name in new.map(|field| field.name).collect::<Vec<_>>() {
                let relocated = self.relocated(name);
                let value = Value::Object(relocated.into_iter().collect());
                sections.push((key(name, span), Node { span, value }));
            }
        }
        Node { span, value: Value::Object(sections.into_iter().collect()) }
    }

    fn section(&mut self, rule: &'static Rule, section: &str, entries: &'d Object, span: Span) -> Node {
        let Some(Shape::Components(shape)) = rule.fields.iter().find(|it| it.name == section).map(|it| it.shape) else {
            return Node { span, value: Value::Object(entries.clone()) };
        };
        let mut written: Vec<(Key, Node)> = Vec::new();
        for (key, node) in entries {
            let adopted = self.names.adopted(section, &key.name);
            self.enter(Step::Name(&key.name));
            let node = match adopted {
                Some((kind, target)) => self.body(kind, target),
                None => walk::value(self, shape, Visited { node, key: Some(key), owner: rule }),
            };
            self.leave();
            written.push((key.clone(), node));
        }
        if self.complete {
            written.extend(self.relocated(section));
        }
        Node { span, value: Value::Object(written.into_iter().collect()) }
    }

    /// Returns the objects of other files that become components of one section of the bundled contract, in the
    /// order in which they were found.
    fn relocated(&mut self, section: &str) -> Vec<(Key, Node)> {
        let names = self.names.list.iter().filter(|moved| !moved.adopted && moved.kind.section() == section);
        let names: Vec<_> =
            names.map(|moved| (moved.kind, moved.node, moved.name.clone(), moved.path.clone())).collect();
        let bodies = names.into_iter().map(|(kind, node, name, path)| {
            let body = self.at(path.pointer, |bundler| bundler.body(kind, node));
            (key(&name, node.span), body)
        });
        bodies.collect()
    }
}
