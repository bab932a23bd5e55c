//! Where in the bundle things of other files stand: under which section, by which name.

use std::collections::HashMap;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::super::grammar::{Kind, Rule, Shape, rule};
use super::super::node::Node;
use super::super::place::{Located, Place};
use super::super::resolve::reference_of;
use super::Document;
use crate::source::{FileId, Sources};

/// What a fragment of a URI may not hold as it is (RFC 3986, section 3.5).
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

/// Every home that was given.
pub(super) struct Homes<'d> {
    root: FileId,
    /// In the order in which they were given.
    pub list: Vec<Home<'d>>,
    /// By section and the address of the node, which does not move.
    by_node: HashMap<(&'static str, usize), usize>,
    /// The names of each section, with what has its home there.
    names: HashMap<(&'static str, String), Option<usize>>,
}

/// Where something of another file stands in the bundle.
pub(super) struct Home<'d> {
    pub kind: Kind,
    pub name: String,
    pub place: Place,
    /// What lives there.
    pub node: &'d Node,
    /// The name that it has in its own file.
    pub own_name: Option<String>,
    /// Whether the entry has a component of the name already, which only refers to it.
    pub adopted: bool,
}

impl<'d> Homes<'d> {
    /// The homes that the entry gives: its components that are nothing but references into other files.
    pub fn of(document: &'d Document) -> Homes<'d> {
        let mut homes = Homes { root: document.root, list: Vec::new(), by_node: HashMap::new(), names: HashMap::new() };
        let components = document.root_node().get("components");
        for (kind, section) in sections(rule(Kind::Components)) {
            let entries = components.and_then(|all| all.get(section)).and_then(Node::as_object);
            for (key, node) in entries.into_iter().flatten() {
                homes.names.insert((section, key.name.clone()), None);
                let alone = node.as_object().is_some_and(|object| object.len() == 1);
                let text = reference_of(node).filter(|_| alone);
                let target = text.and_then(|text| document.resolve(document.root, text).ok());
                let target = target.filter(|target| target.place.file != document.root);
                if let Some(target) = target.filter(|target| homes.get(kind, target.node).is_none()) {
                    homes.add(kind, key.name.clone(), &target, true);
                }
            }
        }
        homes
    }

    /// The home of an object, if it has one.
    pub fn get(&self, kind: Kind, node: &Node) -> Option<&Home<'d>> {
        self.by_node.get(&address(kind, node)).and_then(|at| self.list.get(*at))
    }

    /// What a component of the entry stands for, if it is the home of something.
    pub fn adopted(&self, section: &str, name: &str) -> Option<(Kind, &'d Node)> {
        let at = (*self.names.get(&(section, name.to_owned()))?)?;
        let home = self.list.get(at).filter(|home| home.adopted)?;
        Some((home.kind, home.node))
    }

    /// The home of something that is referred to in another file: a new one the first time.
    pub fn lift(&mut self, kind: Kind, target: &Located<'d>, sources: &Sources) -> &Home<'d> {
        let at = match self.by_node.get(&address(kind, target.node)) {
            Some(at) => *at,
            None => {
                let name = self.free(kind, &wanted(&target.place, sources));
                self.add(kind, name, target, false)
            }
        };
        &self.list[at]
    }

    fn add(&mut self, kind: Kind, name: String, target: &Located<'d>, adopted: bool) -> usize {
        let at = self.list.len();
        let place = Place::root(self.root).child("components").child(kind.section()).child(&name);
        let own_name = target.place.name();
        self.by_node.insert(address(kind, target.node), at);
        self.names.insert((kind.section(), name.clone()), Some(at));
        self.list.push(Home { kind, name, place, node: target.node, own_name, adopted });
        at
    }

    /// The name, or the first number behind it that nothing else of the section has.
    fn free(&self, kind: Kind, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while self.names.contains_key(&(kind.section(), name.clone())) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }
}

impl Home<'_> {
    /// A reference to it.
    pub fn reference(&self) -> String {
        fragment(&self.place.pointer)
    }
}

/// A JSON pointer as a reference within one file (RFC 6901, section 6).
pub(super) fn fragment(pointer: &str) -> String {
    format!("#{}", utf8_percent_encode(pointer, ESCAPED))
}

/// The sections of the components, with what each holds.
fn sections(rule: &'static Rule) -> impl Iterator<Item = (Kind, &'static str)> {
    rule.fields.iter().filter_map(|field| match field.shape {
        Shape::Components(Shape::Of(kind)) if kind.section() == field.name => Some((*kind, field.name)),
        _ => None,
    })
}

fn address(kind: Kind, node: &Node) -> (&'static str, usize) {
    (kind.section(), std::ptr::from_ref(node).addr())
}

/// The name that a thing would have: the last step to it, or its file, in letters that a component may have.
fn wanted(place: &Place, sources: &Sources) -> String {
    let name = place.name().unwrap_or_else(|| {
        let stem = sources.path(place.file).file_stem();
        stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    });
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let name: String = name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}
