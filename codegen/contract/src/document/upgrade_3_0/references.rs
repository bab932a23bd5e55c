//! The references of a Swagger 2.0 document while its objects move to their places in OpenAPI 3.0.
//!
//! An object keeps its span when it moves. So the new place of a target is found by its span, and no rule about
//! pointers repeats the rules about objects.

use std::collections::HashMap;

use crate::document::node::{Node, Value};
use crate::document::reference::{file_part, fragment, parse};
use crate::document::trees::Document;
use crate::source::{FileId, NodePath, Pointer, Span, Step};

/// The references of a document, and the places of their targets.
#[derive(Default)]
pub(super) struct References {
    /// The target of each reference, by the span of the reference's text.
    targets: HashMap<Span, Target>,
}

/// The target of a reference: its span, and its place in the original.
struct Target {
    span: Span,
    path: NodePath,
    /// True if the target of the reference is an object. Other values do not move.
    is_object: bool,
    /// The part of the reference's text before `#`.
    file_part: String,
}

impl References {
    /// Records a reference of the original, whose target may move.
    ///
    /// A reference that leads to another file only through a second reference keeps its text, since such a chain
    /// passes through schemas alone, which do not move in files other than the entry.
    pub(super) fn found(&mut self, document: &Document, reference: &Node) {
        let Some(text) = reference.as_str() else { return };
        let Ok(target) = document.resolve(reference.span.file, text) else { return };
        let parsed = parse(text);
        let from = document.base(reference.span.file);
        let file = match parsed.file.as_str() {
            "" => Some(from),
            path => document.linked(from, path),
        };
        if file == Some(target.path.file) {
            let (span, is_object) = (target.node.span, target.node.as_object().is_some());
            let target = Target { span, path: target.path, is_object, file_part: file_part(text).to_owned() };
            self.targets.insert(reference.span, target);
        }
    }

    /// Records a reference that the upgrade creates, to a schema of the same file.
    pub(super) fn created(&mut self, document: &Document, at: Span, target: Span) {
        let path = NodePath::root(document.base(target.file));
        self.targets.insert(at, Target { span: target, path, is_object: true, file_part: String::new() });
    }

    /// Gives each reference in the upgraded trees the text that leads to the new place of its target. Returns the spans of
    /// those references whose target has no place, in the order of the files.
    pub(super) fn rewrite(mut self, document: &Document, trees: &mut [Node]) -> Vec<Span> {
        let mut places: HashMap<Span, Option<NodePath>> =
            self.targets.values().map(|target| (target.span, None)).collect();
        for vendor in [false, true] {
            for (file, tree) in document.sources.ids().zip(trees.iter()) {
                if places.values().any(Option::is_none) {
                    let mut search =
                        Search { document, file, vendor, pointer: Pointer::default(), places: &mut places };
                    search.find(tree);
                }
            }
        }
        let mut lost = Vec::new();
        self.targets.retain(|reference, target| {
            let place = places.get(&target.span).cloned().flatten();
            if place.is_none() && target.is_object {
                lost.push(*reference);
            }
            let moved = place.filter(|place| *place != target.path && place.file == target.path.file);
            match moved {
                Some(place) => {
                    target.path = place;
                    true
                }
                None => false,
            }
        });
        trees.iter_mut().for_each(|tree| self.apply(tree));
        lost.sort();
        lost
    }

    fn apply(&self, node: &mut Node) {
        match &mut node.value {
            Value::String(text) => {
                if let Some(target) = self.targets.get(&node.span) {
                    *text = format!("{}{}", target.file_part, fragment(&target.path.pointer));
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.apply(element)),
            Value::Object(object) => object.entries_mut().for_each(|(_, value)| self.apply(value)),
            _ => {}
        }
    }
}

/// The search for the places of wanted nodes in the upgraded tree of a file.
struct Search<'s> {
    document: &'s Document,
    /// The file of the searched tree. Nodes that an overlay has added belong to it too, although their spans do not.
    file: FileId,
    /// True if the fields of vendors are searched as well.
    vendor: bool,
    /// The JSON pointer to the node that is being compared.
    pointer: Pointer,
    /// The places that were found, by the spans of the wanted nodes.
    places: &'s mut HashMap<Span, Option<NodePath>>,
}

impl Search<'_> {
    /// Finds the place of each wanted span in a tree.
    ///
    /// Vendor fields are searched last, since an alias of YAML may repeat their content at the place of an object. Of
    /// several places in the file of the target, the last one counts: the shared objects follow the paths, in which the
    /// upgrade may have written copies of them.
    fn find(&mut self, node: &Node) {
        let is_here = node.as_object().is_some() && self.document.base(node.span.file) == self.file;
        let wanted = self.places.get_mut(&node.span).filter(|_| is_here);
        if let Some(place) = wanted.filter(|place| !self.vendor || place.is_none()) {
            *place = Some(NodePath { file: self.file, pointer: self.pointer.as_str().to_owned() });
        }
        match &node.value {
            Value::Array(elements) => {
                for (at, element) in elements.iter().enumerate() {
                    self.pointer.push(Step::Index(at));
                    self.find(element);
                    self.pointer.pop();
                }
            }
            Value::Object(object) => {
                let vendor = self.vendor;
                for (key, value) in object.iter().filter(|(key, _)| vendor || !key.name.starts_with("x-")) {
                    self.pointer.push(Step::Name(&key.name));
                    self.find(value);
                    self.pointer.pop();
                }
            }
            _ => {}
        }
    }
}
