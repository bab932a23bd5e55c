//! A contract of several files as one: whatever stands elsewhere moves among the components.

mod component_names;
mod components;
mod discriminator;
mod path_item;

use std::collections::HashMap;

use crate::document::grammar::{Kind, Rule, Shape, rule};
use crate::document::node::{Key, Node, Object, Value};
use crate::document::reference::is_plain_name;
use crate::document::trees::Document;
use crate::source::{FileId, NodePath, Span};
use component_names::{ComponentNames, fragment};

/// A walk over the contract that writes it anew.
struct Bundler<'d> {
    document: &'d Document,
    names: ComponentNames<'d>,
    /// Where the path items of other files stand in the bundle.
    items: HashMap<NodePath, String>,
    /// The same, as the walk before found it: that one has seen all of them.
    known_items: HashMap<NodePath, String>,
    /// The JSON pointer of what is being written.
    trail: String,
    /// How many path items within each other are being put in the place of references.
    nesting: usize,
    /// Whether everything that moves is known, so that it can be written.
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
/// A reference that leads nowhere stays as it is: [`load`](super::load) has reported it. So does one
/// from a callback to a path item below the eighth callback within a callback, which nobody writes.
pub fn bundle(document: &Document) -> Node {
    let mut bundler = Bundler {
        document,
        names: ComponentNames::of(document),
        items: HashMap::new(),
        known_items: HashMap::new(),
        trail: String::new(),
        nesting: 0,
        complete: false,
    };
    bundler.find();
    bundler.complete = true;
    bundler.known_items = std::mem::take(&mut bundler.items);
    bundler.body(Kind::Root, document.root_node())
}

impl<'d> Bundler<'d> {
    /// Walks everything that can be reached, to find what must move.
    fn find(&mut self) {
        self.body(Kind::Root, self.document.root_node());
        let mut next = 0;
        while let Some(moved) = self.names.list.get(next) {
            let (kind, node) = (moved.kind, moved.node);
            let pointer = moved.path.pointer.clone();
            self.at(pointer, |bundler| bundler.body(kind, node));
            next += 1;
        }
    }

    /// An object where it was written, or a reference to where it has moved.
    fn object(&mut self, kind: Kind, node: &'d Node) -> Node {
        match self.names.get(kind, node).filter(|_| rule(kind).reference) {
            Some(moved) => reference(&moved.reference(), node.span),
            None => self.body(kind, node),
        }
    }

    /// An object itself.
    fn body(&mut self, kind: Kind, node: &'d Node) -> Node {
        let Some(object) = node.as_object() else {
            return node.clone();
        };
        if kind == Kind::PathItem
            && let Some(item) = self.path_item(node, object)
        {
            return item;
        }
        let rule = rule(kind);
        let entries = object.iter().map(|(key, value)| {
            let value = self.step(&key.name, |bundler| bundler.entry(kind, rule, &key.name, value));
            (key.clone(), value)
        });
        let mut written: Vec<(Key, Node)> = entries.collect();
        if kind == Kind::Schema {
            self.keep_tags(node, &mut written);
        }
        if kind == Kind::Root && self.complete && !object.contains_key("components") {
            let components = self.components(None, node.span);
            if components.as_object().is_some_and(|object| !object.is_empty()) {
                written.push((key("components", node.span), components));
            }
        }
        Node { span: node.span, value: Value::Object(collect(written)) }
    }

    fn entry(&mut self, kind: Kind, rule: &Rule, name: &str, node: &'d Node) -> Node {
        if rule.reference && name == "$ref" {
            return self.text(node, |bundler, file, text| bundler.reference(kind, file, text));
        }
        match (kind, name) {
            (Kind::Root, "components") => match node.as_object() {
                Some(object) => self.components(Some(object), node.span),
                None => node.clone(),
            },
            (Kind::Link, "operationRef") => self.text(node, |bundler, file, text| bundler.operation(file, text)),
            _ => match (rule.field(name, self.document.version()), &rule.pattern) {
                (Some(field), _) => self.shape(&field.shape, node),
                (None, Some(pattern)) if !name.starts_with("x-") && (pattern.matches)(name) => {
                    self.shape(&pattern.shape, node)
                }
                _ => node.clone(),
            },
        }
    }

