//! The components of the bundle: those of the entry, and behind them what moved there.

use super::super::grammar::{Rule, Shape, rule};
use super::super::node::{Key, Node, Object, Value};
use super::{Bundler, Kind, collect, key};
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
            let new = new.filter(|field| self.homes.list.iter().any(|home| home.kind.section() == field.name));
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
            let adopted = self.homes.adopted(section, &key.name);
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
        let homes = self.homes.list.iter().filter(|home| !home.adopted && home.kind.section() == section);
        let homes: Vec<_> = homes.map(|home| (home.kind, home.node, home.name.clone(), home.place.clone())).collect();
        let bodies = homes.into_iter().map(|(kind, node, name, place)| {
            let body = self.at(place.pointer, |bundler| bundler.body(kind, node));
            (key(&name, node.span), body)
        });
        bodies.collect()
    }
}
