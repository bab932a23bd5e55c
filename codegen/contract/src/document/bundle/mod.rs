//! The bundling of a contract: combines its files into one tree.
//!
//! Input is a [`Document`] of several files, output is a [`Node`] tree without references to other files. Objects
//! of other files become components of the output tree.

mod component_names;
mod components;
mod discriminator;
mod id_pattern;
mod path_item;

use std::collections::HashMap;

use crate::document::grammar::{ObjectKind, rule};
use crate::document::node::{Key, Node, Object, Value};
use crate::document::reference::{fragment, is_plain_name};
use crate::document::trees::Document;
use crate::document::version::Version;
use crate::document::walk::{self, Visited, Walk};
use crate::source::{FileId, NodePath, Pointer, Span, Step};
use component_names::ComponentNames;

/// The walk that bundles a contract: it replaces references to other files by references within one tree.
struct Bundler<'d> {
    document: &'d Document,
    names: ComponentNames<'d>,
    /// The JSON pointer in the bundled contract of each path item from another file that the current walk has written.
    items: HashMap<NodePath, String>,
    /// The JSON pointer in the bundled contract of each path item from another file, as found by the first of two
    /// walks.
    known_items: HashMap<NodePath, String>,
    /// The JSON pointer, in the bundled contract, of the node that is being written.
    pointer: Pointer,
    /// The number of path items, one within another, that are being written in place of references to them.
    nesting: usize,
    /// True in the second of two walks through the contract, which knows all objects that move and writes the
    /// bundled tree.
    complete: bool,
}

/// Combines the files of a contract into one tree that refers to no other file.
///
/// - A component of the entry file that is only a reference to another file is replaced by its target.
/// - Each other referenced object of another file becomes a component. Its name is the last step of its pointer,
///   or the name of its file; a number is appended if the name is taken.
/// - Path items are written in place of the references to them, since OpenAPI 3.0 has no components for them.
///
/// A schema with `x-id-prefix` gets the `pattern` of its ids, since other programs do not know this extension.
///
/// The order of all entries is kept, and everything else in a contract of one file is unchanged. Spans are those of the
/// original files.
///
/// A reference without a target is kept, since [`load`](fn@super::load) has reported it. The reference of a
/// callback to a path item is also kept below eight nested callbacks.
///
/// ```
/// use std::path::Path;
/// use writ_contract::diagnostic::Diagnostics;
/// use writ_contract::document::{LoadOptions, bundle, load, to_yaml};
///
/// let mut diagnostics = Diagnostics::new();
/// let document = load(Path::new("examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
///     .ok_or("not an OpenAPI document")?;
/// let text = to_yaml(&bundle(&document));
/// assert!(text.starts_with("openapi: 3.0.3\ninfo:\n  title: Pets\n"));
/// # Ok::<(), &str>(())
/// ```
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
    /// Walks through the contract along its references, to find the objects of other files that must become components.
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

    /// Writes the content of an object into the bundled contract, in its original position or as a component.
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
            id_pattern::complete(&mut written);
        }
        if kind == ObjectKind::Root && self.complete && !object.contains_key("components") {
            let components = self.components(None, node.span);
            if components.as_object().is_some_and(|object| !object.is_empty()) {
                written.push((key("components", node.span), components));
            }
        }
        Node { span: node.span, value: Value::Object(written.into_iter().collect()) }
    }

    /// Returns the text that replaces a reference of the file `from` in the bundled contract; `None` if it is kept.
    fn rewritten(&mut self, kind: ObjectKind, from: FileId, text: &str) -> Option<String> {
        let target = self.document.resolve(from, text).ok()?;
        let root = self.document.root;
        if target.path.file == root {
            // A reference by anchor is replaced: an object that moves into the bundle may have the same anchor.
            let lasting = text == "#" || text.starts_with("#/") || self.document.is_one_file();
            return (from != root || !text.starts_with('#') || !lasting).then(|| fragment(&target.path.pointer));
        }
        if kind == ObjectKind::PathItem {
            let moved = self.names.get(kind, target.node).map(component_names::MovedComponent::reference);
            return moved.or_else(|| self.items.get(&target.path).map(|pointer| fragment(pointer)));
        }
        Some(self.names.relocate(kind, &target, &self.document.sources).reference())
    }

    /// Runs a closure that writes at another JSON pointer of the bundled contract, and then returns to the
    /// current pointer.
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

    /// Writes an object into the bundled contract in its position, or a reference if the object has become a component.
    fn object(&mut self, kind: ObjectKind, visited: Visited<'d>, object: &'d Object) -> Node {
        let node = visited.node;
        if kind == ObjectKind::Components {
            return self.components(Some(object), node.span);
        }
        match self.names.get(kind, node).filter(|_| rule(kind, self.version()).reference) {
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

    fn requirement(&mut self, visited: Visited<'d>, object: &'d Object) -> Node {
        let written = walk::map(self, &walk::SCOPES, visited, object);
        let Value::Object(scopes) = written.value else { return written };
        let rewritten = |(key, node): (&Key, &Node)| {
            let reference = Some(key).filter(|key| !is_plain_name(&key.name));
            let text = reference.and_then(|key| self.rewritten(ObjectKind::SecurityScheme, key.span.file, &key.name));
            (text.map_or_else(|| key.clone(), |name| Key { name, span: key.span }), node.clone())
        };
        Node { span: written.span, value: Value::Object(scopes.iter().map(rewritten).collect()) }
    }

    fn operation_reference(&mut self, node: &'d Node, text: &'d str) -> Node {
        with_text(node, self.operation(node.span.file, text))
    }
}

/// Returns a copy of a string node with another text; with `None` the text is unchanged.
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