    /// A value of some shape. What has not the shape stays as it is.
    fn shape(&mut self, shape: &Shape, node: &'d Node) -> Node {
        match (shape, &node.value) {
            (Shape::Of(kind), Value::Object(_)) => self.object(*kind, node),
            (Shape::Map(shape) | Shape::Components(shape), Value::Object(object)) => {
                let entries = object
                    .iter()
                    .map(|(key, value)| (key.clone(), self.step(&key.name, |bundler| bundler.shape(shape, value))));
                Node { span: node.span, value: Value::Object(collect(entries)) }
            }
            (Shape::List(shape), Value::Array(elements)) => {
                let elements = elements.iter().enumerate();
                let elements = elements.map(|(at, value)| self.step(&at.to_string(), |it| it.shape(shape, value)));
                Node { span: node.span, value: Value::Array(elements.collect()) }
            }
            (Shape::SchemaName, Value::String(text)) if !is_plain_name(text) => {
                self.text(node, |bundler, file, text| bundler.reference(Kind::Schema, file, text))
            }
            (Shape::Either(shapes), _) => match shapes.iter().find(|shape| fits(shape, node)) {
                Some(shape) => self.shape(shape, node),
                None => node.clone(),
            },
            _ => node.clone(),
        }
    }

    /// What a reference becomes; `None` where it stays as it is.
    fn reference(&mut self, kind: Kind, from: FileId, text: &str) -> Option<String> {
        let target = self.document.resolve(from, text).ok()?;
        let root = self.document.root;
        if target.path.file == root {
            // The name of an anchor may be that of another among what moves here.
            let lasting = text == "#" || text.starts_with("#/") || self.document.sources.len() == 1;
            return (from != root || !text.starts_with('#') || !lasting).then(|| fragment(&target.path.pointer));
        }
        if kind == Kind::PathItem {
            let moved = self.names.get(kind, target.node).map(component_names::MovedComponent::reference);
            return moved.or_else(|| self.items.get(&target.path).map(|trail| fragment(trail)));
        }
        Some(self.names.lift(kind, &target, &self.document.sources).reference())
    }

    /// A text with what it becomes.
    fn text(&mut self, node: &Node, rewrite: impl FnOnce(&mut Self, FileId, &str) -> Option<String>) -> Node {
        let new = node.as_str().and_then(|text| rewrite(self, node.span.file, text));
        match new {
            Some(text) => Node { span: node.span, value: Value::String(text) },
            None => node.clone(),
        }
    }

    /// Does something one step further down the trail.
    fn step<T>(&mut self, name: &str, inside: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.trail.len();
        self.trail.push('/');
        self.trail.push_str(&name.replace('~', "~0").replace('/', "~1"));
        let result = inside(self);
        self.trail.truncate(length);
        result
    }

    /// Does something elsewhere.
    fn at<T>(&mut self, trail: String, inside: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.trail, trail);
        let nesting = std::mem::take(&mut self.nesting);
        let result = inside(self);
        self.trail = outer;
        self.nesting = nesting;
        result
    }
}

/// Whether a value has the JSON type of a shape that something can be referred to in.
fn fits(shape: &Shape, node: &Node) -> bool {
    match shape {
        Shape::Of(_) | Shape::Map(_) | Shape::Components(_) => node.as_object().is_some(),
        Shape::List(_) => node.as_array().is_some(),
        _ => false,
    }
}

fn reference(text: &str, span: Span) -> Node {
    let target = Node { span, value: Value::String(text.to_owned()) };
    Node { span, value: Value::Object(collect([(key("$ref", span), target)])) }
}

fn key(name: &str, span: Span) -> Key {
    Key { name: name.to_owned(), span }
}

/// An object of entries; of two with the same name, the first.
fn collect(entries: impl IntoIterator<Item = (Key, Node)>) -> Object {
    let mut object = Object::default();
    for (key, node) in entries {
        let _ = object.insert(key, node);
    }
    object
}
