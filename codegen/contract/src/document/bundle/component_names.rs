//! The objects of other files that become components when a contract is bundled: their sections and names.

use std::collections::HashMap;

use crate::document::grammar::{ObjectKind, Rule, Shape, rule};
use crate::document::located::Located;
use crate::document::node::Node;
use crate::document::reference::fragment;
use crate::document::resolve::reference_of;
use crate::document::trees::Document;
use crate::source::{FileId, NodePath, Sources};

/// The objects of other files that become components of a bundled contract, with their new names.
pub(super) struct ComponentNames<'d> {
    root: FileId,
    /// The objects that become components of the bundled contract, in the order in which references to them were found.
    pub list: Vec<MovedComponent<'d>>,
    /// The index in `list` of each object that becomes a component, by section and node address. Nodes do not
    /// move meanwhile.
    by_node: HashMap<(&'static str, usize), usize>,
    /// The component names in each section of the bundled contract, with the index in `list` if the component
    /// comes from another file.
    names: HashMap<(&'static str, String), Option<usize>>,
}

/// An object of another file that becomes a component of the bundled contract.
pub(super) struct MovedComponent<'d> {
    /// The kind of the OpenAPI object that becomes a component, which decides its section of `components`.
    pub kind: ObjectKind,
    /// The name that the object has as a component of the bundled contract.
    pub name: String,
    /// The path of the component in the bundled contract, from its section and name.
    pub path: NodePath,
    /// The node, in its own file, of the object that becomes a component.
    pub node: &'d Node,
    /// The name of the object in its original file; `None` if the object is the root of that file.
    pub own_name: Option<String>,
    /// True if the entry file has a component that only refers to this object. The object then has that
    /// component's name.
    pub adopted: bool,
}

impl<'d> ComponentNames<'d> {
    /// Collects the component names of a contract's entry file, and the components there that only refer to other
    /// files.
    pub fn of(document: &'d Document) -> ComponentNames<'d> {
        let mut given =
            ComponentNames { root: document.root, list: Vec::new(), by_node: HashMap::new(), names: HashMap::new() };
        let components = document.root_node().get("components");
        for (kind, section) in sections(rule(ObjectKind::Components, document.version())) {
            let entries = components.and_then(|all| all.get(section)).and_then(Node::as_object);
            for (key, node) in entries.into_iter().flatten() {
                given.names.insert((section, key.name.clone()), None);
                let alone = node.as_object().is_some_and(|object| object.len() == 1);
                let text = reference_of(node).filter(|_| alone);
                let target = text.and_then(|text| document.resolve(document.root, text).ok());
                let target = target.filter(|target| target.path.file != document.root);
                if let Some(target) = target.filter(|target| given.get(kind, target.node).is_none()) {
                    given.add(kind, key.name.clone(), &target, true);
                }
            }
        }
        given
    }

    /// Returns the component of the bundled contract that an object of another file becomes; `None` if it does
    /// not move.
    pub fn get(&self, kind: ObjectKind, node: &Node) -> Option<&MovedComponent<'d>> {
        self.by_node.get(&address(kind, node)).and_then(|at| self.list.get(*at))
    }

    /// Returns the object of another file that replaces a component of the entry file, if the component only
    /// refers to it.
    pub fn adopted(&self, section: &str, name: &str) -> Option<(ObjectKind, &'d Node)> {
        let at = (*self.names.get(&(section, name.to_owned()))?)?;
        let moved = self.list.get(at).filter(|moved| moved.adopted)?;
        Some((moved.kind, moved.node))
    }

    /// Returns the component of the bundled contract for an object of another file. The first call creates the
    /// component.
    pub fn relocate(&mut self, kind: ObjectKind, target: &Located<'d>, sources: &Sources) -> &MovedComponent<'d> {
        let at = match self.by_node.get(&address(kind, target.node)) {
            Some(at) => *at,
            None => {
                let name = self.free(kind, &wanted(&target.path, sources));
                self.add(kind, name, target, false)
            }
        };
        &self.list[at]
    }

    fn add(&mut self, kind: ObjectKind, name: String, target: &Located<'d>, adopted: bool) -> usize {
        let at = self.list.len();
        let path = NodePath::root(self.root).child("components").child(kind.section()).child(&name);
        let own_name = target.path.name();
        self.by_node.insert(address(kind, target.node), at);
        self.names.insert((kind.section(), name.clone()), Some(at));
        self.list.push(MovedComponent { kind, name, path, node: target.node, own_name, adopted });
        at
    }

    /// Returns a component name that is free in its section: the wanted name, or that name with a number.
    fn free(&self, kind: ObjectKind, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while self.names.contains_key(&(kind.section(), name.clone())) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }
}

impl MovedComponent<'_> {
    /// Returns the reference by which the bundled contract refers to a component that comes from another file.
    pub fn reference(&self) -> String {
        fragment(&self.path.pointer)
    }
}

/// Iterates over the sections of `components`, each with the kind of the OpenAPI objects in it.
fn sections(rule: &'static Rule) -> impl Iterator<Item = (ObjectKind, &'static str)> {
    rule.fields.iter().filter_map(|field| match field.shape {
        Shape::Components(Shape::Of(kind)) if kind.section() == field.name => Some((*kind, field.name)),
        _ => None,
    })
}

fn address(kind: ObjectKind, node: &Node) -> (&'static str, usize) {
    (kind.section(), std::ptr::from_ref(node).addr())
}

/// Returns the preferred component name of an object that moves from another file into the bundled contract.
///
/// It is the last step of the object's JSON pointer, or the file name if the object is the root of the file.
/// Characters that component names may not have become `_`.
fn wanted(path: &NodePath, sources: &Sources) -> String {
    let name = path.name().unwrap_or_else(|| {
        let stem = sources.path(path.file).file_stem();
        stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    });
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let name: String = name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}
