//! A contract of several files as one: whatever stands elsewhere moves among the components.

mod component_names;
mod components;
mod discriminator;
mod path_item;

use std::collections::HashMap;

use crate::document::grammar::{ObjectKind, rule};
use crate::document::node::{Key, Node, Object, Value};
use crate::document::trees::Document;
use crate::document::version::Version;
use crate::document::walk::{self, Visited, Walk};
use crate::source::{FileId, NodePath, Pointer, Span, Step};
use component_names::{ComponentNames, fragment};

/// A walk over the contract that writes it anew.
struct Bundler<'d> {
    document: &'d Document,
    names: ComponentNames<'d>,
    /// The places in the bundle of the path items of other files.
    items: HashMap<NodePath, String>,
    /// The places that the first walk found: it has met every path item, the second walk only those so far.
    known_items: HashMap<NodePath, String>,
    /// The JSON pointer of the node that is being written.
    pointer: Pointer,
    /// The number of path items, one within another, that are being written in place of references.
    nesting: usize,
    /// True in the second walk: every object that moves is known, so that the bundle can be written.
    complete: bool,
}

/// The contract as one document that refers to no file but itself.
///
/// A component that was only a reference to another file holds what it referred to. Everything else
/// that is referred to in another file becomes a component, named by the last step of its pointer,
/// or by its file where there is none; where the name is taken, a number tells it apart. Path items,
/// which no section of OpenAPI 3.0 holds, are written where they were referred to. The order of all
/// that was written is kept, and a contract of one file comes out as it is. Spans are those of the
/// files that things were written in.
///
/// A reference that leads nowhere stays as it is: [`load`](fn@super::load) has reported it. So does one
/// from a callback to a path item below the eighth callback within a callback, which nobody writes.
pub fn bundle(document: &Document) -> Node {
    let mut bundler = Bundler {
        document,
        names: ComponentNames::of(document),
        items: HashMap::new(),
        known_items: HashMap::new(),
        pointer: Pointer::default(),
        nesting: 0,
        complete: false,
    };
    bundler.find();
    bundler.complete = true;
    bundler.known_items = std::mem::take(&mut bundler.items);
    bundler.body(ObjectKind::Root, document.root_node())
}

impl<'d> Bundler<'d> {
    /// Walks everything that can be reached, to find what must move.
    fn find(&mut self) {
        self.body(ObjectKind::Root, self.document.root_node());
        let mut next = 0;
        while let Some(moved) = self.names.list.get(next) {
            let (kind, node) = (moved.kind, moved.node);
            let pointer = moved.path.pointer.clone();
            self.at(pointer, |bundler| bundler.body(kind, node));
            next += 1;
        }
    }

    /// An object itself, where it was written or where it has moved.
    fn body(&mut self, kind: ObjectKind, node: &'d Node) -> Node {
        let Some(object) = node.as_object() else {
            return node.clone();
        };
        if kind == ObjectKind::PathItem
            && let Some(item) = self.path_item(node, object)
        {
            return item;
        }
        let entries = walk::entries(self, kind, object).map(|(key, node)| (key.clone(), node));
        let mut written: Vec<(Key, Node)> = entries.collect();
        if kind == ObjectKind::Schema {
            self.keep_tags(node, &mut written);
        }
        if kind == ObjectKind::Root && self.complete && !object.contains_key("components") {
            let components = self.components(None, node.span);
            if components.as_object().is_some_and(|object| !object.is_empty()) {
                written.push((key("components", node.span), components));
            }
        }
        Node { span: node.span, value: Value::Object(written.into_iter().collect()) }
    }

    /// Returns the node that takes the place of a reference; `None` if the reference stays as it is.
    fn rewritten(&mut self, kind: ObjectKind, from: FileId, text: &str) -> Option<String> {
        let target = self.document.resolve(from, text).ok()?;
        let root = self.document.root;
        if target.path.file == root {
            // The name of an anchor may be that of another among what moves here.
            let lasting = text == "#" || text.starts_with("#/") || self.document.sources.len() == 1;
            return (from != root || !text.starts_with('#') || !lasting).then(|| fragment(&target.path.pointer));
        }
        if kind == ObjectKind::PathItem {
            let moved = self.names.get(kind, target.node).map(component_names::MovedComponent::reference);
            return moved.or_else(|| self.items.get(&target.path).map(|pointer| fragment(pointer)));
        }
        Some(self.names.relocate(kind, &target, &self.document.sources).reference())
    }

    /// Does something elsewhere.
    fn at<T>(&mut self, pointer: String, inside: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.pointer, Pointer::new(pointer));
        let nesting = std::mem::take(&mut self.nesting);
        let result = inside(self);
        self.pointer = outer;
        self.nesting = nesting;
        result
    }
}

impl<'d> Walk<'d> for Bundler<'d> {
    type Outcome = Node;

    fn version(&self) -> Version {
        self.document.version()
    }

    fn enter(&mut self, step: Step<'_>) {
        self.pointer.push(step);
    }

    fn leave(&mut self) {
        self.pointer.pop();
    }

    /// An object where it was written, or a reference to where it has moved.
    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) -> Node {
        let node = visited.node;
        if kind == ObjectKind::Components {
            return self.components(Some(object), node.span);
        }
        match self.names.get(kind, node).filter(|_| rule(kind).reference) {
            Some(moved) => reference(&moved.reference(), node.span),
            None => self.body(kind, node),
        }
    }

    fn reference(&mut self, kind: ObjectKind, node: &'d Node, text: &'d str) -> Node {
        let rewritten = self.rewritten(kind, node.span.file, text);
        with_text(node, rewritten)
    }

    fn schema_reference(&mut self, node: &'d Node, text: &'d str) -> Node {
        let rewritten = self.rewritten(ObjectKind::Schema, node.span.file, text);
        with_text(node, rewritten)
    }

    fn operation_reference(&mut self, node: &'d Node, text: &'d str) -> Node {
        with_text(node, self.operation(node.span.file, text))
    }
}

/// A value with another text, where there is one.
fn with_text(node: &Node, text: Option<String>) -> Node {
    match text {
        Some(text) => Node { span: node.span, value: Value::String(text) },
        None => node.clone(),
    }
}

fn reference(text: &str, span: Span) -> Node {
    let target = Node { span, value: Value::String(text.to_owned()) };
    Node { span, value: Value::Object([(key("$ref", span), target)].into_iter().collect()) }
}

fn key(name: &str, span: Span) -> Key {
    Key { name: name.to_owned(), span }
}
