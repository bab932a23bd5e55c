//! The identity of a node: its file and the JSON pointer to it (RFC 6901).

use std::fmt;

use super::node::Node;
use crate::source::FileId;

/// Where a node stands: two nodes are the same exactly if their places are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The JSON pointer within it, `""` for the whole file.
    pub pointer: String,
}

/// A node and its identity.
#[derive(Debug, Clone)]
pub struct Located<'d> {
    /// The node.
    pub node: &'d Node,
    /// Where it stands.
    pub place: Place,
}

impl Place {
    /// The whole of a file.
    pub fn root(file: FileId) -> Place {
        Place { file, pointer: String::new() }
    }

    /// The place of an entry or element of this node; `~` and `/` of its name are escaped.
    #[must_use]
    pub fn child(&self, name: &str) -> Place {
        let mut pointer = String::with_capacity(self.pointer.len() + name.len() + 1);
        pointer.push_str(&self.pointer);
        pointer.push('/');
        for letter in name.chars() {
            match letter {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                other => pointer.push(other),
            }
        }
        Place { file: self.file, pointer }
    }

    /// The last step of the pointer, unescaped: the name of a component, as a rule.
    pub fn name(&self) -> Option<String> {
        self.pointer.rsplit_once('/').map(|(_, step)| unescape(step))
    }
}

impl fmt::Display for Place {
    /// The pointer as a fragment: `#/paths/~1v1~1users/get`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.pointer)
    }
}

impl<'d> Located<'d> {
    /// An entry of this node.
    pub fn get(&self, name: &str) -> Option<Located<'d>> {
        let node = self.node.get(name)?;
        Some(Located { node, place: self.place.child(name) })
    }

    /// The entries of this node, empty if it is not an object.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Located<'d>)> + '_ {
        let entries = self.node.as_object().into_iter().flatten();
        entries.map(|(key, node)| {
            let located = Located { node, place: self.place.child(&key.name) };
            (key.name.as_str(), located)
        })
    }

    /// The elements of this node, empty if it is not an array.
    pub fn elements(&self) -> impl Iterator<Item = Located<'d>> + '_ {
        let elements = self.node.as_array().unwrap_or_default().iter().enumerate();
        elements.map(|(at, node)| Located { node, place: self.place.child(&at.to_string()) })
    }
}

/// One step of a JSON pointer, with `~1` and `~0` undone.
pub(crate) fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
