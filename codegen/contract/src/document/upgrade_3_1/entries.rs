//! The entries of an object while the upgrade to OpenAPI 3.1 changes it. Unchanged entries keep their position.

use crate::document::node::{Key, Node, Value};
use crate::source::Span;

/// The entries of an object that the upgrade to OpenAPI 3.1 is changing.
pub(super) struct Entries {
    span: Span,
    list: Vec<(Key, Node)>,
}

impl Entries {
    pub fn new(span: Span, list: Vec<(Key, Node)>) -> Entries {
        Entries { span, list }
    }

    pub fn get(&self, name: &str) -> Option<&Node> {
        self.list.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
    }

    /// Removes the entry `name` from the object and returns its value.
    pub fn take(&mut self, name: &str) -> Option<Node> {
        let at = self.list.iter().position(|(key, _)| key.name == name)?;
        Some(self.list.remove(at).1)
    }

    /// Sets the value of the entry `name` in its position, or appends the entry if the object does not have it.
    pub fn put(&mut self, name: &str, value: Value) {
        self.replace(name, name, value);
    }

    /// Replaces the entry `old` of the object by the entry `name`, or appends the entry `name` if `old` does not exist.
    pub fn replace(&mut self, old: &str, name: &str, value: Value) {
        let node = self.node(value);
        let key = Key { name: name.to_owned(), span: self.span };
        match self.list.iter_mut().find(|(key, _)| key.name == old) {
            Some(entry) => *entry = (key, node),
            None => self.list.push((key, node)),
        }
    }

    /// Removes the entries of the object whose names do not satisfy the condition `stays`, and returns them.
    pub fn split(&mut self, stays: impl Fn(&str) -> bool) -> Entries {
        let (stay, go) = std::mem::take(&mut self.list).into_iter().partition(|(key, _)| stays(&key.name));
        self.list = stay;
        Entries { span: self.span, list: go }
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Creates a node for a new entry of the object, with the span of the object.
    pub fn node(&self, value: Value) -> Node {
        Node { span: self.span, value }
    }

    /// Creates a string node for a new entry of the object, with the span of the object.
    pub fn text(&self, text: &str) -> Node {
        self.node(Value::String(text.to_owned()))
    }

    pub fn into_node(self) -> Node {
        Node { span: self.span, value: Value::Object(self.list.into_iter().collect()) }
    }
}
