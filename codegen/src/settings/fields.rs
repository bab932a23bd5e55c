//! The fields of a table of settings: asked for one by one, and what nobody asked for is a slip.

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::Sources;
use crate::document::node::{Node, Object};
use crate::options::Word;

/// A table that is being read.
pub(super) struct Fields<'a> {
    object: Option<&'a Object>,
    sources: &'a Sources,
    diagnostics: &'a mut Diagnostics,
    asked: Vec<&'static str>,
}

/// A text and its place.
fn word(node: &Node) -> Option<Word> {
    Some(Word { text: node.as_str()?.to_owned(), span: node.span })
}

impl<'a> Fields<'a> {
    /// Begins to read a table.
    pub(super) fn new(table: &'a Node, sources: &'a Sources, diagnostics: &'a mut Diagnostics) -> Fields<'a> {
        Fields { object: table.as_object(), sources, diagnostics, asked: Vec::new() }
    }

    /// A text, where it is given.
    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.value(name, "a string", |node| node.as_str().map(str::to_owned))
    }

    /// A truth value, where it is given.
    pub(super) fn truth(&mut self, name: &'static str) -> Option<bool> {
        self.value(name, "`true` or `false`", Node::as_bool)
    }

    /// A list of texts, empty where it is not given.
    pub(super) fn words(&mut self, name: &'static str) -> Vec<Word> {
        let words = |node: &Node| node.as_array()?.iter().map(word).collect();
        self.value(name, "a list of strings", words).unwrap_or_default()
    }

    /// A value of a kind, where it is given.
    fn value<T>(&mut self, name: &'static str, expected: &str, read: impl Fn(&Node) -> Option<T>) -> Option<T> {
        self.asked.push(name);
        let node = self.object?.get(name)?;
        let value = read(node);
        if value.is_none() {
            let message = format!("`{name}` must be {expected}, not {}", node.kind_name());
            let problem = Diagnostic::error("bad-setting", node.span, message).label(format!("expected {expected}"));
            self.diagnostics.push(match node.as_str() {
                Some(word @ ("true" | "false")) => problem.fix(format!("write {expected}"), node.span, word),
                _ => problem,
            });
        }
        value
    }

    /// Reports every field that was not asked for.
    pub(super) fn finish(self, owner: &str) {
        for (key, _) in self.object.into_iter().flatten() {
            if self.asked.contains(&key.name.as_str()) {
                continue;
            }
            let problem =
                Diagnostic::error("unknown-setting", key.span, format!("unknown field `{}` in {owner}", key.name))
                    .label(format!("not a field of {owner}"));
            self.diagnostics.push(match closest(&key.name, self.asked.iter().copied()) {
                Some(close) => problem.suggest(self.sources.inside_quotes(key.span), close),
                None => problem.help(format!("these are: {}", self.asked.join(", "))),
            });
        }
    }
}
