//! What is written wrong and clear all the same: the trees then say it as it was meant, so that
//! nothing that reads them has to know.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Kind, Node, Rule, Shape, Value, Version, Walk, rule};
use crate::document::load::Loader;
use crate::document::node::Object;
use crate::source::Span;

/// What stands for what was written.
pub(super) enum Meant {
    /// A value, for the one at the place.
    Text(String),
    /// Nothing, for the entry whose name is at the place.
    Nothing,
}

impl Walk<'_, '_> {
    /// Takes a value of the wrong type for what it can only mean; whether it was taken so.
    pub(super) fn read_as_meant(&mut self, field: &str, node: &Node, key: Span, owner: &Rule) -> bool {
        match (owner.name, field, &node.value) {
            (name, "pattern", Value::Number(text)) if name == rule(Kind::Schema).name => {
                let message = "a pattern is a string, not a number".to_owned();
                let problem = self.lax(false, "wrong-type", node.span, message);
                let problem = problem.label(format!("read as the pattern {text:?}"));
                self.report(problem.fix("put it in quotes", node.span, format!("{text:?}")));
                self.meant.insert(node.span, Meant::Text(text.clone()));
            }
            (name, "schema", Value::Null) if name == rule(Kind::MediaType).name => {
                let problem = self.lax(false, "wrong-type", key, "a schema is an object, not nothing".to_owned());
                self.report(problem.label("read as if it were left out").help("say what it holds, or leave it out"));
                self.meant.insert(key, Meant::Nothing);
            }
            _ => return false,
        }
        true
    }

    /// Takes a word for what it means in another version of OpenAPI: `type: "null"`.
    pub(super) fn word_of_other_version(&mut self, word: &str, span: Span, owner: &Rule) -> bool {
        let name = self.part();
        let version = self.version;
        let known = owner.fields.iter().any(|field| {
            field.name == name
                && !field.since.knows(version)
                && field.shape.words().is_some_and(|it| it.contains(&word))
        });
        if !known {
            return false;
        }
        let message = format!("`{name}: {word}` is of OpenAPI 3.1, and this is OpenAPI 3.0");
        let problem = self.lax(false, "other-version", span, message).label("read as in 3.1");
        self.report(match super::message::instead(&name) {
            Some(advice) => problem.help(advice),
            None => problem,
        });
        true
    }

    /// `null` without quotes in a `type` of 3.0, alone or in a list, which is the word too.
    pub(super) fn nulls_as_words(&mut self, node: &Node, owner: &Rule) {
        if self.version != Version::V30 || owner.name != rule(Kind::Schema).name || self.part() != "type" {
            return;
        }
        let written = node.as_array().unwrap_or(std::slice::from_ref(node)).iter();
        for null in written.filter(|one| one.is_null() && one.span.start < one.span.end) {
            self.meant.insert(null.span, Meant::Text("null".to_owned()));
        }
    }
}

impl Shape {
    /// The words that a shape allows, where it allows single words.
    fn words(&self) -> Option<&'static [&'static str]> {
        match self {
            Shape::Word(words) => Some(words),
            Shape::Either(shapes) => shapes.iter().find_map(Shape::words),
            _ => None,
        }
    }
}

/// Writes what was meant into the trees.
pub(super) fn apply(meant: &HashMap<Span, Meant>, loader: &mut Loader<'_>) {
    for tree in loader.document.trees_mut() {
        if meant.keys().any(|span| span.file == tree.span.file) {
            rewrite(meant, Arc::make_mut(tree));
        }
    }
}

fn rewrite(meant: &HashMap<Span, Meant>, node: &mut Node) {
    if let Some(Meant::Text(text)) = meant.get(&node.span) {
        if matches!(node.value, Value::Null | Value::Number(_)) {
            node.value = Value::String(text.clone());
        }
        return;
    }
    match &mut node.value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| rewrite(meant, element)),
        Value::Object(object) => {
            let entries = std::mem::take(object).into_iter();
            let kept = entries.filter(|(key, _)| !matches!(meant.get(&key.span), Some(Meant::Nothing)));
            let mut rewritten = Object::default();
            for (key, mut value) in kept {
                rewrite(meant, &mut value);
                // The names were different before.
                let _ = rewritten.insert(key, value);
            }
            *object = rewritten;
        }
        _ => {}
    }
}
