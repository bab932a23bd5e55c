//! The objects of other files that become components of a bundle: their sections and names.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::document::grammar::{ObjectKind, Rule, Shape, rule};
use crate::document::located::Located;
use crate::document::node::Node;
use crate::document::resolve::reference_of;
use crate::document::trees::Document;
use crate::source::{FileId, NodePath, Sources};

/// The characters that a URI fragment must percent-encode (RFC 3986, section 3.5).
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The objects of other files that become components of the bundle, with their new names.
pub(super) struct ComponentNames<'d> {
    root: FileId,
    /// The moved components, in the order in which references to them were found.
    pub list: Vec<MovedComponent<'d>>,
    /// The index of each moved component by its section and the address of its node, which does not change meanwhile.
    by_node: HashMap<(&'static str, usize), usize>,
    /// The names that each section of the components has, with the index of the component if it comes from
    /// another file.
    names: HashMap<(&'static str, String), Option<usize>>,
}

/// An object of another file that becomes a component of the bundle.
pub(super) struct MovedComponent<'d> {
    /// The kind of the moved object, which decides its section of the components.
    pub kind: ObjectKind,
    /// The name of the moved object as a component of the bundle.
    pub name: String,
    /// The path of the component in the bundle: its section and name.
    pub path: NodePath,
    /// The moved object in its own file.
    pub node: &'d Node,
    /// The name of the object in its own file; `None` if the object is the root of the file.
    pub own_name: Option<String>,
    /// True if a component of the entry is only a reference to this object, and gives the object its name.
    pub adopted: bool,
}

impl<'d> ComponentNames<'d> {
    /// Collects the component names of the entry, and its components that are only references to other files.
    pub fn of(document: &'d Document) -> ComponentNames<'d> {
        let mut given =
            ComponentNames { root: document.root, list: Vec::new(), by_node: HashMap::new(), names: HashMap::new() };
        let components = document.root_node().get("components");
        for (kind, section) in sections(rule(ObjectKind::Components)) {
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

    /// Returns the component that an object of another file becomes, if it moves into the bundle.
    pub fn get(&self, kind: ObjectKind, node: &Node) -> Option<&MovedComponent<'d>> {
        self.by_node.get(&address(kind, node)).and_then(|at| self.list.get(*at))
    }

    /// Returns the object of another file that replaces a component of the entry, if that is only a reference to it.
    pub fn adopted(&self, section: &str, name: &str) -> Option<(ObjectKind, &'d Node)> {
        let at = (*self.names.get(&(section, name.to_owned()))?)?;
        let moved = self.list.get(at).filter(|moved| moved.adopted)?;
        Some((moved.kind, moved.node))
    }

    /// Returns the component of the bundle for an object of another file, and creates it at the first reference.
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

    /// Returns a component name that its section does not have yet: the wanted name, or that name with a number.
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
    /// Returns the reference to the moved component in the bundle.
    pub fn reference(&self) -> String {
        fragment(&self.path.pointer)
    }
}

/// Returns a JSON pointer as a reference within its own file (RFC 6901, section 6).
pub(super) fn fragment(pointer: &str) -> String {
    format!("#{}", utf8_percent_encode(pointer, ESCAPED))
}

/// Iterates over the sections of the components object, each with the kind of its objects.
fn sections(rule: &'static Rule) -> impl Iterator<Item = (ObjectKind, &'static str)> {
    rule.fields.iter().filter_map(|field| match field.shape {
        Shape::Components(Shape::Of(kind)) if kind.section() == field.name => Some((*kind, field.name)),
        _ => None,
    })
}

fn address(kind: ObjectKind, node: &Node) -> (&'static str, usize) {
    (kind.section(), std::ptr::from_ref(node).addr())
}

/// Returns the component name that a moved object should have, reduced to the characters of component names.
///
/// The name is the last step of the object's pointer, or the name of its file if the object is the root.
fn wanted(path: &NodePath, sources: &Sources) -> String {
    let name = path.name().unwrap_or_else(|| {
        let stem = sources.path(path.file).file_stem();
        stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    });
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let name: String = name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}
