//! The components of the bundle: those of the entry, and behind them what moved there.

use super::{Bundler, Kind, collect, key};
use crate::document::grammar::{Rule, Shape, rule};
use crate::document::node::{Key, Node, Object, Value};
use crate::source::Span;

impl<'d> Bundler<'d> {
    /// The components: those of the entry, and in each section behind them those that moved there.
    pub(super) fn components(&mut self, object: Option<&'d Object>, span: Span) -> Node {
        let rule = rule(Kind::Components);
        let mut sections: Vec<(Key, Node)> = Vec::new();
        for (section, node) in object.into_iter().flatten() {
            let written = self.step(&section.name, |bundler| match node.as_object() {
                Some(entries) => bundler.section(rule, &section.name, entries, node.span),
                None => node.clone(),
            });
            sections.push((section.clone(), written));
        }
        if self.complete {
            let new = rule.fields.iter().filter(|field| !object.is_some_and(|object| object.contains_key(field.name)));
            let new = new.filter(|field| self.names.list.iter().any(|moved| moved.kind.section() == field.name));
            for name in new.map(|field| field.name).collect::<Vec<_>>() {
                let lifted = self.lifted(name);
                let value = Value::Object(collect(lifted));
                sections.push((key(name, span), Node { span, value }));
            }
        }
        Node { span, value: Value::Object(collect(sections)) }
    }

    fn section(&mut self, rule: &Rule, section: &str, entries: &'d Object, span: Span) -> Node {
        let Some(Shape::Components(shape)) = rule.fields.iter().find(|it| it.name == section).map(|it| it.shape) else {
            return Node { span, value: Value::Object(entries.clone()) };
        };
        let mut written: Vec<(Key, Node)> = Vec::new();
        for (key, node) in entries {
            let adopted = self.names.adopted(section, &key.name);
            let node = self.step(&key.name, |bundler| match adopted {
                Some((kind, target)) => bundler.body(kind, target),
                None => bundler.shape(shape, node),
            });
            written.push((key.clone(), node));
        }
        if self.complete {
            written.extend(self.lifted(section));
        }
        Node { span, value: Value::Object(collect(written)) }
    }

    /// What moved into a section, in the order in which it was met.
    fn lifted(&mut self, section: &str) -> Vec<(Key, Node)> {
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
